package check

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync/atomic"
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/config"
	"hybrid/internal/roster"
	"hybrid/planner"
	"hybrid/schema"
)

// A world is a far end of users: what each cmdlet returns, and which of them fail.
type world struct {
	Source // what users are not judged by: asking it would panic
	forestOf
	objects  map[string][]map[string]any
	fails    map[string]error
	was      int
	declared []planner.Object
	hosts    []string
	toOnline bool
	asked    string
	calls    atomic.Int64
}

func (w *world) List(context.Context, string, string) planner.Listing {
	return planner.Listing{Err: errors.New("no list is asked for")}
}

func (w *world) Cmdlet(_ context.Context, _ string, c Cmdlet) ([]map[string]any, error) {
	w.calls.Add(1)
	if err := w.fails[c.Name]; err != nil {
		return nil, err
	}
	list := w.objects[c.Name]
	if c.Params["ResultSize"] == 1 && len(list) > 1 {
		list = list[:1]
	}
	return list, nil
}

func (w *world) Rows(ctx context.Context, block string, c Cmdlet, properties []string) ([][]any, error) {
	list, err := w.Cmdlet(ctx, block, c)
	rows := make([][]any, len(list))
	for n, o := range list {
		for _, name := range properties {
			rows[n] = append(rows[n], o[name])
		}
	}
	return rows, err
}

func (w *world) Counted(string) (int, string) { return w.was, "the run of Saturday ended" }

// healthy is a world with Ada, who is homed on the servers and to be homed online, and Bob, with nothing wrong.
func healthy() *world {
	person := func(name string) map[string]any {
		return map[string]any{
			"SipAddress": "sip:" + name + "@contoso.com", "UserPrincipalName": name + "@contoso.com", "DistinguishedName": "CN=" + name + ",OU=Users,DC=contoso,DC=com",
			"Enabled": true, "HostingProvider": "SRV:", "RegistrarPool": "pool01.contoso.com",
		}
	}
	with := func(o, more map[string]any) map[string]any {
		maps.Copy(o, more)
		return o
	}
	user := func(name, line string) map[string]any {
		return with(person(name), map[string]any{"LineURI": line, "EnterpriseVoiceEnabled": line != "", "UserServicesPolicy": nil})
	}
	online := func(name, line string) map[string]any {
		return map[string]any{
			"SipAddress": "sip:" + name + "@contoso.com", "UserPrincipalName": name + "@contoso.com", "OnPremSipAddress": "sip:" + name + "@contoso.com",
			"OnPremHostingProvider": "SRV:", "HostingProvider": "SRV:", "InterpretedUserType": "HybridOnpremSfBUser", "UserDirSyncEnabled": true,
			"AssignedPlan": []any{plan("MCOProfessional", "Enabled"), plan("Teams", "Warning"), plan("MCOEV", "Enabled")}, "UserValidationErrors": []any{}, "LineUri": line,
		}
	}
	return &world{
		objects: map[string][]map[string]any{
			"Get-CsAdUser": {person("ada"), person("bob")}, "Get-CsUser": {user("ada", "tel:+14255550100"), user("bob", "")},
			"Get-CsOnlineUser": {online("ada", "tel:+14255550100"), online("bob", "")}, "Get-CsSipDomain": {{"Identity": "contoso.com", "Name": "contoso.com"}},
			"Get-CsHostingProvider":           {{"Identity": "LyncOnline", "ProxyFqdn": "sipfed.online.lync.com"}},
			"Get-CsPartnerApplication":        {{"Identity": "Exchange", "ApplicationIdentifier": exchangeID, "Enabled": true}},
			"Get-CsUserServicesPolicy":        {{"Identity": "Global", "UcsAllowed": false}, {"Identity": "Tag:Contacts", "UcsAllowed": true}},
			"Get-CsHybridApplicationEndpoint": {},
		},
		forestOf: forestOf{domains: []any{"contoso.com"}, objects: map[string][][]any{"contoso.com": {inForest("ada"), inForest("bob")}}, gaps: map[string]error{}},
		fails:    map[string]error{}, was: 2, hosts: []string{"fe01.contoso.com"}, asked: "sip:ada@contoso.com",
		declared: []planner.Object{homing("sipfed.online.lync.com")},
	}
}

func plan(capability, status string) map[string]any {
	return map[string]any{"Capability": capability, "CapabilityStatus": status}
}

// homing is a block that homes Ada somewhere.
func homing(target string) planner.Object {
	users := roster.New("sip_address", "identity")
	users.Append("sip:Ada@contoso.com", "ada@contoso.com")
	return planner.Object{
		Address: planner.Address{Kind: "user_homing", Labels: []string{"pilot"}}, Kind: &schema.Kind{Name: "user_homing", Rows: &schema.Rows{}},
		Want: cty.ObjectVal(map[string]cty.Value{"target": cty.StringVal(target)}), Users: users,
		Range: hcl.Range{Filename: "main.hcl", Start: hcl.Pos{Line: 3}}, UserPlace: func(int) string { return "users.csv:2" },
	}
}

func (w *world) estate() *Estate {
	hosts := cty.ObjectVal(map[string]cty.Value{"hosts": cty.ListValEmpty(cty.String)})
	if len(w.hosts) > 0 {
		hosts = cty.ObjectVal(map[string]cty.Value{"hosts": schema.TextList(w.hosts)})
	}
	c := &config.Config{Objects: w.declared, Providers: []config.Provider{
		{Name: "skype", System: &schema.System{Name: "skype"}, Values: hosts},
		{Name: "teams", System: &schema.System{Name: "teams"}, Values: cty.EmptyObjectVal},
	}}
	return &Estate{Config: c, Now: func() time.Time { return time.Unix(0, 0) }, Source: w, Users: w}
}

// judge judges whoever is asked for, from lists of everybody.
func (w *world) judge() Judgement {
	crowd := ReadUsers(context.Background(), w.estate())
	crowd.ToOnline = w.toOnline
	return Judge(crowd.User(w.asked, "users.csv:2"), UserChecks())
}

// of is the first object of a cmdlet: Ada's.
func (w *world) of(cmdlet string) map[string]any { return w.objects[cmdlet][0] }

func (j Judgement) of(id string) Finding {
	return j.Findings[slices.IndexFunc(j.Findings, func(f Finding) bool { return f.ID == id })]
}
