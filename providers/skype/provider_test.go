package skype

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/powershell"
	"hybrid/internal/roster"
	"hybrid/planner"
	"hybrid/providers"
	"hybrid/providers/shell"
	"hybrid/schema"
)

// servers stand in for a pool of sessions: objects by cmdlet, users, and errors in the order in which calls get them.
type servers struct {
	objects map[string][]map[string]any
	users   [][]any
	errs    []error // of the first calls; nil entries succeed
	late    int     // so many rows come before an error
	short   int     // so many lists of users end before their first row
	calls   []string
}

func (s *servers) Calls() int64 { return int64(len(s.calls)) }
func (s *servers) Close() error { return nil }

func (s *servers) Call(_ context.Context, c powershell.Command, o powershell.CallOptions) error {
	s.calls = append(s.calls, c.String())
	var failure error
	if len(s.errs) > 0 {
		failure, s.errs = s.errs[0], s.errs[1:]
	}
	if failure != nil && s.late == 0 {
		return failure
	}
	rows, objects := s.answer(c)
	if s.short > 0 {
		s.short--
		rows = nil
	}
	for n, row := range rows {
		if failure != nil && n == s.late {
			return failure
		}
		if err := o.Row(slices.Clone(row)); err != nil {
			return err
		}
	}
	for _, props := range objects {
		if err := o.Object(props); err != nil {
			return err
		}
	}
	return failure
}

var quoted = regexp.MustCompile(`'([^']*)'`)

func (s *servers) answer(c powershell.Command) ([][]any, []map[string]any) {
	if c.Cmdlet != "Get-CsUser" {
		return nil, s.objects[c.Cmdlet]
	}
	at := slices.IndexFunc(c.Params, func(p powershell.Param) bool { return p.Name == "Filter" })
	if at < 0 {
		return s.users, nil
	}
	asked := map[string]bool{}
	for _, m := range quoted.FindAllStringSubmatch(c.Params[at].Value.(string), -1) {
		asked[strings.ToLower(m[1])] = true
	}
	var rows [][]any
	for _, row := range s.users {
		if sip, _ := row[0].(string); asked[strings.ToLower(sip)] {
			rows = append(rows, row)
		}
	}
	return rows, nil
}

func opened(s *servers) *provider { return openedFor(s, providers.Settings{Name: "skype"}) }

func openedFor(s *servers, settings providers.Settings) *provider {
	p, err := shell.Open(settings, shell.Options{Translator: newTranslator(), Pool: s, Place: "fe01", Advise: advised})
	if err != nil {
		panic(err) // it contacts nothing
	}
	return &provider{Provider: p}
}

// wants is a block that wants so many users, and what else is named.
func wants(n int, more ...string) []planner.Object {
	table := roster.New("sip_address", "identity")
	for i := range n {
		table.Append(fmt.Sprintf("sip:user%04d@contoso.com", i), "x")
	}
	for _, sip := range more {
		table.Append(sip, "x")
	}
	return []planner.Object{{Kind: userHoming(), Users: table}}
}

func row(sip string, provider, pool, enabled any) []any {
	return []any{sip, "CN=" + sip, nil, provider, pool, enabled}
}

func TestReadObjects(t *testing.T) {
	t.Parallel()
	s := &servers{objects: map[string][]map[string]any{
		"Get-CsHostingProvider":         {lyncOnline(), lyncOnline("Identity", "Exchange Online", "ProxyFqdn", "exap.um.outlook.com")},
		"Get-CsAccessEdgeConfiguration": {dnsEdge()},
	}}
	p := opened(s)
	listing := p.Read(t.Context(), kindNamed(t, "hosting_provider"), []planner.Object{{Identity: "LyncOnline"}})
	if listing.Err != nil || !listing.Complete || len(listing.Objects) != 2 {
		t.Fatalf("%+v", listing)
	}
	if found := listing.Objects["exchange online"]; found.Identity != "Exchange Online" || found.Value.GetAttr("proxy_fqdn").AsString() != "exap.um.outlook.com" {
		t.Errorf("%+v", found)
	}
	edge := planner.Object{Kind: kindNamed(t, "access_edge"), Want: cty.NullVal(kindNamed(t, "access_edge").Type())}
	listing = p.Read(t.Context(), edge.Kind, []planner.Object{edge})
	if found, ok := listing.Objects[edge.LiveID()]; listing.Err != nil || !ok || found.Identity != "Global" {
		t.Errorf("%+v", listing)
	}
	listing = p.Read(t.Context(), kindNamed(t, "oauth_server"), nil)
	if listing.Err != nil || !listing.Complete || listing.Objects == nil || len(listing.Objects) != 0 {
		t.Errorf("nothing there: %+v", listing)
	}
	if diff := cmp.Diff([]string{"Get-CsHostingProvider", "Get-CsAccessEdgeConfiguration", "Get-CsOAuthServer"}, s.calls); diff != "" {
		t.Errorf("never by identity (want - got +):\n%s", diff)
	}
}

func TestAnErrorIsNeverAnAbsence(t *testing.T) {
	t.Parallel()
	refused := &powershell.CmdletError{Cmdlet: "Get-CsHostingProvider", Message: "Access is denied."}
	lost := &powershell.LostError{Sent: true, Host: "fe01", Err: errors.New("connection reset")}
	tests := []struct {
		name string
		s    *servers
		want string
	}{
		{"refused", &servers{errs: []error{refused}}, "reading hosting_provider: Get-CsHostingProvider: Access is denied."},
		{"lost twice", &servers{errs: []error{lost, lost}}, "connection reset"},
		{"no identity", &servers{objects: map[string][]map[string]any{"Get-CsHostingProvider": {lyncOnline("Identity", missing)}}}, "an object without Identity"},
		{"twice", &servers{objects: map[string][]map[string]any{"Get-CsHostingProvider": {lyncOnline(), lyncOnline("Identity", "LYNCONLINE")}}}, `returned "LYNCONLINE" twice`},
		{"wrong shape", &servers{objects: map[string][]map[string]any{"Get-CsHostingProvider": {lyncOnline("Enabled", "yes")}}}, "property Enabled: want true or false, got a string"},
	}
	for _, test := range tests {
		listing := opened(test.s).Read(t.Context(), kindNamed(t, "hosting_provider"), nil)
		if listing.Err == nil || !strings.Contains(listing.Err.Error(), test.want) || listing.Objects != nil || listing.Complete {
			t.Errorf("%s: %+v, want %q", test.name, listing, test.want)
		}
	}
}

func TestALostReadIsMadeAgainFromTheStart(t *testing.T) {
	t.Parallel()
	s := &servers{
		late: 1, errs: []error{&powershell.LostError{Sent: true, Err: errors.New("reset")}},
		users: [][]any{row("sip:a@contoso.com", "SRV:", "pool01.contoso.com", true), row("sip:b@contoso.com", "SRV:", "pool01.contoso.com", true)},
	}
	listing := opened(s).Read(t.Context(), kindNamed(t, "user"), nil)
	if listing.Err != nil || listing.Users.Len() != 2 || len(s.calls) != 2 {
		t.Errorf("%d users after %d calls, %v", listing.Users.Len(), len(s.calls), listing.Err)
	}
	hung := &powershell.LostError{Sent: true, Err: context.DeadlineExceeded}
	s = &servers{errs: []error{hung}}
	if listing = opened(s).Read(t.Context(), kindNamed(t, "user"), nil); listing.Err == nil || len(s.calls) != 1 {
		t.Errorf("what hung was read %d times, %v", len(s.calls), listing.Err)
	}
}

func TestReadUsers(t *testing.T) {
	t.Parallel()
	s := &servers{users: [][]any{
		row("sip:user0000@contoso.com", "SRV:", "pool01.contoso.com", true),
		row("sip:User0001@contoso.com", "sipfed.online.lync.com", nil, true),
		row("sip:user0002@contoso.com", nil, nil, nil), // merely has an address
		row("sip:user0003@contoso.com", "SRV:", "pool01.contoso.com", false),
		row("sip:other@contoso.com", "SRV:", "pool01.contoso.com", true),
		{nil, "CN=nobody", nil, "SRV:", "pool01.contoso.com", true},
	}}
	listing := opened(s).Read(t.Context(), kindNamed(t, "user"), wants(5))
	if listing.Err != nil || listing.Complete {
		t.Fatalf("%+v", listing)
	}
	if diff := cmp.Diff([]string{"sip:user0000@contoso.com", "sip:user0001@contoso.com", "sip:user0003@contoso.com"}, sips(listing.Users)); diff != "" {
		t.Error(diff)
	}
	if got := listing.Users.Cell(1, "HostingProvider") + listing.Users.Cell(0, "Enabled"); got != "sipfed.online.lync.comTrue" {
		t.Error(got)
	}
	listing = opened(s).Read(t.Context(), kindNamed(t, "user_homing"), nil)
	if listing.Err != nil || !listing.Complete || listing.Users.Len() != 4 {
		t.Errorf("all: %v, %+v", sips(listing.Users), listing)
	}
}

func sips(table *roster.Table) []string {
	var list []string
	for n := range table.Len() {
		list = append(list, table.SIP(n))
	}
	return list
}

// Those who were not listed, here everybody, are asked for once more.
func TestHowUsersAreAskedFor(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		want  []planner.Object
		calls int
		first string
		all   bool
	}{
		{"all", nil, 1, "Get-CsUser", true},
		{"nobody", wants(0), 0, "", false},
		{
			"two, one of them twice", append(wants(1, "sip:Ada@contoso.com"), wants(0, "sip:ada@contoso.com")...), 2,
			"Get-CsUser -Filter:'SipAddress -eq ''sip:ada@contoso.com'' -or SipAddress -eq ''sip:user0000@contoso.com'''", false,
		},
		{"201", wants(201), 6, "", false},
		{"the most", wants(1000), 20, "", false},
		{"more", wants(1001), 1, "Get-CsUser", true},
		{"a quote", wants(1, "sip:o'hara@contoso.com"), 1, "Get-CsUser", true},
		{"a quote of another kind", wants(1, "sip:o\u2019hara@contoso.com"), 1, "Get-CsUser", true},
		{"a variable", wants(1, "sip:$true@contoso.com"), 1, "Get-CsUser", true},
	}
	for _, test := range tests {
		s := &servers{}
		listing := opened(s).Read(t.Context(), kindNamed(t, "user"), test.want)
		if listing.Err != nil || listing.Complete != test.all || len(s.calls) != test.calls || listing.Users == nil {
			t.Errorf("%s: %d calls, complete %t, %v", test.name, len(s.calls), listing.Complete, listing.Err)
		}
		if test.first != "" && s.calls[0] != test.first {
			t.Errorf("%s: %s", test.name, s.calls[0])
		}
	}
}

// A list that ends early says nothing about it: users who are there all the same show that it did.
func TestShortListIsNoAbsence(t *testing.T) {
	t.Parallel()
	s := &servers{users: [][]any{row("sip:user0000@contoso.com", "SRV:", "pool01.contoso.com", true)}, short: 1}
	listing := opened(s).Read(t.Context(), kindNamed(t, "user_homing"), wants(1))
	if listing.Err == nil || !strings.Contains(listing.Err.Error(), "left out sip:user0000@contoso.com, who exists: the list is not complete") {
		t.Errorf("%+v", listing)
	}
}

func TestUsersThatCannotBeReadAreAnError(t *testing.T) {
	t.Parallel()
	refused := &powershell.CmdletError{Cmdlet: "Get-CsUser", Message: "Access is denied."}
	s := &servers{users: [][]any{row("sip:a@contoso.com", "SRV:", map[string]any{"Name": "pool01"}, true)}}
	for want, read := range map[string]func() planner.Listing{
		"reading users, part 2 of 2: Get-CsUser: Access is denied.": func() planner.Listing {
			return opened(&servers{errs: []error{nil, refused}}).Read(t.Context(), kindNamed(t, "user"), wants(150))
		},
		"reading all users: Get-CsUser: Access is denied.": func() planner.Listing {
			return opened(&servers{errs: []error{refused}}).Read(t.Context(), kindNamed(t, "user"), nil)
		},
		"RegistrarPool of the user sip:a@contoso.com: the server sent an object": func() planner.Listing {
			return opened(s).Read(t.Context(), kindNamed(t, "user"), nil)
		},
	} {
		if listing := read(); listing.Err == nil || !strings.Contains(listing.Err.Error(), want) || listing.Users != nil {
			t.Errorf("%+v, want %q", listing, want)
		}
	}
}

func TestApply(t *testing.T) {
	t.Parallel()
	replace := func() planner.Change {
		return change(t, kindNamed(t, "hosting_provider"), "LyncOnline", lyncOnline("ProxyFqdn", "sipfed.example.com"), providerBody)
	}
	refused := &powershell.CmdletError{Cmdlet: "New-CsHostingProvider", Message: "There is a duplicate key sequence \"LYNCONLINE\" for the key.", Kind: "x"}
	tests := []struct {
		name  string
		errs  []error
		calls int
		doubt bool
		want  []string // what the error says; none for success
	}{
		{"done", nil, 2, false, nil},
		{"refused at once", []error{refused}, 1, false, []string{"duplicate key sequence", "look at Get-CsHostingProvider"}},
		{"refused halfway", []error{nil, refused}, 2, false, []string{"duplicate key sequence", "Remove-CsHostingProvider had been carried out before, so the object is gone"}},
		{"lost before it was sent", []error{&powershell.LostError{Err: errors.New("reset")}}, 1, false, []string{"nothing had been sent"}},
		{"lost after it was sent", []error{&powershell.LostError{Sent: true, Err: errors.New("reset")}}, 1, true, []string{"the answer was lost", "Remove-CsHostingProvider"}},
		{"hung", []error{nil, &powershell.LostError{Sent: true, Err: context.DeadlineExceeded}}, 2, true, []string{"New-CsHostingProvider", "Remove-CsHostingProvider had been carried out"}},
		{"the endpoint was lost", []error{&powershell.CmdletError{Message: "m", Type: "System.Management.Automation.Remoting.PSRemotingTransportException"}}, 1, true, []string{"the answer was lost"}},
	}
	for _, test := range tests {
		s := &servers{errs: test.errs}
		err := opened(s).Apply(t.Context(), replace())
		if len(s.calls) != test.calls || providers.InDoubt(err) != test.doubt || (err == nil) != (test.want == nil) {
			t.Errorf("%s: calls %q, error %v", test.name, s.calls, err)
		}
		for _, want := range test.want {
			if !strings.Contains(fmt.Sprint(err), want) {
				t.Errorf("%s: %v, want %q", test.name, err, want)
			}
		}
	}
}

func TestApplyIssuesWhatThePlanShows(t *testing.T) {
	t.Parallel()
	s := &servers{}
	c := change(t, kindNamed(t, "hosting_provider"), "LyncOnline", lyncOnline("ProxyFqdn", "sipfed.example.com"), providerBody)
	shown, err := lines(t, c)
	if err != nil {
		t.Fatal(err)
	}
	if err := opened(s).Apply(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(shown, "\n"), s.calls); diff != "" {
		t.Error(diff)
	}
}

func TestApplyDoesNothingThatIsNotReady(t *testing.T) {
	t.Parallel()
	s := &servers{}
	unready := change(t, kindNamed(t, "oauth_server"), "microsoft.sts", sts(), "metadata_url = later\nrealm = \"other\"")
	if err := opened(s).Apply(t.Context(), unready); err == nil || !strings.Contains(err.Error(), "the value of MetadataUrl is not known") || len(s.calls) > 0 {
		t.Errorf("%v after %q", err, s.calls)
	}
	p := openedFor(s, providers.Settings{Name: "skype", ReadOnly: true})
	if err := p.Apply(t.Context(), change(t, kindNamed(t, "oauth_server"), "microsoft.sts", sts(), "")); err == nil || len(s.calls) > 0 {
		t.Errorf("%v after %q", err, s.calls)
	}
}

// settings are those of a provider block with these values.
func settings(t *testing.T, values map[string]cty.Value) providers.Settings {
	t.Helper()
	all := map[string]cty.Value{}
	for name, ty := range System().Schema.Type().AttributeTypes() {
		all[name] = cty.NullVal(ty)
	}
	for name, v := range values {
		all[name] = v
	}
	return providers.Settings{Name: "skype", Values: cty.ObjectVal(all), Dir: t.TempDir()}
}

func account(more map[string]cty.Value) map[string]cty.Value {
	values := map[string]cty.Value{
		"hosts":    cty.ListVal([]cty.Value{cty.StringVal("fe01.contoso.com"), cty.StringVal("fe02.contoso.com")}),
		"username": cty.StringVal("svc"), "password": cty.StringVal("hunter2").Mark(schema.Sensitive),
	}
	for name, v := range more {
		values[name] = v
	}
	return values
}

func TestOpen(t *testing.T) {
	t.Parallel()
	tests := []struct {
		values map[string]cty.Value
		place  string
		err    string
	}{
		{account(nil), "skype fe01.contoso.com", ""},
		{account(map[string]cty.Value{"endpoint": cty.StringVal("https://pool01.contoso.com/OcsPowershell")}), "skype fe01.contoso.com → pool01.contoso.com", ""},
		{map[string]cty.Value{"transport": cty.StringVal("local")}, "skype this machine", ""},
		{account(map[string]cty.Value{"auth": cty.StringVal("kerberos"), "username": cty.StringVal("svc-hybrid@CONTOSO.COM")}), "skype fe01.contoso.com", ""},
		{account(map[string]cty.Value{"auth": cty.StringVal("kerberos"), "username": cty.StringVal("svc@sip.test"), "realm": cty.StringVal("CORP.TEST")}), "skype fe01.contoso.com", ""},
		{account(map[string]cty.Value{"auth": cty.StringVal("kerberos"), "username": cty.StringVal("svc-hybrid@CONTOSO.COM"), "hosts": cty.ListVal([]cty.Value{cty.StringVal("10.0.0.1")})}), "", "Kerberos has no tickets for an address"},
		{account(map[string]cty.Value{"auth": cty.StringVal("ntlm")}), "skype fe01.contoso.com", ""},
		{account(map[string]cty.Value{"auth": cty.StringVal("certificate"), "certificate_file": cty.StringVal("none.pem")}), "", "certificate_file: open"},
		{account(map[string]cty.Value{"auth": cty.StringVal("certificate"), "certificate_file": cty.StringVal("good.pem")}), "", "the client certificate and its key cannot be used"},
		{account(map[string]cty.Value{"ca_file": cty.StringVal("ca.pem")}), "", "ca_file: open"},
		{account(map[string]cty.Value{"ca_file": cty.StringVal("empty.pem")}), "", "ca_file: empty.pem holds no certificate in PEM"},
		{account(map[string]cty.Value{"ca_file": cty.StringVal("good.pem")}), "skype fe01.contoso.com", ""},
	}
	for _, test := range tests {
		s := settings(t, test.values)
		write(t, filepath.Join(s.Dir, "empty.pem"), "no certificate")
		write(t, filepath.Join(s.Dir, "good.pem"), certificate(t))
		p, err := System().Open(s)
		if test.err != "" {
			if err == nil || !strings.Contains(err.Error(), test.err) || strings.Contains(err.Error(), "hunter2") {
				t.Errorf("%v, want %q", err, test.err)
			}
			continue
		}
		if err != nil {
			t.Error(err)
			continue
		}
		if p.Describe() != test.place {
			t.Errorf("%q, want %q", p.Describe(), test.place)
		}
		if n := p.(providers.Counter).RoundTrips(); n != 0 {
			t.Errorf("opening made %d round trips", n)
		}
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestOnlyWhatIsNeededIsAskedOfAHost(t *testing.T) {
	t.Parallel()
	tests := []struct {
		s    providers.Settings
		want string
	}{
		{
			providers.Settings{Kinds: []string{"access_edge", "hosting_provider"}, Reads: []string{"hosting_provider", "public_provider"}},
			"Get-CsAccessEdgeConfiguration Get-CsHostingProvider Get-CsPublicProvider New-CsHostingProvider Remove-CsHostingProvider Set-CsAccessEdgeConfiguration Set-CsHostingProvider",
		},
		{providers.Settings{Kinds: []string{"access_edge", "hosting_provider"}, ReadOnly: true}, "Get-CsAccessEdgeConfiguration Get-CsHostingProvider"},
		{providers.Settings{Kinds: []string{"user_homing"}}, "Get-CsUser Move-CsUser"},
		{providers.Settings{Kinds: []string{"user_homing", "user"}, ReadOnly: true}, "Get-CsUser"},
	}
	if all := shell.Needed(providers.Settings{}, kinds()); len(all) < 40 || len(shell.Needed(providers.Settings{ReadOnly: true}, kinds())) > len(kinds()) {
		t.Errorf("of everything, %d are needed", len(all))
	}
	for _, test := range tests {
		names := shell.Needed(test.s, kinds())
		if got := strings.Join(names, " "); got != test.want {
			t.Errorf("%s\nwant %s", got, test.want)
		}
		for _, name := range names {
			if published(t).Cmdlet(name) == nil {
				t.Errorf("%s is not published", name)
			}
		}
	}
}

func TestTheEndpointHasItsAccount(t *testing.T) {
	t.Parallel()
	endpoint := map[string]cty.Value{"endpoint": cty.StringVal("https://pool01.contoso.com/OcsPowershell")}
	own := map[string]cty.Value{"endpoint": endpoint["endpoint"], "endpoint_username": cty.StringVal(`CONTOSO\svc`), "endpoint_password": cty.StringVal("p").Mark(schema.Sensitive)}
	tests := []struct {
		values map[string]cty.Value
		want   *powershell.Credential
	}{
		{account(nil), nil},
		{account(endpoint), &powershell.Credential{Username: "svc", Password: "hunter2"}},
		{account(own), &powershell.Credential{Username: `CONTOSO\svc`, Password: "p"}},
	}
	for _, test := range tests {
		s := settings(t, test.values)
		if diff := cmp.Diff(test.want, session(shell.ArgumentsOf(s), s).Credential); diff != "" {
			t.Error(diff)
		}
	}
}

func BenchmarkReadUsers100k(b *testing.B) {
	s := &servers{}
	for i := range 100_000 {
		s.users = append(s.users, row(fmt.Sprintf("sip:user%06d@contoso.com", i), "SRV:", "pool01.contoso.com", true))
	}
	at := slices.IndexFunc(kinds(), func(k *schema.Kind) bool { return k.Name == "user_homing" })
	b.ReportAllocs()
	for b.Loop() {
		if listing := opened(s).Read(b.Context(), kinds()[at], nil); listing.Err != nil || listing.Users.Len() != 100_000 {
			b.Fatal(listing.Err)
		}
	}
}

func BenchmarkCommandsOfUsers(b *testing.B) {
	translator := newTranslator()
	c := oneUser(b, "user_homing", planner.Move, "ada@contoso.com", `target = "pool01.contoso.com"`, []string{"sip:ada@contoso.com", "", "", "sipfed.online.lync.com", "", "True"})
	b.ReportAllocs()
	for b.Loop() {
		if _, err := translator.Commands(c); err != nil {
			b.Fatal(err)
		}
	}
}
