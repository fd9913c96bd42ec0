package skype

import (
	"fmt"
	"strings"
	"testing"

	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/lab"
	"hybrid/internal/roster"
	"hybrid/planner"
	"hybrid/providers"
	"hybrid/schema"
)

// laboratory opens the provider on a lab of its own: the real session and wire, only the servers are simulated.
func laboratory(t *testing.T, needs lab.Needs) providers.Provider {
	t.Helper()
	l, err := lab.Start(t.Context(), lab.Options{Estate: lab.Seed(needs, lab.SeedOptions{Seed: 1}), Kinds: kinds()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	at := l.Endpoints().WinRM
	p, err := System().Open(settings(t, map[string]cty.Value{
		"hosts": cty.ListVal([]cty.Value{cty.StringVal(at.Host)}), "port": cty.NumberIntVal(int64(at.Port)), "fingerprint": cty.StringVal(at.Fingerprint),
		"username": cty.StringVal(at.Username), "password": cty.StringVal(at.Password).Mark(schema.Sensitive),
	}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	return p
}

// next plans one object against the live estate.
func next(t *testing.T, p providers.Provider, kind, identity, body string) planner.Change {
	t.Helper()
	k := kindNamed(t, kind)
	o := planner.Object{Kind: k, Identity: identity, Want: cty.NullVal(k.Type()), Absent: body == "", Provider: "skype", Address: planner.Address{Kind: kind}}
	if !o.Absent {
		o.Want = wanted(t, k, identity, body)
	}
	if k.Singleton {
		o.Identity = ""
	}
	listing := p.Read(t.Context(), k, []planner.Object{o})
	return planner.Check(&o, listing)
}

func TestTheEstateFollows(t *testing.T) {
	t.Parallel()
	p := laboratory(t, lab.Needs{SipDomains: []string{"contoso.com"}})
	const url = "https://accounts.accesscontrol.windows.net/%s/metadata/json/1"
	carriedOut(t, p, []step{
		{"access_edge", "", "allow_federated_users = true\nrouting = \"dns_srv\"\nenable_partner_discovery = true\nmax_contacts_per_discovered_partner = 500", planner.Update},
		{"access_edge", "", "allow_anonymous_users = true", planner.Update},
		{"access_edge", "", "routing = \"dns_srv\"\ndiscovered_partner_verification_level = \"AlwaysVerifiable\"", planner.Update},
		{"hosting_provider", "LyncOnline", providerBody, planner.Create},
		{"hosting_provider", "lynconline", strings.Replace(providerBody, "enabled                      = true", "enabled = false", 1), planner.Update},
		{"hosting_provider", "LyncOnline", strings.Replace(providerBody, "sipfed.online.lync.com", "sipfed2.online.lync.com", 1), planner.Replace},
		{"oauth_server", "microsoft.sts", fmt.Sprintf("metadata_url = \""+url+"\"", "old"), planner.Create},
		{"oauth_server", "microsoft.sts", fmt.Sprintf("metadata_url = \""+url+"\"", "new"), planner.Update},
		{"oauth_server", "microsoft.sts", fmt.Sprintf("realm = \"other\"\nmetadata_url = \""+url+"\"", "new"), planner.Replace},
		{"partner_application", "microsoft.exchange", onOAuthServer, planner.Create},
		{"partner_application", "microsoft.exchange", onMetadata + "enabled = false", planner.Update},
		{"partner_application", "microsoft.exchange", onOAuthServer + "realm = \"fabrikam.com\"", planner.Replace},
		{"partner_application", "microsoft.exchange", "", planner.Delete},
		{"oauth_server", "microsoft.sts", "", planner.Delete},
		{"hosting_provider", "LyncOnline", "", planner.Delete},
	})
}

// A step is what a block says, and the change that it takes.
type step struct {
	kind, identity, body string
	action               planner.Action
}

// carriedOut takes one step after the other: each is planned as it should be, and afterwards nothing is left of it.
func carriedOut(t *testing.T, p providers.Provider, steps []step) {
	t.Helper()
	for _, step := range steps {
		c := next(t, p, step.kind, step.identity, step.body)
		if c.Action != step.action {
			t.Fatalf("%s %s: %s (%s), want %s", step.kind, step.body, c.Action, c.Reason, step.action)
		}
		if err := p.Apply(t.Context(), c); err != nil {
			t.Fatalf("%s %s: %v", c.Action, step.kind, err)
		}
		if left := next(t, p, step.kind, step.identity, step.body); left.Action != planner.NoOp {
			t.Errorf("%s %s: still %s of %v", c.Action, step.kind, left.Action, left.Paths)
		}
	}
}

func TestUndoBringsBackWhatWas(t *testing.T) {
	t.Parallel()
	p := laboratory(t, lab.Needs{SipDomains: []string{"contoso.com"}})
	start := func(kind, identity, body string) {
		if err := p.Apply(t.Context(), next(t, p, kind, identity, body)); err != nil {
			t.Fatal(err)
		}
	}
	start("hosting_provider", "LyncOnline", providerBody)
	start("oauth_server", "microsoft.sts", `metadata_url = "https://accounts.accesscontrol.windows.net/old/metadata/json/1"`)
	start("partner_application", "microsoft.exchange", onMetadata)
	for _, step := range [][3]string{
		{"access_edge", "", "allow_federated_users = true\nrouting = \"dns_srv\"\nenable_partner_discovery = true"},
		{"hosting_provider", "LyncOnline", strings.Replace(providerBody, "sipfed.online.lync.com", "sipfed2.online.lync.com", 1)},
		{"oauth_server", "microsoft.sts", `metadata_url = "https://accounts.accesscontrol.windows.net/new/metadata/json/1"`},
		{"partner_application", "microsoft.exchange", onOAuthServer},
		{"partner_application", "microsoft.exchange", ""},
	} {
		c := next(t, p, step[0], step[1], step[2])
		if err := p.Apply(t.Context(), c); err != nil {
			t.Fatalf("%s: %v", step[0], err)
		}
		if err := p.Apply(t.Context(), c.Reverse()); err != nil {
			t.Fatalf("undo of %s %s: %v", c.Action, step[0], err)
		}
		k := kindNamed(t, step[0])
		listing := p.Read(t.Context(), k, nil)
		if listing.Err != nil {
			t.Fatal(listing.Err)
		}
		if got := listing.Objects[k.LiveID(step[1], cty.NilVal)].Value; step[1] != "" && !got.RawEquals(c.Before) {
			t.Errorf("%s %s: undone it is %#v, it was %#v", c.Action, step[0], got, c.Before)
		}
	}
}

func TestUsersAreEnabledAndMoved(t *testing.T) {
	t.Parallel()
	p := laboratory(t, lab.Needs{
		SipDomains: []string{"contoso.com"}, Pools: []string{"pool01.contoso.com"},
		Users: []lab.NeededUser{{SIP: "sip:ada@contoso.com", Identity: "ada@contoso.com"}, {SIP: "sip:bob@contoso.com", Identity: "bob@contoso.com", Enabled: true, RegistrarPool: "pool01.contoso.com"}},
	})
	for _, settings := range [][3]string{{"access_edge", "", "allow_federated_users = true"}, {"hosting_provider", "LyncOnline", providerBody}} {
		if err := p.Apply(t.Context(), next(t, p, settings[0], settings[1], settings[2])); err != nil {
			t.Fatal(err)
		}
	}
	plan := func(kind, body string, absent bool) planner.Change {
		table := roster.New("sip_address", "identity")
		table.Append("sip:ada@contoso.com", "ada@contoso.com")
		table.Append("sip:bob@contoso.com", "bob@contoso.com")
		k := kindNamed(t, kind)
		o := planner.Object{Kind: k, Provider: "skype", Address: planner.Address{Kind: kind, Labels: []string{"pilot"}}, Want: wanted(t, k, "pilot", "users = []\n"+body), Users: table, Absent: absent}
		return planner.Check(&o, p.Read(t.Context(), k, []planner.Object{o}))
	}
	apply := func(c planner.Change, users int) {
		t.Helper()
		if c.Users.Len() != users || len(c.Users.Blocked) > 0 {
			t.Fatalf("%s of %d users, %d blocked, want %d; %s", c.Action, c.Users.Len(), len(c.Users.Blocked), users, c.Reason)
		}
		for one := range c.All() {
			if err := p.Apply(t.Context(), one); err != nil {
				t.Fatalf("%s: %v", one.Address, err)
			}
		}
	}
	online := `hosting_provider_proxy_fqdn = "sipfed.online.lync.com"`
	apply(plan("user", online, false), 1) // bob is there already
	apply(plan("user", online, false), 0)
	home := plan("user_homing", `target = "pool01.contoso.com"`, false)
	if home.Users.Same != 1 {
		t.Errorf("%d are at home", home.Users.Same)
	}
	apply(home, 1)
	apply(plan("user_homing", `target = "pool01.contoso.com"`, false), 0)
	apply(plan("user", online, true), 2)
	if left := plan("user", online, false); left.Users.Len() != 2 {
		t.Errorf("%d are to be enabled again", left.Users.Len())
	}
}
