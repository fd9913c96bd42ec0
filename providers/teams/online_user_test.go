package teams

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hybrid/internal/lab"
	"hybrid/internal/powershell"
	"hybrid/internal/roster"
	"hybrid/planner"
	"hybrid/providers/shell"
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
