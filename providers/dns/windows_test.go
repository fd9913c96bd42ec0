package dns

import (
	"context"
	"testing"

	"github.com/zclconf/go-cty/cty"

	simulated "hybrid/internal/lab"
	"hybrid/internal/lab/nameserver"
	"hybrid/providers"
	"hybrid/schema"
)

// windowsLab is a lab that serves zones in the view dns.internal, and the block of a Windows DNS server that leads there.
func windowsLab(t *testing.T, zones map[string][]string) (*simulated.Lab, providers.Settings) {
	t.Helper()
	e := simulated.Seed(simulated.Needs{}, simulated.SeedOptions{})
	e.SetView("dns.internal", zones)
	l, err := simulated.Start(context.Background(), simulated.Options{Estate: e})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	at := l.Endpoints().WinRM
	return l, providers.Settings{Name: "dns.external", Values: block(map[string]cty.Value{
		"type": cty.StringVal("windows"), "host": cty.StringVal(at.Host), "port": cty.NumberIntVal(int64(at.Port)),
		"fingerprint": cty.StringVal(at.Fingerprint), "username": cty.StringVal(l.Endpoints().DNS["dns.internal"].Username),
		"password": cty.StringVal(at.Password).Mark(schema.Sensitive),
	})}
}

// windowsRig is the lab as a Windows DNS server; what somebody changes by hand goes to the name server of the same zones.
func windowsRig(t *testing.T) rig {
	l, s := windowsLab(t, contoso())
	at := l.Endpoints().DNS["dns.internal"]
	return rig{addr: at.Addr, key: nameserver.Key{Name: at.TSIGName, Algorithm: at.Algorithm, Secret: at.Secret}, cmdlets: &s}
}
