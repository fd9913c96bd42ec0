package check

import (
	"encoding/base64"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/document"
	"hybrid/planner"
)

const (
	tenantOfTests = "9d2f1f52-3f5c-4a0f-9a53-6f0b6c1e7d42"
	stsAddress    = "https://accounts.accesscontrol.windows.net/" + tenantOfTests + "/metadata/json/1"
	evoAddress    = "https://login.windows.net/common/FederationMetadata/2007-06/FederationMetadata.xml"
	access        = "00000001-0000-0000-c000-000000000000"
)

// sts is the tenant's token server as the servers have it.
func sts() objects {
	return objects{"microsoft.sts": {"metadata_url": cty.StringVal(stsAddress), "realm": cty.StringVal(strings.ToUpper(tenantOfTests)), "issuer_identifier": cty.StringVal(access)}}
}

// metadata is a document with keys that end so many days from now.
func metadata(t *testing.T, issuer, realm string, days ...int) document.Document {
	t.Helper()
	var keys []string
	for _, d := range days {
		made := sign(t, nil, "sts", false, today.AddDate(0, 0, d))
		keys = append(keys, `{"usage":"signing","keyValue":{"type":"x509Certificate","value":"`+base64.StdEncoding.EncodeToString(made.c.Raw)+`"}}`)
	}
	return document.Document{Status: 200, Body: fmt.Appendf(nil, `{"issuer":"%s@%s","keys":[%s]}`, issuer, realm, strings.Join(keys, ","))}
}

func TestTokenServers(t *testing.T) {
	t.Parallel()
	good := metadata(t, access, tenantOfTests, 300, -40)
	declares := ofTrust + `oauth_server "microsoft.sts" { metadata_url = "` + stsAddress + `" }`
	elsewhere := strings.Replace(stsAddress, tenantOfTests, "5e1f0a52-0000-4000-8000-000000000000", 1)
	with := func(d document.Document) map[string]document.Document {
		return map[string]document.Document{stsAddress: d}
	}
	made := sign(t, nil, "evo", false, today.AddDate(1, 0, 0))
	federation := `<?xml version="1.0"?><EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata"><X509Certificate>` + base64.StdEncoding.EncodeToString(made.c.Raw) + `</X509Certificate></EntityDescriptor>`
	evo := objects{"evoSTS": {"metadata_url": cty.StringVal(evoAddress), "realm": cty.StringVal("contoso.com"), "issuer_identifier": cty.StringVal("https://sts.windows.net/x/")}}
	moved := sts()
	moved["microsoft.sts"]["metadata_url"] = cty.StringVal(elsewhere)
	for name, x := range map[string]struct {
		hcl       string
		servers   objects
		documents map[string]document.Document
		verdict   Verdict
		texts     []string
	}{
		"all is well":      {declares, sts(), with(good), Pass, []string{"metadata of microsoft.sts: issuer " + access + ", realm " + tenantOfTests + ", 2 keys"}},
		"not declared":     {ofTrust, sts(), with(good), Pass, nil},
		"for clients":      {ofTrust, evo, map[string]document.Document{evoAddress: {Status: 200, Body: []byte(federation)}}, Pass, []string{"1 keys"}},
		"cut off":          {ofTrust, evo, map[string]document.Document{evoAddress: {Status: 200, Body: []byte(federation[:len(federation)-30])}}, Fail, []string{"it is no federation metadata"}},
		"none":             {ofTrust, objects{}, nil, NoCause, nil},
		"not there":        {declares, objects{}, nil, Fail, []string{"do not trust the token server microsoft.sts", `Apply oauth_server["microsoft.sts"]`}},
		"another's":        {ofTrust, moved, map[string]document.Document{elsewhere: metadata(t, access, tenantOfTests, 300)}, Fail, []string{"is looked for at " + elsewhere + ", and is at " + stsAddress}},
		"another realm":    {declares, sts(), with(metadata(t, access, "5e1f0a52-0000-4000-8000-000000000000", 300)), Fail, []string{"and 5e1f0a52-0000-4000-8000-000000000000 in its metadata"}},
		"another issuer":   {declares, sts(), with(metadata(t, "0000000b-0000-0000-c000-000000000000", tenantOfTests, 300)), Fail, []string{"by the issuer " + access}},
		"keys of the past": {declares, sts(), with(metadata(t, access, tenantOfTests, -40, -3)), Fail, []string{"none of the 2 keys", "the last expired on 2026-11-19"}},
		"no keys":          {declares, sts(), with(metadata(t, access, tenantOfTests)), Fail, []string{"hold no key"}},
		"no certificate":   {declares, sts(), with(document.Document{Status: 200, Body: []byte(`{"keys":[{"keyvalue":{"type":"x509certificate","value":"aGVsbG8="}}]}`)}), Fail, []string{"one of its keys is no certificate"}},
		"some JSON":        {declares, sts(), with(document.Document{Status: 200, Body: []byte(`{"error":"x"}`)}), Fail, []string{"it is no JSON with keys"}},
		"not found":        {declares, sts(), with(document.Document{Status: 404}), Fail, []string{"(status 404)"}},
		"leads on":         {declares, sts(), with(document.Document{Status: 302, Location: "https://x.example/"}), Unknown, []string{"leads on to https://x.example/"}},
		"out of order":     {declares, sts(), with(document.Document{Status: 503}), Unknown, []string{"the answer has status 503"}},
		"silent":           {declares, sts(), nil, Unknown, []string{"could not be fetched from here: nothing came within 15s"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := &fake{listings: map[string]planner.Listing{"oauth_server": listingOf("oauth_server", x.servers)}, documents: x.documents}
			holds(t, run(t, estateOf(t, x.hcl, f), "O-STS"), x.verdict, x.texts...)
		})
	}
	holds(t, run(t, estateOf(t, declares, &fake{}), "O-STS"), Unknown, "nobody answers")
}

func TestPartnerApplications(t *testing.T) {
	t.Parallel()
	declares := ofTrust + `partner_application "microsoft.exchange" {
  application_identifier  = "00000002-0000-0ff1-ce00-000000000000"
  application_trust_level = "Full"
  use_oauth_server        = true
}`
	exchange := func(change said) objects {
		all := said{"application_identifier": cty.StringVal(exchangeOnline), "application_trust_level": cty.StringVal("Full"), "enabled": cty.True, "use_oauth_server": cty.True}
		maps.Copy(all, change)
		return objects{"microsoft.exchange": all}
	}
	for name, x := range map[string]struct {
		hcl      string
		partners objects
		servers  objects
		verdict  Verdict
		text     string
	}{
		"all is well":       {declares, exchange(nil), sts(), Pass, "ApplicationTrustLevel Full, Enabled true, UseOAuthServer true"},
		"by its metadata":   {ofTrust, exchange(said{"use_oauth_server": cty.NullVal(cty.Bool), "metadata_url": cty.StringVal("https://x/")}), objects{}, Pass, ""},
		"none":              {ofTrust, objects{}, objects{}, NoCause, ""},
		"not there":         {declares, objects{}, sts(), Fail, "the servers have no partner application microsoft.exchange"},
		"less trust":        {ofTrust, exchange(said{"application_trust_level": cty.StringVal("User")}), sts(), Fail, "has the trust level User, and needs Full"},
		"disabled":          {ofTrust, exchange(said{"enabled": cty.False}), sts(), Fail, "microsoft.exchange, which is Exchange, is disabled"},
		"nobody to trust":   {ofTrust, exchange(nil), objects{}, Fail, "the servers trust none"},
		"another identity":  {declares, exchange(said{"application_identifier": cty.StringVal("x")}), sts(), Fail, "application_identifier of microsoft.exchange is x on the servers"},
		"another source":    {declares, exchange(said{"use_oauth_server": cty.NullVal(cty.Bool)}), sts(), Fail, "use_oauth_server of microsoft.exchange is none on the servers, and true in the configuration"},
		"source not shown":  {ofTrust, exchange(said{"use_oauth_server": cty.UnknownVal(cty.Bool)}), sts(), Unknown, "where the keys of microsoft.exchange come from is not shown"},
		"another's, anyhow": {ofTrust, exchange(said{"application_identifier": cty.StringVal("x"), "enabled": cty.False}), sts(), Pass, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := &fake{listings: map[string]planner.Listing{"oauth_server": listingOf("oauth_server", x.servers), "partner_application": listingOf("partner_application", x.partners)}}
			holds(t, run(t, estateOf(t, x.hcl, f), "O-PART"), x.verdict, x.text)
		})
	}
	holds(t, run(t, estateOf(t, declares, &fake{}), "O-PART"), Unknown, "nobody answers")
}

// principal is a service principal with names and keys.
func principalWith(id string, names []string, keys ...cty.Value) planner.Listing {
	values := said{"names": cty.SetValEmpty(cty.String), "key_credential": cty.ListValEmpty(cty.DynamicPseudoType)}
	if len(names) > 0 {
		var all []cty.Value
		for _, name := range names {
			all = append(all, cty.StringVal(name))
		}
		values["names"] = cty.SetVal(all)
	}
	if len(keys) > 0 {
		values["key_credential"] = cty.ListVal(keys)
	}
	return planner.Listing{Objects: map[string]planner.Found{id: {Identity: id, Value: cty.ObjectVal(values)}}}
}

func keyOf(print string, days int) cty.Value {
	return cty.ObjectVal(map[string]cty.Value{
		"key_id": cty.StringVal("k" + print), "thumbprint": cty.StringVal(print), "display_name": cty.StringVal("CN=x"),
		"end_date": cty.StringVal(today.AddDate(0, 0, days).Format(time.RFC3339)),
	})
}

func TestNamesOfPools(t *testing.T) {
	t.Parallel()
	const signed, asked = skypeOnline + "/lync.contoso.com", "https://lync.contoso.com/"
	evo := objects{"Global": {"client_authorization_oauth_server_identity": cty.StringVal("evoSTS")}}
	pools := map[string][]map[string]any{"Get-CsService": {{"ExternalFqdn": "Lync.contoso.com"}, {"ExternalFqdn": "lync.contoso.com"}}}
	for name, x := range map[string]struct {
		servers, oauth objects
		names          []string
		verdict        Verdict
		texts          []string
	}{
		"all is well":      {sts(), objects{}, []string{signed}, Pass, []string{"ExternalFqdn of web services: lync.contoso.com"}},
		"clients as well":  {sts(), evo, []string{signed, "https://LYNC.contoso.com"}, Pass, nil},
		"clients only":     {objects{}, evo, []string{asked}, Pass, nil},
		"no trust":         {objects{}, objects{"Global": {}}, nil, NoCause, nil},
		"missing":          {sts(), objects{}, []string{skypeOnline}, Fail, []string{"the tenant does not know: " + signed, `names = ["` + signed + `"]`}},
		"clients left out": {sts(), evo, []string{signed}, Fail, []string{"the tenant does not know: " + asked}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := &fake{
				cmdlets: pools, found: map[string]planner.Listing{skypeOnline: principalWith(skypeOnline, x.names)},
				listings: map[string]planner.Listing{"oauth_server": listingOf("oauth_server", x.servers), "oauth_configuration": listingOf("oauth_configuration", x.oauth)},
			}
			holds(t, run(t, estateOf(t, ofTrust, f), "O-SP"), x.verdict, x.texts...)
		})
	}
	trusts := map[string]planner.Listing{"oauth_server": listingOf("oauth_server", sts()), "oauth_configuration": listingOf("oauth_configuration", objects{})}
	for name, f := range map[string]*fake{
		"lists": {}, "pools": {listings: trusts}, "principal": {listings: trusts, cmdlets: pools},
		"no address": {listings: trusts, cmdlets: map[string][]map[string]any{"Get-CsService": {{"PoolFqdn": "x"}}}},
	} {
		if r := run(t, estateOf(t, ofTrust, f), "O-SP"); r.Verdict != Unknown {
			t.Errorf("%s unread: %s %s", name, r.Verdict, r.Text)
		}
	}
	holds(t, run(t, estateOf(t, ofTrust, &fake{listings: trusts, cmdlets: pools, found: map[string]planner.Listing{skypeOnline: {}}}), "O-SP"), Fail, "the tenant has no service principal")
}

func TestSigningKeys(t *testing.T) {
	t.Parallel()
	const own, other = "AB12", "CD34"
	row := func(print string, days int) []map[string]any {
		return []map[string]any{
			{"Use": "Default", "Thumbprint": "FF", "NotAfter": "x"},
			{"Use": "OAuthTokenIssuer", "Thumbprint": print, "NotAfter": today.AddDate(0, 0, days).Format("2006-01-02T15:04:05.0000000Z")},
		}
	}
	for name, x := range map[string]struct {
		certificate []map[string]any
		keys        []cty.Value
		verdict     Verdict
		texts       []string
	}{
		"all is well":      {row(own, 300), []cty.Value{keyOf("ab12", 300), keyOf(other, -9)}, Pass, []string{"OAuthTokenIssuer: thumbprint AB12, good until 2027-09-18"}},
		"none there":       {row(own, 300)[:1], nil, Fail, []string{"the servers have no certificate to sign tokens with"}},
		"not known there":  {row(own, 300), nil, Fail, []string{"with the certificate AB12, and the tenant has no key", "Export the certificate AB12"}},
		"mismatched":       {row(own, 300), []cty.Value{keyOf(other, 300)}, Fail, []string{"the tenant has only keys of others"}},
		"expired":          {row(own, -2), []cty.Value{keyOf(own, 300)}, Fail, []string{"the certificate that the servers sign tokens with expired on 2026-11-20"}},
		"near its end":     {row(own, 29), []cty.Value{keyOf(own, 300)}, Fail, []string{"expires on 2026-12-21, in 29 days"}},
		"a month":          {row(own, 30), []cty.Value{keyOf(own, 30)}, Pass, nil},
		"tenant's is over": {row(own, 300), []cty.Value{keyOf(own, -1)}, Fail, []string{"the key that the tenant has of it expired on 2026-11-21"}},
		"not shown":        {row(own, 300), []cty.Value{keyOf("", 300)}, Unknown, []string{"1 of its keys show no thumbprint"}},
		"no date":          {[]map[string]any{{"Use": "OAuthTokenIssuer", "Thumbprint": own, "NotAfter": "soon"}}, []cty.Value{keyOf(own, 300)}, Unknown, []string{`cannot be read from "soon"`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := &fake{
				cmdlets: map[string][]map[string]any{"Get-CsCertificate": x.certificate}, found: map[string]planner.Listing{skypeOnline: principalWith(skypeOnline, nil, x.keys...)},
				listings: map[string]planner.Listing{"oauth_server": listingOf("oauth_server", sts())},
			}
			holds(t, run(t, estateOf(t, ofTrust, f), "O-KEY"), x.verdict, x.texts...)
		})
	}
	trusts := map[string]planner.Listing{"oauth_server": listingOf("oauth_server", sts())}
	holds(t, run(t, estateOf(t, ofTrust, &fake{}), "O-KEY"), Unknown, "nobody answers")
	holds(t, run(t, estateOf(t, ofTrust, &fake{listings: trusts}), "O-KEY"), Unknown, "which certificate the servers sign tokens with is not known")
	holds(t, run(t, estateOf(t, ofTrust, &fake{listings: trusts, cmdlets: map[string][]map[string]any{"Get-CsCertificate": row(own, 300)}}), "O-KEY"), Unknown, "nobody answers")
	edge := []map[string]any{{"Use": "AccessEdgeExternal", "Thumbprint": own}}
	holds(t, run(t, estateOf(t, ofTrust, &fake{listings: trusts, cmdlets: map[string][]map[string]any{"Get-CsCertificate": edge}}), "O-KEY"), Unknown, "the sessions are on an Edge Server, which has no certificate to sign tokens with")
	holds(t, run(t, estateOf(t, ofTrust, &fake{listings: map[string]planner.Listing{"oauth_server": listingOf("oauth_server", objects{})}}), "O-KEY"), NoCause)
}

func TestKeysOnExchangesPrincipal(t *testing.T) {
	t.Parallel()
	of := func(l planner.Listing) *fake { return &fake{found: map[string]planner.Listing{exchangeOnline: l}} }
	holds(t, run(t, estateOf(t, ofTrust, of(principalWith(exchangeOnline, nil))), "O-EXKEY"), Pass, "0 keys")
	holds(t, run(t, estateOf(t, ofTrust, of(planner.Listing{})), "O-EXKEY"), Pass, "the tenant has none")
	holds(t, run(t, estateOf(t, ofTrust, of(principalWith(exchangeOnline, nil, keyOf("AB", 9), keyOf("CD", -9)))), "O-EXKEY"), Fail,
		"there are 2 keys on the service principal of Exchange Online (CVE-2025-53786)", "CN=x, thumbprint AB", "dedicated Exchange hybrid application")
	holds(t, run(t, estateOf(t, ofTrust, &fake{}), "O-EXKEY"), Unknown, "nobody answers")
}
