package teams

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/powershell"
	"hybrid/internal/roster"
	"hybrid/planner"
	"hybrid/providers/shell"
	"hybrid/schema"
)

// onlineUsers declares what can be read of the users of the tenant, for choosing among them. Properties are those of
// Get-CsOnlineUser since version 3.0 of the module (MicrosoftDocs/office-docs-powershell).
func onlineUsers() *schema.Kind {
	return &schema.Kind{
		Name: "data.online_users", System: "teams", Data: true,
		Remote: schema.Cmdlet{Noun: "CsOnlineUser", Create: "-", Update: "-", Delete: "-"},
		Doc: "Users as the tenant has them (`Get-CsOnlineUser`), for choosing those whom a block is about:\n\n" +
			"`users = [for u in data.online_users.all.users : { sip_address = u.sip_address, identity = u.identity } if contains(u.plans, \"Teams\")]`\n\n" +
			"They are read when planning; `validate` passes without. A big tenant takes minutes: narrow it down with `filter`.",
		Example: `# Who is homed online and has a licence for it.
data "online_users" "ready" {
  filter = "AssignedPlan -eq 'MCOProfessional'"
}`,
		Attrs: []schema.Attr{
			{
				Name: "filter", Type: cty.String, Settings: true,
				Doc: "What the service looks for, in the form of `Get-CsOnlineUser -Filter`: `OnPremHostingProvider -eq 'SRV:'`. Without it all users.",
			},
			{
				Name: "sip_domain", Type: cty.String, Settings: true, Check: checkSipDomain,
				Doc: "Only users with a SIP address in this domain.",
			},
			{
				Name: "users", Type: cty.List(onlineUserType()), Mode: schema.Computed,
				Doc: "The users, by SIP address: `sip_address`, `identity` (the user principal name), `display_name`, `account_type`, `interpreted_user_type`, `hosting_provider`, " +
					"`on_prem_hosting_provider` (`SRV:` on the servers; null where nothing has arrived from Active Directory), `dir_sync` (whether the account is synchronised), " +
					"`plans` (capabilities of the service plans in use, `[\"MCOProfessional\", \"Teams\"]`), `validation_errors` (texts; empty where there are none).",
			},
			{Name: "count", Type: cty.Number, Mode: schema.Computed, Doc: "How many they are."},
		},
	}
}

func checkSipDomain(v cty.Value) error {
	if problem := shell.FQDNProblem(shell.TextOf(v)); problem != "" {
		return errors.New(problem)
	}
	return nil
}

func onlineUserType() cty.Type {
	return cty.Object(map[string]cty.Type{
		"sip_address": cty.String, "identity": cty.String, "display_name": cty.String, "account_type": cty.String,
		"interpreted_user_type": cty.String, "hosting_provider": cty.String, "on_prem_hosting_provider": cty.String,
		"dir_sync": cty.Bool, "plans": cty.List(cty.String), "validation_errors": cty.List(cty.String),
	})
}

// dataColumns are the properties that are asked for, the first that of [onlineRows].
func dataColumns() []string {
	return []string{
		"SipAddress", "UserPrincipalName", "OnPremSipAddress", "OnPremHostingProvider", "HostingProvider", "InterpretedUserType",
		"UserDirSyncEnabled", "DisplayName", "AccountType", "AssignedPlan", "UserValidationErrors",
	}
}

// The further cells of data, behind those of the view.
const (
	dataDisplayName = iota + onlineDirSync + 1
	dataAccountType
	dataPlans
	dataErrors
)

// data reads the users that data blocks ask for.
func (p *provider) data(ctx context.Context, want []planner.Object) planner.Listing {
	listing := planner.Listing{Objects: map[string]planner.Found{}}
	for _, o := range want {
		for _, name := range []string{"filter", "sip_domain"} { // what is not known narrows nothing down, and would mean everybody
			if v, _ := o.Want.GetAttr(name).Unmark(); !v.IsKnown() {
				return planner.Listing{Err: fmt.Errorf("%s: %s is not known before apply, and data is read before", o.Address, name)}
			}
		}
		users, err := p.chosen(ctx, shell.TextOf(o.Want.GetAttr("filter")), shell.TextOf(o.Want.GetAttr("sip_domain")))
		if err != nil {
			return planner.Listing{Err: fmt.Errorf("%s: reading the users of the tenant: %w", o.Address, err)}
		}
		values := o.Want.AsValueMap()
		values["users"] = schema.Collection(cty.List(onlineUserType()), users)
		values["count"] = cty.NumberIntVal(int64(len(users)))
		listing.Objects[o.LiveID()] = planner.Found{Identity: o.Identity, Value: cty.ObjectVal(values)}
	}
	return listing
}

// chosen lists the users that a filter lets through and that are in a SIP domain, sorted by SIP address.
func (p *provider) chosen(ctx context.Context, filter, domain string) ([]cty.Value, error) {
	var rows [][]any
	get := powershell.Command{Cmdlet: "Get-CsOnlineUser"}
	if filter != "" {
		get.Params = []powershell.Param{{Name: "Filter", Value: filter}}
	}
	err := p.Call(ctx, get, powershell.CallOptions{Select: dataColumns(), Row: func(cells []any) error {
		sip, _ := cells[onlineSIP].(string)
		if _, of, _ := strings.Cut(sip, "@"); domain == "" || strings.EqualFold(of, domain) {
			rows = append(rows, slices.Clone(cells))
		}
		return nil
	}})
	if err == nil {
		err = p.settle(ctx, rows)
	}
	if err != nil {
		return nil, err
	}
	slices.SortFunc(rows, func(a, b []any) int {
		return cmp.Or(strings.Compare(sortKey(a, onlineSIP), sortKey(b, onlineSIP)), strings.Compare(sortKey(a, onlineUPN), sortKey(b, onlineUPN)))
	})
	users := make([]cty.Value, len(rows))
	for n, cells := range rows {
		users[n] = onlineValue(cells)
	}
	return users, nil
}

func sortKey(cells []any, column int) string {
	text, _ := cells[column].(string)
	return roster.Canonical(text)
}

// unsettled marks a cell of which a list does not tell.
type unsettled struct{}

// settle asks by -Identity for synchronised users of whom the list shows no on-premises attributes. Where it turns out that
// lists leave them empty, those of users who are too many to be asked for are not known.
func (p *provider) settle(ctx context.Context, rows [][]any) error {
	asked, lists := 0, true
	var rest [][]any
	for _, cells := range rows {
		if cells[onlineDirSync] != true || !isBlank(cells[onlineOnPremProvider]) || !isBlank(cells[onlineOnPremSIP]) {
			continue
		}
		if asked++; asked > mostSingly {
			rest = append(rest, cells)
			continue
		}
		if err := p.ask(ctx, cells); err != nil {
			return err
		}
		lists = lists && isBlank(cells[onlineOnPremProvider])
	}
	if !lists {
		for _, cells := range rest {
			cells[onlineOnPremProvider] = unsettled{}
		}
	}
	return nil
}

// ask replaces the cells of a user by what -Identity gives.
func (p *provider) ask(ctx context.Context, cells []any) error {
	get := powershell.Command{Cmdlet: "Get-CsOnlineUser", Params: []powershell.Param{{Name: "Identity", Value: cells[onlineUPN]}}}
	err := p.Call(ctx, get, powershell.CallOptions{Select: dataColumns(), Row: func(told []any) error {
		copy(cells, told)
		return nil
	}})
	if gone(err) {
		return nil
	}
	return err
}

func isBlank(cell any) bool { return cell == nil || cell == "" }

// onlineValue makes the value of a user. What is told in no form that is known is unknown, so that nothing is planned from it.
func onlineValue(cells []any) cty.Value {
	return cty.ObjectVal(map[string]cty.Value{
		"sip_address": textValue(cells[onlineSIP]), "identity": textValue(cells[onlineUPN]), "display_name": textValue(cells[dataDisplayName]),
		"account_type": textValue(cells[dataAccountType]), "interpreted_user_type": textValue(cells[onlineInterpreted]),
		"hosting_provider": textValue(cells[onlineProvider]), "on_prem_hosting_provider": textValue(cells[onlineOnPremProvider]),
		"dir_sync": syncValue(cells[onlineDirSync]), "plans": plansValue(cells[dataPlans]), "validation_errors": errorsValue(cells[dataErrors]),
	})
}

func textValue(cell any) cty.Value {
	switch v := cell.(type) {
	case nil:
		return cty.NullVal(cty.String)
	case string:
		if v == "" {
			return cty.NullVal(cty.String)
		}
		return cty.StringVal(v)
	}
	return cty.UnknownVal(cty.String)
}

// syncValue reads UserDirSyncEnabled, which is blank, not False, for users of the tenant only.
func syncValue(cell any) cty.Value {
	switch v := cell.(type) {
	case nil:
		return cty.False
	case bool:
		return cty.BoolVal(v)
	case string:
		if v == "" || strings.EqualFold(v, "False") {
			return cty.False
		}
		if strings.EqualFold(v, "True") {
			return cty.True
		}
	}
	return cty.UnknownVal(cty.Bool)
}
