package lab

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/zclconf/go-cty/cty"
	"go.uber.org/goleak"

	"hybrid/internal/powershell"
	"hybrid/internal/wsman"
	"hybrid/schema"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// needed is a small estate: one pool, users on both sides, and an account that was never enabled.
func needed() Needs {
	return Needs{
		Pools:      []string{"pool01.contoso.com", "pool02.contoso.com"},
		SipDomains: []string{"contoso.com", "fabrikam.com"},
		Users: []NeededUser{
			{SIP: "sip:ada@contoso.com"},
			{SIP: "sip:grace@contoso.com", Enabled: true, HostingProvider: "sipfed.online.lync.com"},
			{SIP: "sip:alan@contoso.com", Identity: `CONTOSO\turing`, Enabled: true, RegistrarPool: "pool01.contoso.com"},
		},
		Views: map[string][]string{"dns.external": {"lyncdiscover.contoso.com A", "_sip._tls.contoso.com SRV"}},
	}
}

// domainKind is a kind without rules of its own in the lab.
func domainKind() *schema.Kind {
	return &schema.Kind{Name: "allowed_domain", System: "skype", Remote: schema.Cmdlet{Noun: "CsAllowedDomain"}, Attrs: []schema.Attr{
		{Name: "proxy_fqdn", Type: cty.String},
		{Name: "comment", Type: cty.String},
		{Name: "mark_for_monitoring", Type: cty.Bool, Default: cty.False},
		{Name: "verification_level", Type: cty.String, Default: cty.StringVal("UseSourceVerification")},
	}}
}

func start(t testing.TB, e *Estate) *Lab { return startAt(t, e, "") }

func startAt(t testing.TB, e *Estate, path string) *Lab {
	t.Helper()
	l, err := Start(context.Background(), Options{Estate: e, Path: path, Kinds: []*schema.Kind{domainKind()}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return l
}

// winRM is the product's own way to a lab.
func winRM(t testing.TB, l *Lab) powershell.Host {
	t.Helper()
	at := l.Endpoints().WinRM
	host, err := powershell.WinRM(wsman.Options{Host: at.Host, Port: at.Port, Fingerprint: at.Fingerprint, Username: at.Username, Password: at.Password})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if closer, ok := host.(interface{ Close() error }); ok {
			_ = closer.Close()
		}
	})
	return host
}

func session(t testing.TB, l *Lab, cmdlets ...string) *powershell.Session {
	t.Helper()
	s, err := powershell.Start(t.Context(), winRM(t, l), powershell.Open{Modules: []string{"SkypeForBusiness"}, Cmdlets: cmdlets}, powershell.SessionOptions{Deadline: 20 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func command(cmdlet string, params ...any) powershell.Command {
	c := powershell.Command{Cmdlet: cmdlet}
	for n := 0; n < len(params); n += 2 {
		c.Params = append(c.Params, powershell.Param{Name: params[n].(string), Value: params[n+1]})
	}
	return c
}

// rows calls a cmdlet and gives the selected properties of what it returns.
func rows(t testing.TB, s *powershell.Session, c powershell.Command, selected ...string) [][]any {
	t.Helper()
	var all [][]any
	options := powershell.CallOptions{Select: selected}
	if selected != nil {
		options.Row = func(cells []any) error {
			all = append(all, cells)
			return nil
		}
	}
	err := s.Call(t.Context(), c, options)
	if err != nil {
		t.Fatalf("%s: %v", c.Cmdlet, err)
	}
	return all
}

func statePath(t testing.TB) string { return filepath.Join(t.TempDir(), "lab.json") }
