package dns

import (
	"testing"

	"github.com/miekg/dns"
	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/lab/nameserver"
	"hybrid/internal/sambatest"
	"hybrid/planner"
	"hybrid/providers"
)

// ticket are the settings of a block for a domain controller, signed as an account says; "" leaves an argument out.
func ticket(c *sambatest.Controller, said map[string]string, zones ...string) providers.Settings {
	values := map[string]cty.Value{"spn": cty.StringVal("DNS/" + c.Host), "krb5_conf": cty.StringVal(c.Krb5Conf)}
	for _, a := range gss().Attrs {
		if values[a.Name] == cty.NilVal {
			values[a.Name] = cty.NullVal(cty.String)
		}
	}
	for name, value := range said {
		values[name] = cty.StringVal(value)
	}
	s := settings(c.Address, nameserver.Key{}, zones...)
	block := s.Values.AsValueMap()
	block["gss"] = cty.ObjectVal(values)
	s.Values = cty.ObjectVal(block)
	return s
}

// sambaRig is a domain controller whose zone contoso.com takes secure updates only, with the records of the tests in it.
func sambaRig(t *testing.T) rig {
	c := sambatest.Start(t, sambatest.Options{Domain: "contoso.com"})
	c.Tool(t, "user", "create", "hybrid", "Passw0rd!h")
	c.Tool(t, "group", "addmembers", "DnsAdmins", "hybrid")
	account := map[string]string{"username": "hybrid@contoso.com", "password": "Passw0rd!h"}
	s := ticket(c, account)
	p := openAt(t, s)
	for _, want := range []cty.Value{
		set("sip.contoso.com", "A", 300, "203.0.113.10", "203.0.113.11"),
		set("lyncdiscover.contoso.com", "CNAME", 300, "sip.contoso.com"),
		set("_sip._tls.contoso.com", "SRV", 300, "0 0 443 Sip.contoso.com."),
		set("contoso.com", "TXT", 300, `"v=spf1 include:spf." "contoso.com -all"`),
	} {
		converge(t, p, want, planner.Create)
	}
	return rig{addr: c.Address + ":53", ticket: &s, noTransfer: true}
}

// byTicket sends an update as somebody else with the same account.
func byTicket(t *testing.T, s providers.Settings, m *dns.Msg) {
	t.Helper()
	p := openAt(t, s).(*provider)
	defer p.Close()
	code, err := p.update(t.Context(), Update{Prerequisites: m.Answer, Changes: m.Ns}, "contoso.com.", "by hand")
	if err != nil || code != dns.RcodeSuccess {
		t.Fatalf("%v, %s", err, rcodeName(code))
	}
}
