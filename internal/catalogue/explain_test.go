package catalogue

import (
	"slices"
	"strings"
	"testing"
)

// What real administrators have seen, in the servers' words, and what has to be found for it.
var seen = []struct{ text, id string }{
	{"HostedMigration fault: Error=(510), Description=(This user's tenant is not enabled for shared sip address space.)", "address-space-not-shared"},
	{"HostedMigration fault: Error=(507), Description=(User must has an assigned license to use Skype for Business Online.)", "no-licence"},
	{"MoveUserException: HostedMigration fault: Error=(506), Description=(The user could move be moved because there appears to be a problem with this user account. Please verify the attribute settings)", "not-synchronised"},
	{"Unable to locate Windows Live ID token from the provided credentials", "live-id"},
	{"AADSTS50076: Due to a configuration change made by your administrator, you must use multi-factor authentication", "second-factor"},
	{"AADSTS99999: something of tomorrow", "sign-in-refused"},
	{"Cannot find user in Active Directory with the following SIP URI: sip:ada@contoso.com", "other-domain"},
	{"SetMoveResourceData failed because the user is not provisioned.", "user-replicator"},
	{`Active Directory operation failed on "DC1.contoso.com": "Insufficient access rights to perform the operation"`, "protected-group"},
	{`There is a duplicate key sequence "LYNCONLINE" for the 'urn:schema:Microsoft.Rtc.Management.Settings.Edge.2010:ProviderName' key`, "name-taken"},
	{"Event 14517: The server configuration validation mechanism detected some serious problems. The server at FQDN [sipfed.online.lync.com] is configured as both type 'allowed partner server' and type 'IM service provider'", "provider-and-partner"},
	{"Log Name: Lync Server\nSource: LS User Replicator\nEvent ID: 30006", "replicator-on-edge"},
	{`ms-diagnostics: 1017;reason="Cannot route From and To domains in this combination";source="sip.contoso.com"`, "cannot-route"},
	{"The value of msRTCSIP-PrimaryUserAddress or the SIP address in the ProxyAddresses field of your local Active Directory is not unique", "address-taken"},
	{"There are multiple federated Edge pools in the topology.", "two-edge-pools"},
	{"LS File Transfer Agent Service, Event ID 1034: Skipped current replication cycle", "cms-replication"},
	{"You cannot set this tenant to TeamsOnly. The DNS record lyncdiscover.contoso.com points elsewhere", "teams-only-refused"},
	{"after the move all contacts are gone", "contacts-lost"},
	{"call forwarding is not what it was", "forwarding-lost"},
	{"sso broken since we took the servers away", "sign-in-after-decommission"},
	{"Move-CsUser fails after updating the module", "module-too-new"},
	{"he is User Administrator, she is not", "user-administrator"},
	{"how do I find the override URL?", "migration-url"},
	{"Error: 9002, Severity: 17. The transaction log for database 'rtcxds' is full due to 'DATABASE_MIRRORING'.", "log-full"},
	{"A parameter cannot be found\n    + FullyQualifiedErrorId : NamedParameterNotFound,Move-CsUser", "no-such-parameter"},
	{"WS-Man fault 2150859173", "too-many-shells"},
	{"(0x803381A6)", "too-many-operations"},
	{"403 Authorization_RequestDenied: Insufficient privileges to complete the operation.", "graph-permission"},
	{"HTTP/1.1 403 Forbidden\ncontent-type: application/json\n\n{\"error\":{\"code\":\"Authorization_RequestDenied\",\"message\":\"x\"}}", "graph-permission"},
	{"HTTP/1.1 403 Forbidden\nX-Ms-diagnostics: 28070;reason=\"Service does not allow a cross domain request from this origin.\"", "origin-not-allowed"},
	{"Invoke-WebRequest : The remote server returned an error: (403) Forbidden.", "forbidden"},
}

func TestExplain(t *testing.T) {
	t.Parallel()
	for _, s := range seen {
		x := Explain(s.text)
		if len(x.Findings) == 0 || x.Findings[0].ID != s.id {
			t.Errorf("%s\nis explained by %+v, not by %s", s.text, x.Findings, s.id)
		}
		if len(x.Unknown) > 0 {
			t.Errorf("%s\nis explained, and still unknown: %v", s.text, x.Unknown)
		}
	}
}

// Every entry can be found by something that somebody has seen.
func TestEveryEntryIsSeen(t *testing.T) {
	t.Parallel()
	for _, e := range Entries() {
		text := strings.Join(append(append([]string{}, e.Texts...), e.Symptoms...), "\n")
		for _, code := range e.Codes {
			text += "\n" + written(code, e.With)
		}
		found := false
		for _, f := range Explain(text).Findings {
			found = found || f.ID == e.ID
		}
		if !found {
			t.Errorf("%s is not found by its own texts:\n%s", e.ID, text)
		}
	}
}

// written is a code as its system writes it.
func written(code, with string) string {
	scheme, value, _ := strings.Cut(code, " ")
	if value == "*" {
		value = "50999"
	}
	form := map[string]string{
		"migration": "Error=(%)", "entra": "AADSTS%", "sip": "ms-diagnostics: %", "event": "Event ID: %",
		"sql": "Msg %", "http": "HTTP %", "powershell": "% ", "wsman": " % ", "windows": " % ",
	}[scheme]
	return with + " " + strings.ReplaceAll(form, "%", value)
}

// Consoles break words at their width, and servers speak the language of whoever installed them.
func TestAnyLanguageAndWidth(t *testing.T) {
	t.Parallel()
	german := "Move-CsUser : Fehler bei der HostedMigration: Error=(510), Beschreibung=(Der Mandant dieses Benutzers ist nicht für einen gemeinsamen SIP-Adressraum aktiviert.)"
	for width := 20; width < 90; width++ {
		x := Explain(broken(german, width))
		if len(x.Findings) != 1 || x.Findings[0].ID != "address-space-not-shared" {
			t.Errorf("at %d columns: %+v", width, x.Findings)
		}
	}
	for _, text := range []string{
		"Protokollname: Lync Server\nQuelle: LS-Benutzerreplikation\nEreignis-ID: 30006",
		"ID de l'événement : 14517", "イベント ID: 32136",
	} {
		if x := Explain(text); len(x.Findings) != 1 || x.Findings[0].Rank != ByCode {
			t.Errorf("%s: %+v", text, x.Findings)
		}
	}
}

func broken(text string, width int) string {
	var b strings.Builder
	for n, r := range []rune(text) {
		if n > 0 && n%width == 0 {
			b.WriteString("\r\n")
		}
		b.WriteRune(r)
	}
	return b.String()
}

// Numbers that happen to be an event's, and words that happen to be a server's, accuse nobody.
func TestNothingIsKnown(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", "Everything is fine.", "Room 14517, phone 30006", "port 4443 is open", "9002 users moved", "Etwas ist schiefgegangen: 0x80004005",
	} {
		x := Explain(text)
		if len(x.Findings) > 0 {
			t.Errorf("%q is explained by %s", text, x.Findings[0].ID)
		}
		if text != "" && (len(x.Unknown) != 1 || x.Unknown[0].Text != text) {
			t.Errorf("%q is not shown word for word: %v", text, x.Unknown)
		}
	}
}

// What hybrid said of a refusal is known by that, whatever the refusal's own language; what people say of a symptom is no
// explanation of a page that happens to hold the words.
func TestWhatApplySaid(t *testing.T) {
	t.Parallel()
	for _, e := range Entries() {
		x := Explain("! user_homing.pilot  move failed: Etwas ist schiefgegangen.\n" + e.Remedy + "\n")
		if !slices.ContainsFunc(x.Findings, func(f Finding) bool { return f.ID == e.ID && f.Rank != BySymptom }) {
			t.Errorf("%s is not known by its remedy", e.ID)
		}
	}
	notes := strings.Repeat("a line of a plan\n", short) + "call forwarding settings are not moved\n"
	if x := Explain(notes); len(x.Findings) > 0 {
		t.Errorf("a note of a plan is taken for %s", x.Findings[0].ID)
	}
}

// Of a log each refusal is told once, with its first line and how often it stands there; what is unknown and reads like a refusal
// is shown.
func TestLog(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for n := range 3000 {
		switch {
		case n%100 == 50:
			b.WriteString("sip:u@contoso.com HostedMigration fault: Error=(507), Description=(x)\n")
		case n == 2075:
			b.WriteString("Unexpected failure of the third kind\n")
		default:
			b.WriteString("moved\n")
		}
	}
	x := Explain(b.String())
	if len(x.Findings) != 1 || x.Findings[0].Count != 30 || x.Findings[0].Line != 51 {
		t.Errorf("%+v", x.Findings)
	}
	if len(x.Unknown) != 1 || x.Unknown[0] != (Line{2076, "Unexpected failure of the third kind"}) {
		t.Errorf("%v", x.Unknown)
	}
}

// What one cmdlet, or one module's, says is another thing in another's mouth.
func TestOf(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		r  Refusal
		id string
	}{
		{Refusal{Cmdlet: "Move-CsUser", Text: "Windows PowerShell is in NonInteractive mode."}, "asked-to-sign-in"},
		{Refusal{Cmdlet: "Get-CsUser", Text: "Windows PowerShell is in NonInteractive mode."}, ""},
		{Refusal{Module: "MicrosoftTeams", Text: "Access Denied."}, "role-missing"},
		{Refusal{Module: "SkypeForBusiness", Text: "Access Denied."}, ""},
		{Refusal{Kind: "CommandNotFoundException", Text: "in any language"}, "no-such-cmdlet"},
		{Refusal{Text: "AADSTS700016: Application with identifier 'x' was not found"}, "no-such-application"},
		{Refusal{Text: "contacts are gone"}, ""},
	} {
		if e, _ := Of(c.r); e.ID != c.id {
			t.Errorf("%+v is %q, not %q", c.r, e.ID, c.id)
		}
	}
}

func TestEntriesAreWhole(t *testing.T) {
	t.Parallel()
	ids := map[string]bool{}
	for _, e := range Entries() {
		if e.ID == "" || e.Title == "" || e.Cause == "" || e.Remedy == "" || e.Source == "" || ids[e.ID] {
			t.Errorf("%+v", e)
		}
		ids[e.ID] = true
		if len(e.Codes)+len(e.Texts)+len(e.Symptoms) == 0 {
			t.Errorf("%s cannot be found by anything", e.ID)
		}
		if strings.HasSuffix(e.Title, ".") || !strings.HasSuffix(e.Cause, ".") || !strings.HasSuffix(strings.TrimSuffix(e.Remedy, ")"), ".") && !strings.HasSuffix(e.Remedy, ").") {
			t.Errorf("%s: a title has no full stop, cause and remedy are sentences", e.ID)
		}
	}
}

func FuzzExplain(f *testing.F) {
	for _, s := range seen {
		f.Add(s.text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		lines := strings.Count(text, "\n") + 1
		x := Explain(text)
		for _, finding := range x.Findings {
			if finding.Line < 1 || finding.Line > lines || finding.Count < 1 {
				t.Errorf("%+v of %d lines", finding, lines)
			}
		}
	})
}

func BenchmarkExplain(b *testing.B) {
	text := strings.Repeat("2026-11-28 22:14:03 sip:u@contoso.com HostedMigration fault: Error=(507), Description=(x)\nmoved\n", 20000)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		Explain(text)
	}
}

// A code that is all of a text lists what it could be; the same number in a sentence says nothing.
func TestACodeAlone(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"510": "address-space-not-shared", " (510)\n": "address-space-not-shared", "14428": "tls-outgoing", "1017": "cms-replication"} {
		x := Explain(text)
		if !slices.ContainsFunc(x.Findings, func(f Finding) bool { return f.ID == want && f.Rank == BySymptom }) {
			t.Errorf("%q is explained as %+v", text, x.Findings)
		}
	}
	for text, want := range map[string]string{"0x80090322": "wrong-principal", "Event 14428": "tls-outgoing", "-> 0x80090322 (SEC_E_WRONG_PRINCIPAL)": "wrong-principal"} {
		if x := Explain(text); len(x.Findings) != 1 || x.Findings[0].ID != want || x.Findings[0].Rank != ByCode {
			t.Errorf("%q is explained as %+v", text, x.Findings)
		}
	}
	for _, text := range []string{"510 users were moved", "*", "999", ""} {
		if x := Explain(text); len(x.Findings) != 0 {
			t.Errorf("%q is explained as %+v", text, x.Findings)
		}
	}
}

// What refuses by 403 is told by what stands beside it. The status alone is a guess, and outranks nothing that is known.
func TestForbidden(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]struct {
		id    string
		rank  Rank
		guess bool
	}{
		"HTTP 403":                        {"forbidden", BySymptom, true},
		"(403) Forbidden":                 {"forbidden", BySymptom, true},
		"403 Authorization_RequestDenied": {"graph-permission", ByCode, false},
		"StatusCode: 403, code: Authorization_RequestDenied":                              {"graph-permission", ByCode, false},
		"HTTP 403: Service does not allow a cross domain request from this origin.":       {"origin-not-allowed", ByCode, false},
		"Service does not allow a cross\ndomain request from this origin.":                {"origin-not-allowed", ByText, false},
		"HTTP 403, AADSTS700016: Application with identifier 'x' was not found":           {"no-such-application", ByCode, false},
		"HTTP 403, You can't perform this. There are multiple federated Edge pools in it": {"two-edge-pools", ByText, false},
	} {
		x := Explain(text)
		if len(x.Findings) != 1 || x.Findings[0].ID != want.id || x.Findings[0].Rank != want.rank || x.Findings[0].Guess != want.guess {
			t.Errorf("%q is explained as %+v", text, x.Findings)
		}
	}
	if e, known := Of(Refusal{Text: "Response status code does not indicate success: 403 (Forbidden)."}); known {
		t.Errorf("a status alone explains a refusal as %+v", e)
	}
}
