package phase

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/roster"
	"hybrid/planner"
)

// read is a live estate: whether the tenant shares ("" unread), the provider ("on", "off", ""), where the federation
// record leads, and users with their homes.
func read(sharing, provider, record string, users ...string) planner.Live {
	live := planner.Live{}
	put := func(kind, id string, attrs map[string]cty.Value) {
		l := planner.Listing{Objects: map[string]planner.Found{}, Complete: true}
		if attrs != nil {
			l.Objects[id] = planner.Found{Identity: id, Value: cty.ObjectVal(attrs)}
		}
		live[planner.Source{Provider: "skype", Kind: kind}] = l
	}
	if sharing != "" {
		put("tenant_federation", "", map[string]cty.Value{"shared_sip_address_space": cty.BoolVal(sharing == "shared")})
	}
	var attrs map[string]cty.Value
	if provider != "" {
		attrs = map[string]cty.Value{"proxy_fqdn": cty.StringVal("SipFed.online.lync.com"), "enabled": cty.BoolVal(provider == "on"), "enabled_shared_address_space": cty.True}
	}
	put("hosting_provider", "lynconline", attrs)
	attrs = nil
	if record != "" {
		attrs = map[string]cty.Value{"values": cty.SetVal([]cty.Value{cty.StringVal(record)})}
	}
	put("dns_record", "_sipfederationtls._tcp.contoso.com srv", attrs)
	put(endpointsKind, "", nil)
	table := roster.New(columns...)
	for _, user := range users {
		sip, home, _ := strings.Cut(user, " ")
		table.Append(sip, home)
	}
	live[planner.Source{Provider: "skype", Kind: usersKind}] = planner.Listing{Users: table, Complete: true}
	return live
}

// does is a plan in which users are moved, enabled or disabled: "user_homing move target=x sip:…".
func does(t *testing.T, lines ...string) *planner.Plan {
	t.Helper()
	p := &planner.Plan{}
	for _, o := range declared(t, lines...) {
		u := &planner.UserChanges{Want: o.Users}
		for row := range o.Users.Len() {
			at := int32(-1)
			if is(&o, "exist", true) {
				at = 0
			}
			u.Pick, u.At = append(u.Pick, int32(row)), append(u.At, at)
		}
		p.Changes = append(p.Changes, planner.Change{Kind: o.Kind, Action: planner.Action(o.Identity), After: o.Want, Users: u})
	}
	return p
}

const (
	serverData = "0 0 5061 sip.contoso.com."
	cloudData  = "100 1 5061 sipfed.online.lync.com."
)

func TestJudge(t *testing.T) {
	t.Parallel()
	online, pool := "sip:ada@contoso.com sipfed.online.lync.com", "sip:ada@contoso.com SRV:"
	for name, tt := range map[string]struct {
		phase Phase
		live  planner.Live
		plan  []string
		want  []string // parts of what is said, one a diagnostic; none for nothing in the way
	}{
		"hybrid begins":                     {Hybrid, read("private", "", serverData, pool), nil, nil},
		"users born in the cloud":           {Hybrid, read("private", "", cloudData), nil, nil},
		"hybrid goes on":                    {Hybrid, read("shared", "on", serverData, pool, online), nil, nil},
		"back from Teams alone":             {Hybrid, read("shared", "on", cloudData, online), nil, nil},
		"back from the end":                 {Hybrid, read("private", "off", cloudData, online), nil, []string{"go by way of teams_only"}},
		"everybody moves":                   {TeamsOnly, read("shared", "on", serverData, pool), []string{"user_homing move target=sipfed.online.lync.com sip:ADA@contoso.com"}, nil},
		"somebody stays":                    {TeamsOnly, read("shared", "on", serverData, pool, "sip:Alan@contoso.com SRV:"), []string{"user_homing move target=sipfed.online.lync.com sip:ada@contoso.com"}, []string{"1 of its users is homed on the servers, or nowhere that is known, and not moved online by this plan:\n  sip:alan@contoso.com\n"}},
		"somebody goes the wrong way":       {TeamsOnly, read("shared", "on", serverData, online), []string{"user_homing move target=pool01.contoso.com sip:ada@contoso.com"}, []string{"sip:ada@contoso.com"}},
		"no home known":                     {TeamsOnly, read("shared", "on", serverData, "sip:ada@contoso.com "), nil, []string{"sip:ada@contoso.com"}},
		"somebody is disabled":              {TeamsOnly, read("shared", "on", serverData, pool), []string{"user delete sip:ada@contoso.com"}, nil},
		"somebody is born there":            {TeamsOnly, read("shared", "on", serverData), []string{"user create registrar_pool=pool01.contoso.com sip:new@contoso.com"}, []string{"sip:new@contoso.com"}},
		"somebody is born online":           {TeamsOnly, read("shared", "on", serverData), []string{"user create hosting_provider_proxy_fqdn=sipfed.online.lync.com sip:new@contoso.com"}, nil},
		"a block is no home of those there": {OnPrem, read("private", "off", serverData, pool), []string{"user create hosting_provider_proxy_fqdn=sipfed.online.lync.com exist=true sip:ada@contoso.com"}, nil},
		"users of other domains":            {TeamsOnly, read("shared", "on", serverData, "sip:ada@fabrikam.com SRV:", "sip:ada@eu.contoso.com SRV:"), nil, nil},
		"a step too far":                    {TeamsOnly, read("private", "off", serverData, pool), []string{"user_homing move target=sipfed.online.lync.com sip:ada@contoso.com"}, []string{"contoso.com is in the phase onprem, and teams_only is to be next"}},
		"the end, from Teams alone":         {Decommissioned, read("shared", "on", cloudData, online), nil, nil},
		"the end, from hybrid":              {Decommissioned, read("shared", "on", serverData, online), nil, []string{"in the phase hybrid"}},
		"the end, with users":               {Decommissioned, read("shared", "on", cloudData, pool), nil, []string{"in the phase hybrid", "sip:ada@contoso.com"}},
		"the end, once reached":             {Decommissioned, read("private", "off", cloudData, online), nil, nil},
		"the end, provider deleted":         {Decommissioned, read("private", "", cloudData, online), nil, nil},
		"home, with everybody":              {OnPrem, read("shared", "on", serverData, online), []string{"user_homing move target=pool01.contoso.com sip:ada@contoso.com"}, nil},
		"home, with somebody online":        {OnPrem, read("shared", "on", serverData, online), nil, []string{"1 of its users is homed online, and not moved home by this plan"}},
		"home, straight from the cloud":     {OnPrem, read("shared", "on", cloudData, online), []string{"user_homing move target=pool01.contoso.com sip:ada@contoso.com"}, []string{"in the phase teams_only"}},
	} {
		objects := declared(t, "sip_domain contoso.com phase="+string(tt.phase), serverSRV)
		diags := Judge(Stated(objects, commercial()), does(t, tt.plan...), tt.live)
		if len(diags) != len(tt.want) {
			t.Errorf("%s: %v", name, diags)
			continue
		}
		for n, want := range tt.want {
			if d := diags[n]; !strings.Contains(d.Detail, want) || d.Subject.Start.Line != 1 {
				t.Errorf("%s: %s", name, d.Detail)
			}
		}
	}
}

// endpoints adds hybrid application endpoints to a live estate.
func endpoints(live planner.Live, sips ...string) planner.Live {
	listing := planner.Listing{Objects: map[string]planner.Found{}, Complete: true}
	for _, sip := range sips {
		listing.Objects[sip] = planner.Found{Identity: sip}
	}
	live[planner.Source{Provider: "skype", Kind: endpointsKind}] = listing
	return live
}

// Clients find endpoints through the servers: whoever leaves these must have others in their place.
func TestEndpointsThatAreLeftBehind(t *testing.T) {
	t.Parallel()
	source := planner.Source{Provider: "skype", Kind: endpointsKind}
	const reception = "sip:reception@contoso.com"
	remove := &planner.Plan{Changes: []planner.Change{{Kind: kinds[endpointsKind], Identity: reception, Action: planner.Delete}}}
	add := &planner.Plan{Changes: []planner.Change{{Kind: kinds[endpointsKind], Identity: reception, Action: planner.Create}}}
	gone := func() planner.Live { return read("shared", "on", cloudData) }
	broken := gone()
	broken[source] = planner.Listing{Err: errors.New("fe01 has no such cmdlet")}
	short := gone()
	short[source] = planner.Listing{}
	for name, tt := range map[string]struct {
		phase Phase
		live  planner.Live
		plan  *planner.Plan
		want  string // "" for nothing that is said; "?" before a warning
	}{
		"hybrid has some":      {Hybrid, endpoints(read("shared", "on", serverData), reception), &planner.Plan{}, ""},
		"Teams alone":          {TeamsOnly, endpoints(gone(), reception), &planner.Plan{}, "?1 of the hybrid application endpoints of contoso.com is left on the servers:\n  sip:reception@contoso.com\nFrom the moment DNS leads"},
		"the end":              {Decommissioned, endpoints(gone(), "sip:Queue@contoso.com", reception), &planner.Plan{}, "2 of its hybrid application endpoints are left on the servers:\n  sip:queue@contoso.com\n  sip:reception@contoso.com\nMake resource accounts"},
		"deleted by the plan":  {Decommissioned, endpoints(gone(), reception), remove, ""},
		"made by the plan":     {Decommissioned, gone(), add, "1 of its hybrid application endpoints is left"},
		"of another domain":    {Decommissioned, endpoints(gone(), "sip:reception@fabrikam.com"), &planner.Plan{}, ""},
		"not read":             {Decommissioned, broken, &planner.Plan{}, "could not be read: fe01 has no such cmdlet.\nNothing is planned"},
		"not read to its end":  {Decommissioned, short, &planner.Plan{}, "not read to its end"},
		"not read, on the way": {TeamsOnly, broken, &planner.Plan{}, "?could not be read: fe01 has no such cmdlet. Nobody finds them"},
	} {
		diags := Judge(Stated(declared(t, "sip_domain contoso.com phase="+string(tt.phase), serverSRV), commercial()), tt.plan, tt.live)
		want, warns := strings.CutPrefix(tt.want, "?")
		if (tt.want != "") != (len(diags) == 1) {
			t.Errorf("%s: %v", name, diags)
		} else if len(diags) == 1 && (!strings.Contains(diags[0].Detail, want) || diags.HasErrors() == warns) {
			t.Errorf("%s: %v, an error: %v", name, diags[0].Detail, diags.HasErrors())
		}
	}
}

// What no block declares goes where its kind is exclusive, but not what the phase of a domain needs.
func TestWhatIsSweptAway(t *testing.T) {
	t.Parallel()
	block := &planner.Node{}
	swept := func(kind, identity string, node *planner.Node, attrs map[string]cty.Value) *planner.Plan {
		return &planner.Plan{Changes: []planner.Change{{Kind: kinds[kind], Identity: identity, Action: planner.Delete, Before: cty.ObjectVal(attrs), Node: node}}}
	}
	provider := func(proxy string) map[string]cty.Value {
		return map[string]cty.Value{"proxy_fqdn": cty.StringVal(proxy)}
	}
	srv := map[string]cty.Value{"type": cty.StringVal("SRV")}
	const name = "_sipfederationtls._tcp.contoso.com"
	for title, tt := range map[string]struct {
		phase Phase
		plan  *planner.Plan
		want  string
	}{
		"the tenant's provider":      {Hybrid, swept("hosting_provider", "LyncOnline", nil, provider("sipfed.online.lync.com")), "users online are reached through hosting_provider LyncOnline"},
		"another one":                {Hybrid, swept("hosting_provider", "Exchange", nil, provider("exap.um.outlook.com")), ""},
		"the tenant's, at the end":   {Decommissioned, swept("hosting_provider", "LyncOnline", nil, provider("sipfed.online.lync.com")), ""},
		"the federation record":      {Hybrid, swept("dns_record", name+".", nil, srv), "servers and tenant find one another by " + name},
		"that of another domain":     {Hybrid, swept("dns_record", "_sipfederationtls._tcp.fabrikam.com", nil, srv), ""},
		"another type":               {Hybrid, swept("dns_record", name, nil, map[string]cty.Value{"type": cty.StringVal("TXT")}), ""},
		"by a block, judged as such": {Hybrid, swept("hosting_provider", "LyncOnline", block, provider("sipfed.online.lync.com")), ""},
	} {
		live := read("shared", "on", serverData)
		if tt.phase == Decommissioned {
			live = read("shared", "on", cloudData)
		}
		diags := Judge(Stated(declared(t, "sip_domain contoso.com phase="+string(tt.phase), serverSRV), commercial()), tt.plan, live)
		if (tt.want != "") != (len(diags) == 1) || len(diags) == 1 && !strings.Contains(diags[0].Detail, tt.want) {
			t.Errorf("%s: %v", title, diags)
		}
	}
}

func TestManyUsersAreCounted(t *testing.T) {
	t.Parallel()
	var users []string
	for n := range 25 {
		users = append(users, fmt.Sprintf("sip:u%02d@contoso.com SRV:", n))
	}
	diags := Judge(Stated(declared(t, "sip_domain contoso.com phase=teams_only", serverSRV), commercial()), does(t), read("shared", "on", serverData, users...))
	if len(diags) != 1 || !strings.Contains(diags[0].Detail, "25 of its users are") || !strings.Contains(diags[0].Detail, "sip:u09@contoso.com\n  … and 15 more") {
		t.Errorf("%v", diags)
	}
}

// What could not be read, or is not declared though the phase turns on it, is never taken for the better case.
func TestWhatIsNotKnownIsRefused(t *testing.T) {
	t.Parallel()
	users := planner.Source{Provider: "skype", Kind: usersKind}
	for name, tt := range map[string]struct {
		spoil func(planner.Live)
		lines []string
		want  string
	}{
		"users failed":  {func(l planner.Live) { l[users] = planner.Listing{Err: errors.New("the server is down")} }, []string{serverSRV}, "the users of the servers, which could not be read: the server is down."},
		"users unread":  {func(l planner.Live) { delete(l, users) }, []string{serverSRV}, "not read to its end"},
		"users in part": {func(l planner.Live) { u := l[users]; u.Complete = false; l[users] = u }, []string{serverSRV}, "not read to its end"},
		"record failed": {func(l planner.Live) {
			l[planner.Source{Provider: "skype", Kind: "dns_record"}] = planner.Listing{Err: errors.New("SERVFAIL")}
		}, []string{serverSRV}, "the federation record, which could not be read: SERVFAIL"},
		"tenant failed": {func(l planner.Live) {
			l[planner.Source{Provider: "skype", Kind: "tenant_federation"}] = planner.Listing{Err: errors.New("no sign-in")}
		}, []string{serverSRV, "tenant_federation t"}, "the tenant's federation settings, which could not be read"},
		"record nowhere": {func(planner.Live) {}, nil, `Declare it: dns_record "_sipfederationtls._tcp.contoso.com" "SRV"`},
	} {
		live := read("shared", "on", serverData)
		tt.spoil(live)
		diags := Judge(Stated(declared(t, append([]string{"sip_domain contoso.com phase=teams_only"}, tt.lines...)...), commercial()), does(t), live)
		if len(diags) != 1 || !strings.Contains(diags[0].Detail, tt.want) || !strings.Contains(diags[0].Detail, "Nothing is planned from what is not known") {
			t.Errorf("%s: %v", name, diags)
		}
	}
}

func TestUsersAreReadOnlyWhereTheyDecide(t *testing.T) {
	t.Parallel()
	for phase, want := range map[Phase]bool{OnPrem: true, Hybrid: false, TeamsOnly: true, Decommissioned: true} {
		objects := declared(t, "sip_domain contoso.com phase="+string(phase), serverSRV)
		if got := NeedsUsers(Stated(objects, commercial())[0], read("shared", "on", serverData)); got != want {
			t.Errorf("%s: %v", phase, got)
		}
	}
	objects := declared(t, "sip_domain contoso.com phase=hybrid", serverSRV)
	if !NeedsUsers(Stated(objects, commercial())[0], read("private", "off", cloudData)) {
		t.Error("past hybrid, who is on the servers decides whether the way back is open")
	}
}

func TestAShortListIsNoticed(t *testing.T) {
	t.Parallel()
	all, known := roster.New("s"), roster.New("s")
	all.Append("sip:ada@contoso.com")
	known.Append("sip:ADA@contoso.com")
	if who := Short(all, known); who != "" {
		t.Error(who)
	}
	known.Append("sip:alan@contoso.com")
	if who := Short(all, known); who != "sip:alan@contoso.com" {
		t.Error(who)
	}
}

func TestNotesOfThePhases(t *testing.T) {
	t.Parallel()
	notes := func(phase, name, before string, action planner.Action) int {
		p := &planner.Plan{Changes: []planner.Change{{Kind: kinds["dns_record"], Identity: name, Action: action}}}
		if rtype, data, ok := strings.Cut(before, " "); ok {
			p.Changes[0].Before = cty.ObjectVal(map[string]cty.Value{"type": cty.StringVal(rtype), "values": cty.SetVal([]cty.Value{cty.StringVal(data)})})
		}
		Annotate(Stated(declared(t, "sip_domain contoso.com phase="+phase), commercial()), p)
		return len(p.Changes[0].Notes)
	}
	for _, tt := range []struct {
		phase, name, before string
		action              planner.Action
		want                int
	}{
		{"teams_only", "_sipfederationtls._tcp.contoso.com.", "", planner.Update, 2},
		{"hybrid", "_sipfederationtls._tcp.contoso.com", "", planner.Update, 1},
		{"hybrid", "_sipfederationtls._tcp.contoso.com", "", planner.NoOp, 0},
		{"onprem", "_sipfederationtls._tcp.contoso.com", "", planner.Update, 0},
		{"teams_only", "_sipfederationtls._tcp.contoso.com", "", planner.NoOp, 0},
		{"hybrid", "lyncdiscover.contoso.com", "", planner.Create, 1},
		{"hybrid", "lyncdiscover.contoso.com", "CNAME webdir.online.lync.com.", planner.Update, 1},
		{"hybrid", "lyncdiscover.contoso.com", "A 192.0.2.10", planner.Update, 0},
		{"hybrid", "lyncdiscover.contoso.com", "", planner.Delete, 0},
		{"hybrid", "lyncdiscover.fabrikam.com", "", planner.Create, 0},
	} {
		if got := notes(tt.phase, tt.name, tt.before, tt.action); got != tt.want {
			t.Errorf("%+v: %d notes", tt, got)
		}
	}
}
