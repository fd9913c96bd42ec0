package notify

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func ended() Message {
	return Message{
		Event: Run, Configuration: "contoso", Who: "ada", Host: "admin01", Time: time.Date(2026, 11, 22, 7, 12, 0, 0, time.UTC),
		Summary: "apply ended: partial, 3 done, 1 failed",
		Ended:   &Ended{ID: "20261122T071200Z-apply-1a2b", Result: "partial", Reason: "CHG-4711", Done: 3, Failed: 1},
	}
}

func drifted() Message {
	m := ended()
	m.Event, m.Summary, m.Ended = Drift, "2 changes by hand", nil
	m.Changed = &Changed{Count: 22, More: 20, Known: true, Run: "20261122T071200Z-apply-1a2b", List: []Hand{
		{Address: "hosting_provider.LyncOnline", Attribute: "enabled", Was: "true", Is: "false"},
		{Address: `[click](https://evil.example)`, Is: "", Was: "exists"},
	}}
	return m
}

// heard is what a server was sent.
type heard struct {
	header http.Header
	body   string
}

// hook is a server that keeps what it hears and answers as it is told.
func hook(t *testing.T, answer http.HandlerFunc) (url string, got *heard, times *atomic.Int32) {
	t.Helper()
	got, times = &heard{}, &atomic.Int32{}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		times.Add(1)
		body, _ := io.ReadAll(r.Body)
		got.header, got.body = r.Header, string(body)
		answer(w, r)
	}))
	t.Cleanup(s.Close)
	return s.URL + "/hooks/t0ken-in-the-path?sig=t0ken-in-the-query", got, times
}

func fine(http.ResponseWriter, *http.Request) {}

func TestAWebhookIsSentJSONThatIsSigned(t *testing.T) {
	t.Parallel()
	url, got, _ := hook(t, fine)
	if err := Send(t.Context(), Target{Name: "ops", Type: "webhook", URL: url, Secret: "s3cret"}, ended()); err != nil {
		t.Fatal(err)
	}
	if sign := Sign("s3cret", []byte(got.body)); got.header.Get(SignatureHeader) != sign || got.header.Get(EventHeader) != "run" || got.header.Get("Content-Type") != "application/json" {
		t.Errorf("headers %v, want the signature %s", got.header, sign)
	}
	// RFC 4231, test case 2.
	if s := Sign("Jefe", []byte("what do ya want for nothing?")); s != "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843" {
		t.Errorf("signature %s", s)
	}
	var back Message
	if err := json.Unmarshal([]byte(got.body), &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(ended(), back); diff != "" {
		t.Errorf("(-sent +heard):\n%s", diff)
	}
	if strings.Contains(got.body, "s3cret") {
		t.Error("the secret is in the body")
	}
}

func TestWithoutASecretNothingIsSigned(t *testing.T) {
	t.Parallel()
	url, got, _ := hook(t, fine)
	if err := Send(t.Context(), Target{Type: "webhook", URL: url}, ended()); err != nil || got.header.Get(SignatureHeader) != "" {
		t.Errorf("%v, signature %q", err, got.header.Get(SignatureHeader))
	}
}

// What goes wrong is told in an error without URL and token, and what may have arrived is sent once.
func TestWhatAServerMayAnswer(t *testing.T) {
	t.Parallel()
	var elsewhere atomic.Int32
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere.Add(1) }))
	defer other.Close()
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		want   string
	}{
		"an error": {func(w http.ResponseWriter, r *http.Request) { http.Error(w, "no such "+r.URL.String(), 500) }, "the answer is 500 Internal Server Error"},
		"a redirection": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, other.URL, http.StatusTemporaryRedirect)
		}, "the answer is a redirection (307 Temporary Redirect), which is not followed"},
		"nothing": {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "EOF"},
		"a huge body": {func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(403)
			for range 1000 {
				if _, err := io.WriteString(w, strings.Repeat("x", 64<<10)); err != nil {
					return
				}
			}
		}, "the answer is 403 Forbidden"},
		"huge headers": {func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("X", strings.Repeat("x", 1<<20)) }, "header"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url, _, times := hook(t, c.answer)
			err := Send(t.Context(), Target{Name: "ops", Type: "webhook", URL: url, Secret: "s3cret"}, ended())
			if err == nil || !strings.HasPrefix(err.Error(), `notify "ops": not told: `) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v", err)
			}
			if err != nil && (strings.Contains(err.Error(), "t0ken") || strings.Contains(err.Error(), "127.0.0.1")) {
				t.Errorf("the URL is in %v", err)
			}
			if times.Load() != 1 {
				t.Errorf("sent %d times", times.Load())
			}
		})
	}
	t.Cleanup(func() {
		if elsewhere.Load() != 0 {
			t.Error("a redirection was followed")
		}
	})
}

// A server that never answers is waited for no longer than the deadline; here the caller's own ends it.
func TestASlowServerIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	release, ctx, cancel := make(chan struct{}), context.Context(nil), context.CancelFunc(nil)
	url, _, times := hook(t, func(http.ResponseWriter, *http.Request) { cancel(); <-release })
	t.Cleanup(func() { close(release) })
	ctx, cancel = context.WithCancel(t.Context())
	defer cancel()
	err := Send(ctx, Target{Name: "ops", Type: "webhook", URL: url}, ended())
	if err == nil || !strings.Contains(err.Error(), "no answer within 10 s; it may have arrived all the same") || times.Load() > 1 {
		t.Errorf("got %v after %d times", err, times.Load())
	}
}

// Where no connection is made nothing can have arrived, and it is tried once more.
func TestOnlyWhatCannotHaveArrivedIsRepeated(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	l.Close()
	target := Target{Name: "ops", Type: "webhook", URL: "http://" + address + "/t0ken"}
	err = target.send(t.Context(), ended())
	if !unconnected(err) {
		t.Fatalf("a connection was made: %v", err)
	}
	err = Send(t.Context(), target, ended())
	if err == nil || !strings.Contains(err.Error(), "refused") || strings.Contains(err.Error(), "t0ken") || strings.Contains(err.Error(), address) {
		t.Errorf("got %v", err)
	}
	if err := (&Target{Name: "m", Type: "mail", Server: "127.0.0.1", Port: l.Addr().(*net.TCPAddr).Port, TLS: "none", From: "a@b.example", To: []string{"c@d.example"}}).send(t.Context(), ended()); !unconnected(err) {
		t.Errorf("mail: a connection was made: %v", err)
	}
}

func TestAWorkflowOfTeamsIsSentACard(t *testing.T) {
	t.Parallel()
	url, got, _ := hook(t, fine)
	if err := Send(t.Context(), Target{Type: "teams", URL: url, Secret: "unused"}, drifted()); err != nil {
		t.Fatal(err)
	}
	var sent struct {
		Type        string
		Attachments []struct {
			ContentType string
			Content     struct {
				Type, Version string
				Body          []struct {
					Type    string
					Inlines []struct{ Type, Text string }
				}
			}
		}
	}
	if err := json.Unmarshal([]byte(got.body), &sent); err != nil {
		t.Fatal(err)
	}
	if sent.Type != "message" || len(sent.Attachments) != 1 || sent.Attachments[0].ContentType != "application/vnd.microsoft.card.adaptive" || sent.Attachments[0].Content.Type != "AdaptiveCard" {
		t.Errorf("sent %s", got.body)
	}
	var texts []string
	for _, block := range sent.Attachments[0].Content.Body {
		if block.Type != "RichTextBlock" || block.Inlines[0].Type != "TextRun" {
			t.Errorf("%s may be read as Markdown", block.Type)
		}
		texts = append(texts, block.Inlines[0].Text)
	}
	want := []string{
		"hybrid: contoso: 2 changes by hand", "By: ada on admin01", "At: 2026-11-22T07:12:00Z", "Since the run: 20261122T071200Z-apply-1a2b",
		"hosting_provider.LyncOnline enabled: true → false\n[click](https://evil.example) is gone\n… and 20 more",
	}
	if diff := cmp.Diff(want, texts); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestTextsOfOthersAreBounded(t *testing.T) {
	t.Parallel()
	if got := Bounded(strings.Repeat("ä", 1000)); got != strings.Repeat("ä", 300)+"…" || Bounded("short") != "short" {
		t.Errorf("got %d bytes", len(got))
	}
}
