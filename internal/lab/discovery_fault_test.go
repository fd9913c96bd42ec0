package lab

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"hybrid/internal/lab/discovery"
)

const challenged = "https://pool01-web.contoso.com" + rootAt + "/user"

// Each fault of autodiscover shows on the wire, at the host that has it and at no other.
func TestFaultsOfAutodiscoverShowOnTheWire(t *testing.T) {
	t.Parallel()
	const name, web = "https://lyncdiscover.contoso.com/", "https://pool01-web.contoso.com"
	tests := map[discovery.Fault]func(*walker){
		discovery.Loop: func(w *walker) {
			first := w.links(name)["redirect"]
			same(w.t, "redirect", first, "https://lyncdiscover.contoso.com"+rootAt+ofDomain)
			same(w.t, "again", w.links(first)["redirect"], first)
			same(w.t, "of the cloud", w.links("https://webdir.online.lync.com" + rootAt + ofDomain)["redirect"], "https://webdir.online.lync.com"+rootAt+ofDomain)
		},
		discovery.OnlyXML: func(w *walker) {
			if _, text := w.get(name, "Accept: application/json"); !strings.HasPrefix(text, "<?xml") || !strings.Contains(w.last.Get("Content-Type"), "+xml") {
				w.t.Errorf("%v %s", w.last, text)
			}
		},
		discovery.OldJSON: func(w *walker) {
			if _, text := w.get(name, "Accept: application/json"); !strings.HasPrefix(text, `{"AccessLocation":"External","Root":{"Links":[{"token":"Domain","href":"https://pool01-web`) {
				w.t.Error(text)
			}
		},
		discovery.NoRedirect: func(w *walker) {
			links := w.links("http://lyncdiscover.contoso.com/")
			same(w.t, "redirect", links["redirect"], "")
			same(w.t, "user", links["user"], outside1+"/oauth/user"+ofDomain)
		},
		discovery.Downgrade: func(w *walker) {
			same(w.t, "user", w.links(name)["user"], "http://pool01-web.contoso.com"+rootAt+"/oauth/user"+ofDomain)
			same(w.t, "in XML", w.xml(name).by("User"), "http://pool01-web.contoso.com"+rootAt+"/user"+ofDomain)
		},
		discovery.Blanks: func(w *walker) {
			same(w.t, "SIP", w.xml(outside1+"/domain").by("SipClientExternalAccess"), " sip.contoso.com :443")
		},
		discovery.MixedCase: func(w *walker) {
			same(w.t, "in JSON", w.links(name)["uSeR"], outside1+"/oauth/user"+ofDomain)
			same(w.t, "in XML", w.xml(name).by("uSeR"), outside1+"/user"+ofDomain)
		},
		discovery.Unquoted: func(w *walker) {
			w.get(challenged)
			same(w.t, "challenge", w.last.Values("WWW-Authenticate")[1], `MsRtcOAuth href=`+web+`/WebTicket/oauthtoken,grant_type="urn:microsoft.rtc:windows,urn:microsoft.rtc:anonmeeting,password"`)
		},
		discovery.Folded: func(w *walker) {
			w.get(challenged)
			if got := w.last.Values("WWW-Authenticate"); len(got) != 1 || !strings.HasPrefix(got[0], "Bearer ") || !strings.Contains(got[0], `", MsRtcOAuth href="`) {
				w.t.Errorf("%q", got)
			}
		},
		discovery.Moved: func(w *walker) {
			status, _ := w.get(name)
			if status != http.StatusFound || w.last.Get("Location") != outside1+ofDomain {
				w.t.Errorf("%d %v", status, w.last)
			}
			same(w.t, "where it leads", w.links(w.last.Get("Location"))["redirect"], "")
		},
		discovery.NotFound: func(w *walker) { w.status(name, http.StatusNotFound) },
		discovery.Failing:  func(w *walker) { w.status(name, http.StatusInternalServerError) },
		discovery.Endless:  func(w *walker) { w.atLeast(name, 80<<20) },
		discovery.Huge:     func(w *walker) { w.atLeast(name, 64<<20) },
		discovery.Slow:     (*walker).waits,
		discovery.Gone:     func(w *walker) { w.status(name, http.StatusNotFound) }, // to whoever has its address from elsewhere
	}
	for _, fault := range discovery.Faults() {
		t.Run(string(fault), func(t *testing.T) {
			t.Parallel()
			tests[fault](walk(t, start(t, discoverable("*="+string(fault)))))
		})
	}
	w := walk(t, start(t, discoverable("lyncdiscover.contoso.com=error", "LYNCDISCOVERINTERNAL.contoso.com=xml", "lyncdiscoverinternal.contoso.com=mixed_case")))
	w.status(name, http.StatusInternalServerError)
	w.status(outside1, http.StatusOK)
	same(t, "two faults of one host", w.xml("https://lyncdiscoverinternal.contoso.com/").by("uSeR"), inside1+"/user"+ofDomain)
}

func (w *walker) status(address string, want int) {
	w.t.Helper()
	if got, text := w.get(address); got != want {
		w.t.Errorf("%s: %d %q, want %d", address, got, text, want)
	}
}

// atLeast reads so many bytes of an answer.
func (w *walker) atLeast(address string, size int64) {
	w.t.Helper()
	answer, err := w.http.Get(address)
	if err != nil {
		w.t.Fatal(err)
	}
	defer answer.Body.Close()
	if n, err := io.CopyN(io.Discard, answer.Body, size); err != nil {
		w.t.Errorf("ends after %d bytes: %v", n, err)
	}
}

// waits gives up before a slow answer comes, after which the lab ends without waiting for it.
func (w *walker) waits() {
	ctx, cancel := context.WithTimeout(w.t.Context(), 300*time.Millisecond)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://lyncdiscover.contoso.com/", nil)
	if err != nil {
		w.t.Fatal(err)
	}
	if answer, err := w.http.Do(r); !errors.Is(err, context.DeadlineExceeded) {
		w.t.Errorf("%v %v", answer, err)
	}
}

// What is wrong with an end by tls.shows is wrong for walkers, too.
func TestEndsOnTheWayFailAsTheyAreSet(t *testing.T) {
	t.Parallel()
	e := discoverable()
	e.SetEnds(Ends{Shows: []string{"lyncdiscover.contoso.com=wrong_name", "lyncdiscoverinternal.contoso.com=closed", "pool01.contoso.com=no_tls"}})
	w := walk(t, start(t, e))
	_, err := w.http.Get("https://lyncdiscover.contoso.com/")
	if wrong := (x509.HostnameError{}); !errors.As(err, &wrong) || !slices.Equal(wrong.Certificate.DNSNames, []string{"other.contoso.com"}) {
		t.Errorf("wrong name: %v", err)
	}
	for _, scheme := range []string{"http", "https"} {
		if _, err := w.http.Get(scheme + "://lyncdiscoverinternal.contoso.com/"); !errors.Is(err, syscall.ECONNREFUSED) {
			t.Errorf("%s to a name that refuses: %v", scheme, err)
		}
	}
	_, err = w.http.Get("https://pool01.contoso.com/")
	if broken := (tls.RecordHeaderError{}); !errors.As(err, &broken) {
		t.Errorf("no TLS: %v", err)
	}
	same(t, "its plain HTTP", w.links("http://pool01.contoso.com/")["redirect"], inside1+ofDomain)
}

// The hosting provider's address for autodiscover is what the servers publish, whatever it is.
func TestAutodiscoverFollowsTheHostingProvider(t *testing.T) {
	t.Parallel()
	l := start(t, discoverable())
	w := walk(t, l)
	grace := w.bearer("pool01-web.contoso.com", "grace@contoso.com")
	set := func(changes Object) {
		t.Helper()
		err := l.Change(func(e *Estate) error {
			before, _ := e.Object("CsHostingProvider", "LyncOnline")
			e.Put("CsHostingProvider", before.with(changes))
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	set(Object{"AutodiscoverUrl": "https://lyncdiscover.contoso.com" + rootAt})
	same(t, "hybrid", w.xml(outside1+"/domain").by("Hybrid"), "https://lyncdiscover.contoso.com"+rootAt)
	same(t, "redirect", w.links(outside1+"/user", grace)["redirect"], "https://lyncdiscover.contoso.com"+rootAt)
	for what, changes := range map[string]Object{"no address": {"AutodiscoverUrl": ""}, "disabled": {"Enabled": false, "AutodiscoverUrl": "https://a.b/"}} {
		set(changes)
		same(t, what, w.xml(outside1+"/domain").by("Hybrid"), "")
		if status, _ := w.get(outside1+"/user", grace); status != http.StatusNotFound {
			t.Errorf("%s: %d", what, status)
		}
	}
}

func TestAnswersOfAutodiscoverAreChecked(t *testing.T) {
	t.Parallel()
	set := func(name, text string) (string, error) {
		e := discoverable()
		n := slices.IndexFunc(Settings(), func(s Setting) bool { return s.Name == name })
		err := Settings()[n].Set(e, text)
		return Settings()[n].Get(e), err
	}
	for _, bad := range []string{"loop", "=loop", "a.b=loops", "a.b="} {
		if _, err := set("discovery.answers", bad); err == nil || !strings.Contains(err.Error(), "is not HOST=FAULT or *=FAULT, where FAULT is one of loop, xml, ") {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if got, err := set("discovery.answers", "a.b=loop, *=xml"); err != nil || got != "a.b=loop,*=xml" {
		t.Errorf("%s, %v", got, err)
	}
	if got, err := set("discovery.cloud_passwords", "true"); err != nil || got != "true" {
		t.Errorf("%s, %v", got, err)
	}
	if _, err := set("discovery.cloud_passwords", "yes, please"); err == nil {
		t.Error("no error")
	}
}
