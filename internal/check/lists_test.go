package check

import (
	"context"
	"crypto/x509"
	"errors"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/clouds"
	"hybrid/internal/config"
	"hybrid/internal/document"
	"hybrid/internal/roots"
	"hybrid/planner"
	"hybrid/providers/entra"
	"hybrid/providers/skype"
	"hybrid/providers/teams"
	"hybrid/schema"
)

// A far end of tests: objects by kind, each by its identity; a kind that is not there cannot be read.
type farEnd struct {
	Source  // of what these tests do not read: there is none
	objects map[string]map[string]map[string]cty.Value
	asked   atomic.Int64
}

func (f *farEnd) Hosts(string) ([]string, error) { return nil, nil }

func (f *farEnd) List(_ context.Context, _, kind string) planner.Listing {
	f.asked.Add(1)
	objects, there := f.objects[kind]
	if !there {
		return planner.Listing{Err: errors.New("Get-" + kind + ": the Central Management Store cannot be reached")}
	}
	return listingOf(kind, objects)
}

// listingOf is a complete listing of a kind; what is not said of an object is not set.
func listingOf(kind string, objects objects) planner.Listing {
	k := kindNamed(kind)
	listing := planner.Listing{Objects: map[string]planner.Found{}, Complete: true}
	for identity, said := range objects {
		values := map[string]cty.Value{}
		for name, t := range k.Type().AttributeTypes() {
			values[name] = cty.NullVal(t)
		}
		for name, v := range said {
			if values[name] != cty.NilVal && v.Type() == cty.String && values[name].Type().IsSetType() {
				v = cty.SetVal([]cty.Value{v})
			}
			values[name] = v
		}
		listing.Objects[identity] = planner.Found{Identity: identity, Value: cty.ObjectVal(values)}
	}
	return listing
}

func (f *farEnd) Cmdlet(context.Context, string, Cmdlet) ([]map[string]any, error) {
	return nil, errors.New("no such cmdlet here")
}

func (f *farEnd) Rows(context.Context, string, Cmdlet, []string) ([][]any, error) {
	return nil, errors.New("no such cmdlet here")
}

func (f *farEnd) Find(context.Context, string, string, string) planner.Listing {
	return planner.Listing{Err: errors.New("nobody answers")}
}

func (f *farEnd) Document(context.Context, string) (document.Document, error) {
	return document.Document{}, errors.New("nobody answers")
}

func (f *farEnd) Roots() (*x509.CertPool, roots.Table) { return nil, roots.BuiltIn() }

func kindNamed(name string) *schema.Kind {
	for _, k := range slices.Concat(skype.System().Kinds, teams.System().Kinds, entra.System().Kinds) {
		if k.Name == name {
			return k
		}
	}
	panic(name)
}

// estate is one with both sides configured.
func estate(f *farEnd) *Estate {
	return &Estate{
		Config: &config.Config{
			Providers: []config.Provider{{Name: "skype", System: skype.System().Schema}, {Name: "teams", System: teams.System().Schema}},
			Cloud:     clouds.BuiltIn()[clouds.Commercial],
		},
		Now: func() time.Time { return time.Date(2026, 11, 28, 22, 0, 0, 0, time.UTC) }, Source: f,
	}
}

type (
	said    = map[string]cty.Value
	objects = map[string]said
)

// well are objects of an estate in which nothing is wrong.
func well() map[string]objects {
	return map[string]objects{
		"access_edge": {"Global": {
			"allow_outside_users": cty.True, "allow_federated_users": cty.True, "routing": cty.StringVal("dns_srv"),
			"enable_user_replicator": cty.False, "enable_partner_discovery": cty.True,
		}},
		"hosting_provider": {"LyncOnline": {
			"proxy_fqdn": cty.StringVal("sipfed.online.lync.com"), "enabled": cty.True, "enabled_shared_address_space": cty.True,
			"hosts_ocs_users": cty.True, "is_local": cty.False,
		}},
		"public_provider": {},
		"allowed_domain":  {"partner.example": {"proxy_fqdn": cty.StringVal("sip.partner.example")}},
		"blocked_domain":  {},
		"sip_domain":      {"contoso.com": {}},
		"online_sip_domain": {
			"contoso.com": {"enabled": cty.True}, "contoso.onmicrosoft.com": {"enabled": cty.True}, "fabrikam.com": {"enabled": cty.False},
		},
		"tenant_federation": {"Global": {
			"shared_sip_address_space": cty.True, "allow_federated_users": cty.True, "allowed_domains": cty.StringVal("all"),
		}},
	}
}

// Each check of lists passes where all is well, fails of its own cause alone, and does not know what cannot be read.
func TestListsOfBothSides(t *testing.T) {
	t.Parallel()
	for _, c := range All() {
		if f := findings(well(), c.ID)[0]; readsLists(c) && f.Verdict != Pass {
			t.Errorf("%s where all is well: %s %s", c.ID, f.Verdict, f.Text)
		}
	}
	for name, try := range map[string]struct {
		id, kind, text string
		change         func(objects)
	}{
		"nobody from outside":      {"E-CFG", "access_edge", "users outside may not sign in", func(o objects) { o["Global"]["allow_outside_users"] = cty.False }},
		"no federation":            {"E-CFG", "access_edge", "talks to no other organisation", func(o objects) { o["Global"]["allow_federated_users"] = cty.False }},
		"a default route":          {"E-ROUTE", "access_edge", "by a default route", func(o objects) { o["Global"]["routing"] = cty.StringVal("default_route") }},
		"replicator":               {"E-UREP", "access_edge", "will hang", func(o objects) { o["Global"]["enable_user_replicator"] = cty.True }},
		"no provider":              {"H-PROV", "hosting_provider", "no hosting provider leads to sipfed.online.lync.com", func(o objects) { delete(o, "LyncOnline") }},
		"two providers":            {"H-PROV", "hosting_provider", "2 hosting providers", func(o objects) { o["Other"] = o["LyncOnline"] }},
		"a provider disabled":      {"H-PROV", "hosting_provider", "not as they must be: enabled", func(o objects) { o["LyncOnline"]["enabled"] = cty.False }},
		"a provider that is local": {"H-PROV", "hosting_provider", "not as they must be: is_local", func(o objects) { o["LyncOnline"]["is_local"] = cty.True }},
		"a public provider":        {"H-PROV", "public_provider", "takes the cloud's proxy FQDN", func(o objects) { o["X"] = said{"proxy_fqdn": cty.StringVal("SIPFED.online.lync.com.")} }},
		"partner and provider":     {"H-CONFL", "allowed_domain", "partner.example and the provider LyncOnline", func(o objects) { o["partner.example"]["proxy_fqdn"] = cty.StringVal("sipfed.online.lync.com") }},
		"not shared":               {"T-SIP", "tenant_federation", "does not share", func(o objects) { o["Global"]["shared_sip_address_space"] = cty.False }},
		"one talks":                {"T-FED", "tenant_federation", "one side talks", func(o objects) { o["Global"]["allow_federated_users"] = cty.False }},
		"a list in the tenant":     {"T-FED", "tenant_federation", "discover partners", func(o objects) { o["Global"]["allowed_domains"] = cty.StringVal("partner.example") }},
		"a list on the servers":    {"T-FED", "access_edge", "the tenant talks to everybody", func(o objects) { o["Global"]["enable_partner_discovery"] = cty.False }},
		"blocked on one side":      {"T-FED", "blocked_domain", "blocked on the servers and not in the tenant: bad.example", func(o objects) { o["bad.example"] = said{} }},
		"a domain more":            {"T-DOM", "sip_domain", "not enabled: fabrikam.com", func(o objects) { o["fabrikam.com"] = said{} }},
		"a domain less":            {"T-DOM", "online_sip_domain", "the servers do not have: adatum.com", func(o objects) { o["adatum.com"] = said{"enabled": cty.True} }},
	} {
		all := well()
		try.change(all[try.kind])
		f := findings(all, try.id)[0]
		if f.Verdict != Fail || !strings.Contains(f.Text, try.text) || f.Do == "" {
			t.Errorf("%s: %s %s %q", name, f.ID, f.Verdict, f.Text)
		}
		delete(all, try.kind)
		if f := findings(all, try.id)[0]; f.Verdict != Unknown || !strings.Contains(f.Text, "cannot be reached") {
			t.Errorf("%s, unread: %s %s %q", name, f.ID, f.Verdict, f.Text)
		}
	}
}

// readsLists says whether a check reads nothing but the lists of both sides.
func readsLists(c Check) bool {
	return slices.Contains([]string{"E-CFG", "E-ROUTE", "E-UREP", "H-PROV", "H-CONFL", "T-SIP", "T-FED", "T-DOM", "T-ONE"}, c.ID)
}

func findings(all map[string]objects, id string) []Finding {
	checks, err := Select(All(), []string{id}, nil)
	if err != nil {
		panic(err)
	}
	return Run(context.Background(), estate(&farEnd{objects: all}), checks, Options{})
}

// What several checks look at is read once.
func TestEverythingIsReadOnce(t *testing.T) {
	t.Parallel()
	f := &farEnd{objects: well()}
	checks, _ := Select(All(), []string{string(Tenant), "E-CFG", "E-ROUTE", "E-UREP", "H-PROV", "H-CONFL"}, nil)
	Run(t.Context(), estate(f), checks, Options{})
	if kinds := len(well()); int(f.asked.Load()) != kinds {
		t.Errorf("%d reads of %d kinds", f.asked.Load(), kinds)
	}
}

// What the configuration has no provider for is not looked at, what it waives neither, and a slow far end is unknown.
func TestRun(t *testing.T) {
	t.Parallel()
	e := estate(&farEnd{objects: well()})
	e.Config.Providers = e.Config.Providers[:1]
	slow := Check{ID: "X-SLOW", Run: func(ctx context.Context, _ *Estate) Result {
		<-ctx.Done()
		return Unread(ctx.Err())
	}}
	checks := append(All(), slow)
	for _, f := range Run(t.Context(), e, checks, Options{Deadline: 200 * time.Millisecond, Waived: map[string]string{"E-CFG": "the Edge is a partner's"}}) {
		switch {
		case f.ID == "T-SIP" && (f.Verdict != NoCause || f.Text != "the configuration has no provider teams"),
			f.ID == "E-CFG" && (f.Verdict != Waived || f.Text != "the Edge is a partner's"),
			f.ID == "X-SLOW" && (f.Verdict != Unknown || !strings.Contains(f.Text, "not found out within 200ms")):
			t.Errorf("%s: %s %s", f.ID, f.Verdict, f.Text)
		}
	}
}

// Every check says all that an administrator has to know of it.
func TestChecksAreWhole(t *testing.T) {
	t.Parallel()
	ids := map[string]bool{}
	for _, c := range All() {
		if c.ID == "" || c.Group == "" || c.Title == "" || c.Reads == "" || c.Remedy == "" || c.Source == "" || c.Run == nil || ids[c.ID] {
			t.Errorf("%+v", c)
		}
		ids[c.ID] = true
		for _, kind := range c.Kinds {
			kindNamed(kind)
		}
	}
	if _, err := Select(All(), []string{"X-NONE"}, nil); err == nil || !strings.Contains(err.Error(), "X-NONE") {
		t.Error(err)
	}
}
