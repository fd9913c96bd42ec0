package check

import (
	"context"
	"fmt"
	"strings"
)

// Keys of the registry that decide which TLS PowerShell speaks to others.
const (
	netKey      = `HKLM:\SOFTWARE\Microsoft\.NETFramework\v4.0.30319`
	clientKey   = `HKLM:\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL\Protocols\TLS 1.2\Client`
	windowsKey  = `HKLM:\SOFTWARE\Microsoft\Windows NT\CurrentVersion`
	windows2008 = "6.1" // Windows Server 2008 R2, in which TLS 1.2 is off for clients unless it is switched on
)

// A registryKey is what was read of a key: the values that were asked for, nil for those that it does not have.
type registryKey struct {
	there  bool
	values []any
}

// is says whether the nth value is a number.
func (k registryKey) is(n, number int) bool {
	return k.there && cellText(k.values[n]) == fmt.Sprint(number)
}

// tlsSettings are what decides on a host.
type tlsSettings struct{ net, client, windows registryKey }

// strongCrypto is C-TLS: whether PowerShell on the hosts speaks TLS 1.2, the least that Microsoft 365 takes.
func strongCrypto(ctx context.Context, e *Estate) Result {
	t := &trial{e: e}
	hosts := machines(t.hostsOf("skype", "teams"))
	t.each(hosts, func(h windowsHost) func() {
		s, err := e.tlsSettings(ctx, h)
		return func() { t.strong(h, s, err) }
	})
	return t.orNoHosts(len(hosts))
}

func (e *Estate) tlsSettings(ctx context.Context, h windowsHost) (s tlsSettings, err error) {
	if s.net, err = e.key(ctx, h, netKey, "SchUseStrongCrypto", "SystemDefaultTlsVersions"); err != nil {
		return s, err
	}
	if s.client, err = e.key(ctx, h, clientKey, "Enabled", "DisabledByDefault"); err != nil {
		return s, err
	}
	s.windows, err = e.key(ctx, h, windowsKey, "CurrentVersion", "ProductName")
	return s, err
}

// key reads values of a key. That there is no such key is an answer; any other failure is an error.
func (e *Estate) key(ctx context.Context, h windowsHost, path string, values ...string) (registryKey, error) {
	rows, err := e.askOn(ctx, h, Cmdlet{Name: "Get-ItemProperty", Params: map[string]any{"Path": path}}, values...)
	if refused := refusal(err); refused != nil && strings.HasPrefix(refused.Kind, "PathNotFound,") {
		return registryKey{}, nil
	}
	if err == nil && len(rows) != 1 {
		return registryKey{}, nil // a key without any value gives no object
	}
	if err != nil {
		return registryKey{}, err
	}
	return registryKey{there: true, values: rows[0]}, nil
}

// strong judges the settings of a host.
func (t *trial) strong(h windowsHost, s tlsSettings, err error) {
	if err != nil {
		t.unheard(h, err, "by hand, look at the values SchUseStrongCrypto and SystemDefaultTlsVersions of "+netKey+" on each server of the pool")
		return
	}
	t.saw("TLS", fmt.Sprintf(".NETFramework\\v4.0.30319: %s; SCHANNEL\\Protocols\\TLS 1.2\\Client: %s; Windows: %s", s.net.shown("SchUseStrongCrypto", "SystemDefaultTlsVersions"),
		s.client.shown("Enabled", "DisabledByDefault"), s.windows.shown("CurrentVersion", "ProductName")), h)
	if !s.net.is(0, 1) && !s.net.is(1, 1) {
		t.fault(fmt.Sprintf("On %s, set the DWORD values SchUseStrongCrypto and SystemDefaultTlsVersions of %s to 1, and those of the same key below HKLM:\\SOFTWARE\\Wow6432Node; programs that run take it up when they start anew.", h.place(), netKey),
			".NET Framework on %s, and with it PowerShell, does not speak TLS 1.2 by itself: neither SchUseStrongCrypto nor SystemDefaultTlsVersions is 1", h.place())
	}
	off := s.client.is(0, 0) || s.client.is(1, 1)
	if old := s.windows.is6dot1() && !(s.client.is(1, 0)); off || old {
		t.fault(fmt.Sprintf("On %s, set the DWORD values Enabled to 1 and DisabledByDefault to 0 in %s, and restart the server.", h.place(), clientKey),
			"Windows on %s has TLS 1.2 switched off for connections that it opens", h.place())
	}
}

// is6dot1 says whether the key is that of Windows Server 2008 R2.
func (k registryKey) is6dot1() bool { return k.there && cellText(k.values[0]) == windows2008 }

// shown is a key as evidence.
func (k registryKey) shown(names ...string) string {
	if !k.there {
		return "there is no such key"
	}
	var all []string
	for n, name := range names {
		value := cellText(k.values[n])
		if k.values[n] == nil {
			value = "(not set)"
		}
		all = append(all, name+" "+value)
	}
	return strings.Join(all, ", ")
}
