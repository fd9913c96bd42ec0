package check

import (
	"errors"
	"testing"
)

// Where a user is homed: known, nowhere and why, or not known.
func TestWhereabouts(t *testing.T) {
	t.Parallel()
	refused := errors.New("the session cannot be opened")
	tests := map[string]struct {
		change  func(*world)
		online  bool
		servers bool
		problem string
		unknown bool
	}{
		"on the servers":    {func(*world) {}, false, true, "", false},
		"online":            {func(w *world) { w.of("Get-CsUser")["HostingProvider"] = "sipfed.online.lync.com" }, true, false, "", false},
		"nowhere":           {func(w *world) { w.of("Get-CsUser")["HostingProvider"] = nil }, false, false, "msRTCSIP-DeploymentLocator of the user is empty, so the servers know of no home", false},
		"disabled":          {func(w *world) { w.of("Get-CsUser")["Enabled"] = false }, false, false, "the user is disabled on the servers, which let nobody sign in who is", false},
		"not enabled":       {func(w *world) { w.objects["Get-CsUser"] = nil }, false, false, "the account is not enabled for the servers, so they lead nobody of this address anywhere", false},
		"nobody":            {func(w *world) { w.objects["Get-CsUser"], w.objects["Get-CsAdUser"] = nil, nil }, false, false, "the servers have no user with this address", false},
		"not read":          {func(w *world) { w.fails["Get-CsUser"] = refused }, false, false, "", true},
		"told by no cmdlet": {func(w *world) { delete(w.of("Get-CsUser"), "HostingProvider") }, false, false, "", true},
	}
	for name, test := range tests {
		w := healthy()
		test.change(w)
		got := ReadUser(t.Context(), w.estate(), "sip:ada@contoso.com").User("sip:ada@contoso.com", "").Whereabouts()
		if got.Online != test.online || got.OnServers != test.servers || got.Problem != test.problem || (got.Err != nil) != test.unknown {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestWhereaboutsInTheTenant(t *testing.T) {
	t.Parallel()
	at := func(change func(*world)) TenantWhereabouts {
		w := healthy()
		change(w)
		return ReadUser(t.Context(), w.estate(), "sip:ada@contoso.com").User("sip:ada@contoso.com", "").Whereabouts().Tenant
	}
	if got := at(func(*world) {}); !got.OnServers || got.Missing || got.Err != nil || len(got.Seen) != 2 {
		t.Errorf("%+v", got)
	}
	if got := at(func(w *world) { w.objects["Get-CsOnlineUser"] = nil }); !got.Missing || len(got.Seen) != 1 {
		t.Errorf("%+v", got)
	}
	if got := at(func(w *world) { w.fails["Get-CsOnlineUser"] = errors.New("busy") }); got.Missing || got.Err == nil {
		t.Errorf("%+v", got)
	}
	if got := at(func(w *world) { delete(w.of("Get-CsOnlineUser"), "HostingProvider") }); got.OnServers || got.Err == nil {
		t.Errorf("%+v", got)
	}
}

// The provider of a proxy FQDN: there, not there, or not known.
func TestHostingProviderOf(t *testing.T) {
	t.Parallel()
	w := healthy()
	w.objects["Get-CsHostingProvider"] = []map[string]any{{"Identity": "LyncOnline", "ProxyFqdn": "SIPFED.online.lync.com", "Enabled": true, "AutodiscoverUrl": "https://webdir.online.lync.com/"}}
	got, err := w.estate().HostingProvider(t.Context(), "sipfed.online.lync.com")
	if err != nil || got.Name != "LyncOnline" || !got.Enabled || got.AutodiscoverURL != "https://webdir.online.lync.com/" || len(got.Seen) == 0 {
		t.Errorf("%+v, %v", got, err)
	}
	if got, err := w.estate().HostingProvider(t.Context(), "sipfed.elsewhere.com"); err != nil || got.Name != "" || len(got.Seen) == 0 {
		t.Errorf("%+v, %v", got, err)
	}
	delete(w.objects["Get-CsHostingProvider"][0], "Enabled")
	if _, err := w.estate().HostingProvider(t.Context(), "sipfed.online.lync.com"); err == nil {
		t.Error("what is not shown is taken for something")
	}
	w.fails["Get-CsHostingProvider"] = errors.New("busy")
	if _, err := w.estate().HostingProvider(t.Context(), "sipfed.online.lync.com"); err == nil {
		t.Error("an error is taken for an absence")
	}
}

// Passwords are sent to hosts of these domains.
func TestOwnDomains(t *testing.T) {
	t.Parallel()
	w := healthy()
	w.objects["Get-CsSipDomain"] = append(w.objects["Get-CsSipDomain"], map[string]any{"Name": "Fabrikam.com"})
	own := w.estate().OwnDomains(t.Context())
	if len(own) != 2 || own[0] != "contoso.com" || own[1] != "fabrikam.com" {
		t.Error(own)
	}
}
