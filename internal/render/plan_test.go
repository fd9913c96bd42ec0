package render

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/roster"
	"hybrid/planner"
	"hybrid/schema"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares an output with a file of testdata.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

func texts(values ...string) cty.Value {
	list := make([]cty.Value, len(values))
	for i, v := range values {
		list[i] = cty.StringVal(v)
	}
	return cty.ListVal(list)
}

// sorted is a canonical form in which order and case do not matter.
func sorted(v cty.Value) cty.Value {
	var all []string
	for _, e := range v.AsValueSlice() {
		all = append(all, strings.ToLower(e.AsString()))
	}
	slices.Sort(all)
	return texts(all...)
}

var (
	provider = &schema.Kind{Name: "hosting_provider", Attrs: []schema.Attr{
		{Name: "proxy_fqdn", Type: cty.String, Mode: schema.Required, ForceNew: true},
		{Name: "enabled", Type: cty.Bool},
		{Name: "verification_level", Type: cty.String},
		{Name: "autodiscover_url", Type: cty.String},
		{Name: "priority", Type: cty.Number},
		{Name: "issuer", Type: cty.String, Mode: schema.Computed},
		{Name: "password", Type: cty.String, Sensitive: true},
		{Name: "retries", Type: cty.Number, Settings: true},
	}, Blocks: []schema.Block{{Name: "proxy", Attrs: []schema.Attr{
		{Name: "host", Type: cty.String}, {Name: "key", Type: cty.String, Sensitive: true},
	}}}}
	record = &schema.Kind{Name: "dns_record", Labels: []string{"identity", "type"}, Attrs: []schema.Attr{
		{Name: "type", Type: cty.String},
		{Name: "ttl", Type: cty.Number},
		{Name: "values", Type: cty.List(cty.String), Norm: sorted},
	}}
	edge   = &schema.Kind{Name: "access_edge", Singleton: true, Attrs: []schema.Attr{{Name: "routing", Type: cty.String}}}
	homing = &schema.Kind{Name: "user_homing", Attrs: []schema.Attr{
		{Name: "target", Type: cty.String},
		{Name: "users", Type: cty.DynamicPseudoType, Settings: true},
		{Name: "proxy_pool", Type: cty.String},
	}, Rows: &schema.Rows{Columns: []string{"SipAddress", "HostingProvider"}, Attr: "target", State: func(c []string) string { return c[1] }}}
	user = &schema.Kind{Name: "user", Attrs: []schema.Attr{
		{Name: "users", Type: cty.DynamicPseudoType, Settings: true},
		{Name: "registrar_pool", Type: cty.String, Initial: true},
	}, Rows: &schema.Rows{Columns: []string{"SipAddress"}}}
)

// object is a value of a kind: the given attributes, the others null.
func object(k *schema.Kind, values map[string]cty.Value) cty.Value {
	all := map[string]cty.Value{}
	for name, t := range k.Type().AttributeTypes() {
		all[name] = cty.NullVal(t)
	}
	for name, v := range values {
		all[name] = v
	}
	return cty.ObjectVal(all)
}

func at(file string, line int) hcl.Range {
	return hcl.Range{Filename: file, Start: hcl.Pos{Line: line, Column: 1, Byte: line}, End: hcl.Pos{Line: line, Column: 9, Byte: line + 8}}
}

type vals = map[string]cty.Value

// diffed is a change as the planner makes it.
func diffed(k *schema.Kind, live, want cty.Value, line int, labels ...string) planner.Change {
	c := planner.Diff(k, live, want)
	c.Address, c.Provider, c.Range = planner.Address{Kind: k.Name, Labels: labels}, "skype", at("trust.hcl", line)
	if len(labels) > 0 {
		c.Identity = labels[0]
	}
	return c
}

func null(k *schema.Kind) cty.Value { return cty.NullVal(k.Type()) }

// moves is a block of n users of whom same are there already; every user's home is one of two.
func moves(n, same int, blocked ...planner.Blocked) planner.Change {
	want, live := roster.New("sip_address", "identity"), roster.New("SipAddress", "HostingProvider")
	u := &planner.UserChanges{Want: want, Live: live, Same: same, Blocked: blocked}
	out := map[int32]bool{}
	for _, b := range blocked {
		out[b.Row] = true
	}
	for i := range n {
		sip := fmt.Sprintf("sip:user%d@contoso.com", i)
		want.Append(sip, strings.TrimPrefix(sip, "sip:"))
		live.Append(sip, []string{"sipfed.online.lync.com", "pool00.contoso.com"}[i%2])
		if i >= same && !out[int32(i)] {
			u.Pick, u.At = append(u.Pick, int32(i)), append(u.At, int32(i))
		}
	}
	c := planner.Change{
		Address: planner.Address{Kind: "user_homing", Labels: []string{"pilot"}}, Kind: homing, Provider: "skype", Action: planner.Move,
		Before: null(homing), After: object(homing, vals{"target": cty.StringVal("pool01.contoso.com")}), Users: u, Range: at("users.hcl", 14),
		Notes: []string{fmt.Sprintf("scheduled meetings are not migrated by a move. %d users must sign out and in again.", n-same)},
	}
	if u.Len() == 0 {
		c.Action = planner.NoOp
	}
	return c
}

// enabled is a block that creates n users.
func enabled(n int) planner.Change {
	c := moves(n, 0)
	c.Address, c.Kind, c.Action, c.Notes = planner.Address{Kind: "user", Labels: []string{"new"}}, user, planner.Create, nil
	c.After = object(user, vals{"registrar_pool": cty.StringVal("pool01.contoso.com")})
	for i := range c.Users.At {
		c.Users.At[i] = -1
	}
	return c
}

// estate is a plan with everything in it.
func estate() *planner.Plan {
	lync := object(provider, vals{
		"identity": cty.StringVal("LyncOnline"), "proxy_fqdn": cty.StringVal("sipfed.online.lync.com"),
		"enabled": cty.True, "priority": cty.NumberIntVal(10), "password": cty.StringVal("hunter22"), "retries": cty.NumberIntVal(3),
	})
	old := object(provider, vals{"identity": cty.StringVal("Old"), "proxy_fqdn": cty.StringVal("old.contoso.com"), "enabled": cty.True, "verification_level": cty.StringVal("AlwaysVerifiable"), "issuer": cty.StringVal("x")})
	live := object(provider, vals{
		"identity": cty.StringVal("Exchange"), "proxy_fqdn": cty.StringVal("exap.um.outlook.com"), "enabled": cty.False,
		"autodiscover_url": cty.StringVal("https://autodiscover.contoso.com/autodiscover/metadata/json/1"), "priority": cty.UnknownVal(cty.Number),
	})
	want := object(provider, vals{
		"identity": cty.StringVal("Exchange"), "enabled": cty.True, "priority": cty.NumberIntVal(3),
		"autodiscover_url": cty.UnknownVal(cty.String),
	})
	srv := func(values ...string) cty.Value {
		return object(record, vals{"identity": cty.StringVal("_sip._tls.contoso.com"), "type": cty.StringVal("SRV"), "ttl": cty.NumberIntVal(300), "values": texts(values...)})
	}
	dns := diffed(record, srv("0 0 443 old.contoso.com.", "0 0 443 sip.contoso.com."), srv("0 0 443 SIP.contoso.com.", "10 0 443 b.contoso.com."), 30, "_sip._tls.contoso.com", "SRV")
	dns.Provider = "dns.external"
	exclusive := diffed(provider, old, null(provider), 50, "Old")
	exclusive.Notes = []string{"no block declares it, and hosting_provider is exclusive"}
	unread := diffed(edge, cty.NullVal(edge.Type()), cty.NullVal(edge.Type()), 1)
	unread.Action, unread.Before, unread.Reason = planner.Unknown, cty.UnknownVal(edge.Type()), "fe01.contoso.com:5986: connection refused\nIs the listener running?"
	same := diffed(provider, live, object(provider, vals{"enabled": cty.False}), 60, "Same")
	replaced := diffed(provider, old, object(provider, vals{"proxy_fqdn": cty.StringVal("new.contoso.com")}), 41, "Old.Provider")
	return &planner.Plan{Changes: []planner.Change{
		unread, diffed(provider, null(provider), lync, 12, "LyncOnline"), diffed(provider, live, want, 20, "Exchange"), replaced, dns, same,
		exclusive, enabled(2), moves(50, 2, planner.Blocked{Row: 7, Reason: "no home known"}, planner.Blocked{Row: 9, Reason: "no home known"}),
	}, Warnings: hcl.Diagnostics{{Severity: hcl.DiagWarning, Summary: "A warning", Detail: "In two\nlines.", Subject: at("dns.hcl", 3).Ptr()}}}
}

func issued(c planner.Change) planner.Steps {
	return planner.Steps{
		Do:   []string{fmt.Sprintf("%s-It -Identity '%s'", c.Action, c.Identity), "second\nline"},
		Undo: []string{"Undo-It -Identity '" + c.Identity + "'"}, Lost: []string{"what " + c.Identity + " had"},
	}
}

func rendered(t *testing.T, f func(*bytes.Buffer) error) []byte {
	t.Helper()
	var buf bytes.Buffer
	if err := f(&buf); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}
