package dns

import (
	"strings"
	"testing"

	"github.com/zclconf/go-cty/cty"
)

func TestNamesLeadWhereTheyAreTrusted(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		object cty.Value
		want   string // "" accepts
	}{
		{set("_sip._tls.contoso.com", "SRV", -1, "0 0 443 SIP.Contoso.com"), ""},
		{set("_SIP._TLS.Contoso.com.", "SRV", -1, "0 0 443 sip.contoso.com."), ""},
		{set("_sip._tls.contoso.com", "SRV", -1, "0 0 443 access.eu.contoso.com"), ""},
		{set("_sip._tls.contoso.com", "SRV", -1, "100 1 443 sipdir.online.lync.com"), ""},
		{set("_sipfederationtls._tcp.contoso.com", "SRV", -1, "100 1 5061 sipfed.online.partner.lync.cn"), ""},
		{set("_sip._tls.contoso.com", "SRV", -1, "0 0 0 ."), ""},
		{set("_ntp._udp.contoso.com", "SRV", -1, "0 0 123 time.fabrikam.com"), ""},
		{set("_sip._tls.contoso.com", "TXT", -1, "anything"), ""},
		{set("_sipinternaltls._tcp.contoso.com", "SRV", -1, "0 0 5061 pool01.contoso.com", "0 10 5061 POOL01.contoso.com."), ""},
		{set("lyncdiscover.contoso.com", "CNAME", -1, "webdir.online.lync.com"), ""},
		{set("lyncdiscover.contoso.com", "A", -1, "203.0.113.20"), ""},
		{set("meet.contoso.com", "CNAME", -1, "proxy.fabrikam.com"), ""},

		{set("_sip._tls.contoso.com", "SRV", -1, "0 0 443 notcontoso.com"), `The target "notcontoso.com" is not in contoso.com, and clients outside do not trust`},
		{
			set("_sipfederationtls._tcp.fabrikam.com", "SRV", -1, "0 0 5061 access.contoso.com."),
			`Let it lead to a name in fabrikam.com that has an address record and stands in the server's certificate, such as sip.fabrikam.com.`,
		},
		{set("_sipinternaltls._tcp.litwareinc.com", "SRV", -1, "0 0 5061 pool01.fabrikam.com."), "clients inside refuse a pool in another domain"},
		{set("_sipinternal._tcp.litwareinc.com", "SRV", -1, "0 0 5061 pool01.fabrikam.com."), "such as pool01.litwareinc.com."},
		{set("_sipinternaltls._tcp.contoso.com", "SRV", -1, "0 0 5061 pool01.contoso.com", "10 0 5061 pool02.contoso.com"), "leads to 2 pools"},
		{set("lyncdiscover.contoso.com", "CNAME", -1, "proxy.fabrikam.com"), "mobile clients fail over HTTPS there"},
		{set("lyncdiscoverinternal.contoso.com", "CNAME", -1, "pool01.ad.fabrikam.com"), "mobile clients fail over HTTPS there"},
		{set("msoid.contoso.com", "CNAME", -1, "clientconfig.microsoftonline-p.net"), `Take it away with ensure = "absent".`},
		{set("_sip._tls.contoso.com", "SRV", -1, "0 0 443 sipdir.online.lync.om"), "did you mean"},
	} {
		said := complaints(test.object)
		switch {
		case test.want == "" && len(said) > 0:
			t.Errorf("%#v is refused: %q", test.object, said)
		case test.want != "" && (len(said) != 1 || !strings.Contains(said[0], test.want)):
			t.Errorf("%#v:\n got %q\nwant %q", test.object, said, test.want)
		}
	}
}
