package render

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"hybrid/internal/trace"
)

// traced is a path with a hop of each verdict.
func traced() trace.Trace {
	at := time.Date(2026, 11, 28, 22, 0, 1, 0, time.UTC)
	return trace.Trace{SIP: "sip:ada@contoso.com", Paths: []trace.Path{{View: trace.Outside, End: "It ends there.", Hops: []trace.Hop{
		{Step: "name", Asked: "lyncdiscover.contoso.com A, AAAA", At: "the resolver 8.8.8.8, outside", Said: []string{"it is at 203.0.113.5"}, Verdict: trace.Described},
		{
			Step: "root", Asked: "GET https://lyncdiscover.contoso.com/", At: "203.0.113.5:443", Status: "200 OK", Took: 12 * time.Millisecond, Server: "fe01.contoso.com\x07", Verdict: trace.Left,
			Certificate: &trace.Certificate{Names: []string{"other.contoso.com"}, Issuer: "CA", Ends: at, Problem: "its certificate does not have the name lyncdiscover.contoso.com"},
			Why:         "its certificate does not have the name lyncdiscover.contoso.com, so clients end the connection", Do: "Give it a certificate with its name.",
		},
		{Step: "home", Asked: "where the servers lead ada@contoso.com", Verdict: trace.Expected, Facts: []trace.Fact{{What: "HostingProvider", Value: "SRV:", Where: "the servers", When: at}}},
		{Step: "root", Asked: "a", Verdict: trace.Gone, Why: "it is gone"},
		{Step: "root", Asked: "b", Verdict: trace.Unknown, Why: "silence"},
		{Step: "root", Asked: "c", Verdict: trace.Warns, Why: "old"},
		{Step: "name", Asked: "sip.contoso.com A", Verdict: trace.Beside},
	}}}}
}

// What matters comes first; every verdict is a word; nothing is wider than 80 columns that can be folded.
func TestTraceAsText(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	if err := Trace(&b, "text", traced(), TraceOptions{}); err != nil {
		t.Fatal(err)
	}
	text := b.String()
	last := -1
	for _, want := range []string{
		"sip:ada@contoso.com from outside: the path is left at hop 2.\n  Why     its certificate", "\n  Do      Give it a certificate with its name.\n  End     It ends there.\n",
		"\n 1 ok       lyncdiscover.contoso.com A, AAAA\n  At      the resolver 8.8.8.8, outside\n  Says    it is at 203.0.113.5\n",
		"\n 2 LEFT     GET https://lyncdiscover.contoso.com/\n  At      203.0.113.5:443, 200 OK, 12 ms\n  Shown   a certificate with the names other.contoso.com, issued by CA, good",
		"\n 3 expected where", "  From    HostingProvider: SRV: (the servers, 22:00:01)\n", "\n 4 gone     a", "\n 5 unknown  b", "\n 6 warning  c", "\n 7 beside   sip.contoso.com A",
		"7 hops: 1 as described, 1 warns, 1 left the path, 1 unknown, 1 cloud discovery gone, 1 expected, not walked, 1 beside the path.\n",
	} {
		at := strings.Index(text, want)
		if at <= last {
			t.Errorf("%q is not where it belongs in\n%s", want, text)
		}
		last = at
	}
	for line := range strings.Lines(text) {
		if len(line) > 81 && !strings.Contains(line, "7 hops") {
			t.Errorf("%d columns: %s", len(line), line)
		}
	}
	if strings.Contains(text, "\x07") {
		t.Error("a control character is printed")
	}
}

func TestTraceHeads(t *testing.T) {
	t.Parallel()
	for verdict, want := range map[trace.Verdict]string{
		trace.Described: "the path is as described.", trace.Unknown: "hop 2 could not be found out.", trace.Warns: "some clients do not get past hop 2.",
		trace.Gone: "as described up to hop 2, where Microsoft's discovery is gone.", trace.Expected: "the path is as described.", trace.Beside: "the path is as described.",
	} {
		var b strings.Builder
		p := trace.Path{View: trace.Inside, Hops: []trace.Hop{{Verdict: trace.Described}, {Verdict: verdict}}}
		if err := Trace(&b, "text", trace.Trace{SIP: "sip:a@b.c", Paths: []trace.Path{p}}, TraceOptions{Columns: 200}); err != nil || !strings.HasPrefix(b.String(), "sip:a@b.c from inside: "+want+"\n") {
			t.Errorf("%s: %s", verdict, b.String())
		}
	}
}

// A hop that clients get past is not where the path is left; the version of TLS stands beside the certificate.
func TestTraceOfAHopThatIsPassed(t *testing.T) {
	t.Parallel()
	past := trace.Hop{Asked: "a", Verdict: trace.Left, Passed: true, Why: "plain"}
	end := trace.Hop{Asked: "b", Verdict: trace.Left, Why: "nobody", TLS: "TLS 1.1", Certificate: &trace.Certificate{Names: []string{"b"}, Issuer: "CA"}}
	for want, hops := range map[string][]trace.Hop{
		"hop 2 is wrong, though clients get on past it.\n  Why     plain": {{Verdict: trace.Described}, past},
		"the path is left at hop 3.\n  Why     nobody":                    {{Verdict: trace.Described}, past, end},
	} {
		var b strings.Builder
		if err := Trace(&b, "text", trace.Trace{SIP: "sip:a@b.c", Paths: []trace.Path{{View: trace.Outside, Hops: hops}}}, TraceOptions{Columns: 200}); err != nil || !strings.Contains(b.String(), want) {
			t.Errorf("%q, %v:\n%s", want, err, b.String())
		}
		if len(hops) == 3 && !strings.Contains(b.String(), "trusted here; over TLS 1.1\n") {
			t.Error(b.String())
		}
	}
}

func TestTraceAsJSON(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	if err := Trace(&b, "json", traced(), TraceOptions{}); err != nil {
		t.Fatal(err)
	}
	var doc traceDoc
	if err := json.Unmarshal([]byte(b.String()), &doc); err != nil {
		t.Fatal(err)
	}
	p := doc.Paths[0]
	if doc.Format != 1 || doc.Verdict != "left the path" || p.Verdict != "left the path" || len(p.Hops) != 7 || p.Hops[1].Millis != 12 || p.Hops[1].Certificate.Problem == "" ||
		p.Hops[1].Remedy == "" || p.Hops[2].From[0].Value != "SRV:" || p.Hops[0].Certificate != nil {
		t.Errorf("%+v", doc)
	}
}
