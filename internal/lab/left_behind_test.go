package lab

import (
	"context"
	"errors"
	"net"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/masterzen/winrm"

	"hybrid/internal/powershell"
	"hybrid/internal/wsman"
)

// listener is the lab's listener, as one of its hosts.
func listener(t *testing.T, l *Lab, host string) *wsman.Host {
	t.Helper()
	at := l.Endpoints().WinRM
	h, err := wsman.New(wsman.Options{Host: host, Dial: net.JoinHostPort(at.Host, strconv.Itoa(at.Port)), Port: at.Port, Fingerprint: at.Fingerprint, Username: at.Username, Password: at.Password})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.Close() })
	return h
}

// A client that is killed closes nothing: its shell ends by the idle timeout that it was made with, three minutes after the
// last request, and not before.
func TestAShellOfAKilledClientExpires(t *testing.T) {
	t.Parallel()
	var ahead atomic.Int64
	l := start(t, Seed(needed(), SeedOptions{}))
	l.service.wall = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) } // before anybody calls
	h := listener(t, l, "fe01.contoso.com")
	process, err := h.Start(t.Context(), "powershell.exe", "-NoProfile")
	if err != nil {
		t.Fatal(err)
	}
	if err := process.Close(); err != nil {
		t.Fatal(err)
	}
	parameters := winrm.NewParameters("PT20S", "en-US", 153600)
	if _, err := h.Transport().Do(t.Context(), winrm.NewOpenShellRequest("https://fe01.contoso.com/wsman", parameters)); err != nil {
		t.Fatal(err)
	}
	for _, at := range []struct {
		later time.Duration
		want  Sessions
	}{{2 * time.Minute, Sessions{Opened: 2, Closed: 1}}, {4 * time.Minute, Sessions{Opened: 2, Closed: 1, Expired: 1}}} {
		ahead.Store(int64(at.later))
		l.service.expire()
		if got := l.Sessions(); got != at.want {
			t.Errorf("after %s: %+v, not %+v", at.later, got, at.want)
		}
	}
}

// A host that is down answers nobody and loses its sessions; the others go on, and it is back when its time is over.
func TestAHostIsDownByItself(t *testing.T) {
	t.Parallel()
	var ahead atomic.Int64
	e := Seed(needed(), SeedOptions{})
	e.now = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
	l := start(t, e)
	if err := l.Fault(Fault{Kind: Down, Cmdlet: "Get-CsUser", Host: "fe02.contoso.com", Times: 1, Delay: Duration(time.Hour)}); err != nil {
		t.Fatal(err)
	}
	on := map[string]*powershell.Session{}
	for _, host := range []string{"fe01.contoso.com", "fe02.contoso.com"} {
		on[host] = sessionOn(t, l, host)
	}
	var lost *powershell.LostError
	if err := on["fe02.contoso.com"].Call(t.Context(), command("Get-CsUser"), powershell.CallOptions{}); !errors.As(err, &lost) || !lost.Sent {
		t.Errorf("on the host that went down: %v", err)
	}
	if err := on["fe01.contoso.com"].Call(t.Context(), command("Get-CsUser"), powershell.CallOptions{}); err != nil {
		t.Errorf("on the other: %v", err)
	}
	host := listener(t, l, "fe02.contoso.com")
	var silent *wsman.ConnectError
	if _, err := host.Start(t.Context(), "powershell.exe"); !errors.As(err, &silent) {
		t.Errorf("while it is down: %v", err)
	}
	ahead.Store(int64(2 * time.Hour))
	sessionOn(t, l, "fe02.contoso.com")
	if got := l.Sessions(); got.Lost != 1 {
		t.Errorf("%+v", got)
	}
}

func sessionOn(t *testing.T, l *Lab, name string) *powershell.Session {
	t.Helper()
	at := l.Endpoints().WinRM
	host, err := powershell.WinRM(wsman.Options{Host: name, Dial: net.JoinHostPort(at.Host, strconv.Itoa(at.Port)), Port: at.Port, Fingerprint: at.Fingerprint, Username: at.Username, Password: at.Password})
	if err != nil {
		t.Fatal(err)
	}
	s, err := powershell.Start(context.Background(), host, powershell.Open{Modules: []string{"SkypeForBusiness"}, Cmdlets: []string{"Get-CsUser"}}, powershell.SessionOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}
