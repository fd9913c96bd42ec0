package teams

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/lab"
	"hybrid/internal/powershell"
	"hybrid/internal/roster"
	"hybrid/planner"
	"hybrid/providers/shell"
	"hybrid/schema"
)

// A listing is a tenant whose lists leave attributes empty, as some versions of its module do.
type listing struct {
	users map[string][]any // by SIP address
	lists []any            // what a list shows of the on-premises attributes
	fails error
	calls []string
}

func (l *listing) Calls() int64 { return int64(len(l.calls)) }
func (l *listing) Close() error { return nil }

func (l *listing) Call(_ context.Context, c powershell.Command, o powershell.CallOptions) error {
	l.calls = append(l.calls, c.String())
	if len(c.Params) > 0 && c.Params[0].Name == "Identity" {
		if l.fails != nil {
			return l.fails
		}
		return o.Row(l.users[c.Params[0].Value.(string)])
	}
	for sip := range l.users {
		if err := o.Row([]any{sip, strings.TrimPrefix(sip, "sip:"), l.lists[0], l.lists[1], "SRV:", "HybridOnpremSfBUser", true}); err != nil {
			return err
		}
	}
	return nil
}

// wantedUsers is a block of some users.
func wantedUsers(sips ...string) []planner.Object {
	table := roster.New("sip_address", "identity")
	for _, sip := range sips {
		table.Append(sip, sip)
	}
	return []planner.Object{{Users: table}}
}

func (l *listing) read(t *testing.T, want []planner.Object) planner.Listing {
	t.Helper()
	opened, err := shell.Open(settings(t, application(nil)), shell.Options{Translator: shell.NewTranslator("MicrosoftTeams"), Pool: l})
	if err != nil {
		t.Fatal(err)
	}
	return (&provider{opened}).Read(t.Context(), onlineUser(), want)
}

// What a list leaves empty is asked for one by one, since empty means that attributes have not arrived.
func TestWhatAListLeavesEmptyIsAskedForByIdentity(t *testing.T) {
	t.Parallel()
	const sip = "sip:ada@contoso.com"
	whole := map[string][]any{sip: {sip, "ada@contoso.com", sip, "SRV:", "SRV:", "HybridOnpremSfBUser", true}}
	l := &listing{users: whole, lists: []any{nil, nil}}
	got := l.read(t, wantedUsers("sip:Ada@contoso.com", "sip:nobody@contoso.com"))
	if got.Err != nil || got.Complete || got.Users.Len() != 1 || got.Users.Cell(0, "OnPremHostingProvider") != "SRV:" {
		t.Errorf("%+v", got)
	}
	calls := []string{`Get-CsOnlineUser -Filter:'SipAddress -eq ''sip:ada@contoso.com'' -or SipAddress -eq ''sip:nobody@contoso.com'''`, `Get-CsOnlineUser -Identity:'sip:ada@contoso.com'`}
	if diff := cmp.Diff(calls, l.calls); diff != "" {
		t.Error(diff)
	}
	l = &listing{users: whole, lists: []any{sip, "SRV:"}}
	if l.read(t, wantedUsers(sip)); len(l.calls) != 1 {
		t.Errorf("asked for what was told: %q", l.calls)
	}
	l = &listing{users: whole, lists: []any{nil, nil}}
	if got := l.read(t, nil); len(l.calls) != 1 || !got.Complete {
		t.Errorf("everybody: %q", l.calls)
	}
	l = &listing{users: whole, lists: []any{nil, nil}, fails: &powershell.CmdletError{Category: "ObjectNotFound"}}
	if got := l.read(t, wantedUsers(sip)); got.Err != nil || got.Users.Cell(0, "OnPremHostingProvider") != "" {
		t.Errorf("gone meanwhile: %+v", got)
	}
	l.fails = errors.New("throttled")
	if got := l.read(t, wantedUsers(sip)); got.Err == nil {
		t.Error("an error was taken for an absence")
	}
	l = &listing{users: map[string][]any{sip: nil}, lists: []any{map[string]any{}, nil}}
	if got := l.read(t, wantedUsers(sip)); got.Err == nil || !strings.Contains(got.Err.Error(), "OnPremSipAddress of the user "+sip) {
		t.Errorf("an object for a text: %v", got.Err)
	}
}

// Where lists leave attributes empty, users are not waited for in vain however many they are; and where attributes have not
// arrived, only some are asked for.
func TestManyUsersOfWhomListsLeaveAttributesEmpty(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		users   int
		arrived bool
		calls   int // beside the list
		told    int
		fails   bool
	}{
		"some": {mostSingly + 5, true, mostSingly + 5, mostSingly + 5, false}, "not arrived": {mostSingly + 5, false, mostSingly, 0, false},
		"too many": {mostAfterAll + 1, true, mostSingly, 0, true}, "many not arrived": {mostAfterAll + 1, false, mostSingly, 0, false},
	} {
		l := &listing{users: map[string][]any{}, lists: []any{nil, nil}}
		var sips []string
		for n := range test.users {
			sip := fmt.Sprintf("sip:o'u%04d@contoso.com", n) // which no filter names, so that there is one list
			l.users[sip] = []any{sip, "u", nil, nil, "SRV:", "HybridOnpremSfBUser", true}
			if test.arrived {
				l.users[sip][onlineOnPremSIP], l.users[sip][onlineOnPremProvider] = sip, "SRV:"
			}
			sips = append(sips, sip)
		}
		want := append(wantedUsers(sips...), wantedUsers(sips...)...)
		got := l.read(t, want)
		if test.fails != (got.Err != nil) || len(l.calls) != 1+test.calls {
			t.Errorf("%s: %d calls, %v", name, len(l.calls), got.Err)
		}
		told := 0
		for row := range got.Users.Len() {
			if got.Users.Cell(row, "OnPremHostingProvider") == "SRV:" {
				told++
			}
		}
		if told != test.told {
			t.Errorf("%s: %d told", name, told)
		}
	}
}

// The view follows the tenant: what Active Directory has changed shows after a cycle.
func TestTheViewOfUsersInTheLab(t *testing.T) {
	t.Parallel()
	l, p := laboratory(t)
	if err := l.Change(func(e *lab.Estate) error {
		for n := range 30 {
			e.Add(&lab.Account{SIP: fmt.Sprintf("sip:u%d@contoso.com", n), DisplayName: fmt.Sprintf("U %d", n), Enabled: lab.True, HostingProvider: "SRV:", RegistrarPool: "pool01.contoso.com"})
		}
		return e.AddCloudUser("sip:zoe@contoso.com")
	}); err != nil {
		t.Fatal(err)
	}
	all := p.Read(t.Context(), onlineUser(), nil)
	if all.Err != nil || !all.Complete || all.Users.Len() != 31 {
		t.Fatalf("%+v", all)
	}
	var some []string
	for n := range 25 {
		some = append(some, fmt.Sprintf("sip:u%d@contoso.com", n))
	}
	part := p.Read(t.Context(), onlineUser(), wantedUsers(append(some, "sip:zoe@contoso.com")...))
	if part.Err != nil || part.Complete || part.Users.Len() != 26 {
		t.Fatalf("%+v", part)
	}
	row, _ := part.Users.Lookup("sip:zoe@contoso.com")
	if diff := cmp.Diff([]string{"sip:zoe@contoso.com", "zoe@contoso.com", "", "", "sipfed.online.lync.com", "PureOnlineTeamsOnlyUser", ""}, part.Users.Row(row)); diff != "" {
		t.Error(diff)
	}
	row, _ = part.Users.Lookup("sip:u7@contoso.com")
	if diff := cmp.Diff([]string{"sip:u7@contoso.com", "u7@contoso.com", "sip:u7@contoso.com", "SRV:", "SRV:", "HybridOnpremSfBUser", "True"}, part.Users.Row(row)); diff != "" {
		t.Error(diff)
	}
}

// row is a user as the data's cmdlet tells.
func row(sip string, onPrem, dirSync any) []any {
	return []any{sip, strings.TrimPrefix(sip, "sip:"), onPrem, onPrem, "SRV:", "HybridOnpremSfBUser", dirSync, "Name", "User", []any{}, []any{}}
}

// many is a tenant of many users of whom lists leave attributes empty.
type many struct {
	*listing
	rows [][]any
}

func (m many) Call(ctx context.Context, c powershell.Command, o powershell.CallOptions) error {
	if c.Params[0].Name == "Identity" {
		return m.listing.Call(ctx, c, o)
	}
	for _, cells := range m.rows {
		if err := o.Row(cells); err != nil {
			return err
		}
	}
	return nil
}

// A list that leaves attributes empty is found out by asking for some users; of the others nothing is then known.
func TestEmptyAttributesOfManyUsers(t *testing.T) {
	t.Parallel()
	for _, told := range []any{"SRV:", nil} {
		m := many{listing: &listing{users: map[string][]any{}}}
		for n := range mostSingly + 5 {
			sip := fmt.Sprintf("sip:u%03d@contoso.com", n)
			m.rows = append(m.rows, row(sip, nil, true))
			m.users[strings.TrimPrefix(sip, "sip:")] = row(sip, told, true)
		}
		m.rows = append(m.rows, row("sip:zoe@contoso.com", nil, nil))
		rows := slices.Clone(m.rows)
		opened, err := shell.Open(settings(t, application(nil)), shell.Options{Translator: shell.NewTranslator("MicrosoftTeams"), Pool: m})
		if err != nil {
			t.Fatal(err)
		}
		users, err := (&provider{opened}).chosen(t.Context(), "f", "")
		if err != nil || len(users) != len(rows) || len(m.calls) != mostSingly {
			t.Fatalf("%d users, %d calls, %v", len(users), len(m.calls), err)
		}
		first, last, zoe := users[0].GetAttr("on_prem_hosting_provider"), users[mostSingly].GetAttr("on_prem_hosting_provider"), users[len(users)-1]
		if told == nil && (!first.IsNull() || !last.IsNull()) || told != nil && (first.IsNull() || last.IsKnown()) {
			t.Errorf("%v: %#v, %#v", told, first, last)
		}
		if zoe.GetAttr("dir_sync").True() || !zoe.GetAttr("on_prem_hosting_provider").IsNull() {
			t.Errorf("%#v", zoe)
		}
	}
}

func TestPlansAndErrorsInEveryForm(t *testing.T) {
	t.Parallel()
	object := func(pairs ...any) map[string]any {
		o := map[string]any{}
		for n := 0; n < len(pairs); n += 2 {
			o[pairs[n].(string)] = pairs[n+1]
		}
		return o
	}
	unknown := cty.UnknownVal(cty.List(cty.String))
	for name, test := range map[string]struct {
		cell any
		want cty.Value
	}{
		"none":             {nil, schema.TextList(nil)},
		"empty":            {[]any{}, schema.TextList(nil)},
		"texts":            {[]any{"MCOProfessional", "Teams"}, schema.TextList([]string{"MCOProfessional", "Teams"})},
		"one":              {"Teams", schema.TextList([]string{"Teams"})},
		"objects":          {[]any{object("Capability", "Teams", "CapabilityStatus", "Enabled"), object("capability", "MCOEV", "capabilityStatus", "Deleted"), object("Capability", "MCOProfessional", "CapabilityStatus", "Warning")}, schema.TextList([]string{"Teams", "MCOProfessional"})},
		"twice":            {[]any{object("Capability", "Teams", "CapabilityStatus", "Deleted"), object("Capability", "Teams", "CapabilityStatus", "Enabled")}, schema.TextList([]string{"Teams"})},
		"json":             {`[{"Capability":"Teams","CapabilityStatus":"Enabled"}]`, schema.TextList([]string{"Teams"})},
		"xml":              {"<XmlValueAssignedPlan/>", unknown},
		"broken json":      {"[{", unknown},
		"no capability":    {[]any{object("ServicePlanId", "x")}, unknown},
		"a status of what": {[]any{object("Capability", "Teams", "CapabilityStatus", object())}, unknown},
		"a number":         {4.0, unknown},
		"a type name":      {[]any{"Microsoft.Teams.ConfigAPI.Cmdlets.Generated.Models.UserAssignedPlan"}, unknown},
	} {
		if got := plansValue(test.cell); !got.RawEquals(test.want) {
			t.Errorf("%s: %#v", name, got)
		}
	}
	for name, test := range map[string]struct {
		cell any
		want cty.Value
	}{
		"none":      {nil, schema.TextList(nil)},
		"empty":     {[]any{}, schema.TextList(nil)},
		"objects":   {[]any{object("ErrorCode", "X", "ErrorDescription", "it is broken"), object("ErrorDescription", "so is that")}, schema.TextList([]string{"X: it is broken", "so is that"})},
		"texts":     {[]any{"it is broken"}, schema.TextList([]string{"it is broken"})},
		"no text":   {[]any{object("Other", "x")}, unknown},
		"something": {true, unknown},
	} {
		if got := errorsValue(test.cell); !got.RawEquals(test.want) {
			t.Errorf("%s: %#v", name, got)
		}
	}
	for cell, want := range map[any]cty.Value{nil: cty.False, true: cty.True, "True": cty.True, "": cty.False, "False": cty.False, 3: cty.UnknownVal(cty.Bool)} {
		if got := syncValue(cell); !got.RawEquals(want) {
			t.Errorf("dir_sync of %v: %#v", cell, got)
		}
	}
	if !textValue([]any{}).RawEquals(cty.UnknownVal(cty.String)) || !textValue("").IsNull() {
		t.Error("texts")
	}
}

func TestDataOfUsersInTheLab(t *testing.T) {
	t.Parallel()
	l, p := laboratory(t)
	if err := l.Change(func(e *lab.Estate) error {
		e.Add(&lab.Account{SIP: "sip:b@contoso.com", DisplayName: "B", Enabled: lab.True, HostingProvider: "SRV:", RegistrarPool: "pool01.contoso.com"})
		e.Add(&lab.Account{SIP: "sip:a@contoso.com", DisplayName: "A", Enabled: lab.True, HostingProvider: "SRV:", RegistrarPool: "pool01.contoso.com"})
		e.Add(&lab.Account{SIP: "sip:c@fabrikam.com", DisplayName: "C", Enabled: lab.True, HostingProvider: "SRV:", RegistrarPool: "pool01.contoso.com"})
		return e.FindErrors("sip:a@contoso.com", []lab.Finding{{Code: "X", Text: "it is broken"}})
	}); err != nil {
		t.Fatal(err)
	}
	read := func(filter, domain string) (cty.Value, error) {
		k := onlineUsers()
		values := map[string]cty.Value{"identity": cty.StringVal("x")}
		for name, ty := range k.Type().AttributeTypes() {
			if name != "identity" {
				values[name] = cty.NullVal(ty)
			}
		}
		values["filter"], values["sip_domain"] = cty.StringVal(filter), cty.StringVal(domain)
		o := planner.Object{Kind: k, Identity: "x", Want: cty.ObjectVal(values)}
		got := p.Read(t.Context(), k, []planner.Object{o})
		return got.Objects[o.LiveID()].Value, got.Err
	}
	got, err := read("OnPremHostingProvider -eq 'SRV:'", "contoso.com")
	if err != nil || got.GetAttr("count").AsBigFloat().String() != "2" {
		t.Fatalf("%#v, %v", got, err)
	}
	want := cty.ObjectVal(map[string]cty.Value{
		"sip_address": cty.StringVal("sip:a@contoso.com"), "identity": cty.StringVal("a@contoso.com"), "display_name": cty.StringVal("A"),
		"account_type": cty.StringVal("SfBOnPremUser"), "interpreted_user_type": cty.StringVal("HybridOnpremSfBUserWithMCOValidationError"),
		"hosting_provider": cty.StringVal("SRV:"), "on_prem_hosting_provider": cty.StringVal("SRV:"), "dir_sync": cty.True,
		"plans": schema.TextList([]string{"MCOProfessional", "Teams"}), "validation_errors": schema.TextList([]string{"X: it is broken"}),
	})
	if first := got.GetAttr("users").AsValueSlice()[0]; !first.RawEquals(want) {
		t.Errorf("%#v", first)
	}
	if got, err = read("OnPremHostingProvider -eq 'nowhere'", "contoso.com"); err != nil || got.GetAttr("users").LengthInt() != 0 {
		t.Errorf("%#v, %v", got, err)
	}
	if _, err = read("not a filter", "contoso.com"); err == nil {
		t.Error("a filter that the service refuses was taken for nobody")
	}
}

// A filter that is not known narrows nothing down: to read on would be to be about everybody.
func TestDataWithAFilterThatIsNotKnown(t *testing.T) {
	t.Parallel()
	k := onlineUsers()
	for _, name := range []string{"filter", "sip_domain"} {
		values := map[string]cty.Value{}
		for attr, ty := range k.Type().AttributeTypes() {
			values[attr] = cty.NullVal(ty)
		}
		values[name] = cty.UnknownVal(cty.String)
		l := &listing{users: map[string][]any{}}
		opened, err := shell.Open(settings(t, application(nil)), shell.Options{Translator: shell.NewTranslator("MicrosoftTeams"), Pool: l})
		if err != nil {
			t.Fatal(err)
		}
		o := planner.Object{Address: planner.Address{Kind: k.Name, Labels: []string{"all"}}, Kind: k, Want: cty.ObjectVal(values)}
		got := (&provider{opened}).Read(t.Context(), k, []planner.Object{o})
		if got.Err == nil || !strings.Contains(got.Err.Error(), name+" is not known before apply") || len(l.calls) > 0 {
			t.Errorf("%s: %v, after %v", name, got.Err, l.calls)
		}
	}
}
