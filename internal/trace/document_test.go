package trace

import (
	"net/http"
	"testing"
)

// Documents as pages and public code show them, and as old servers write them: blanks, other case, other order.
func TestDocuments(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ body, form, token, href, sip string }{
		"JSON": {`{"_links":{"self":{"href":"https://a/"},"User":{"href":" https://a/user "}}}`, formJSON, "user", "https://a/user", ""},
		"XML": {"\xef\xbb\xbf" + `<?xml version="1.0" encoding="utf-8"?><AutodiscoverResponse xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" accesslocation="External"><User>` +
			`<SipClientExternalAccess fqdn=" Sip.contoso.com " port=" 443 "/><Link TOKEN="external/UCWA" HREF="https://a/ucwa"/></User></AutodiscoverResponse>`, formXML, "external/ucwa", "https://a/ucwa", "sip.contoso.com:443"},
		"old JSON": {
			`{"AccessLocation":"External","Domain":{"SipClientExternalAccess":{"fqdn":"sip.contoso.com","port":443},"Links":[{"token":"Hybrid","href":"https://b/"}]}}`,
			formOld, "hybrid", "https://b/", "sip.contoso.com:443",
		},
	}
	for name, test := range tests {
		d, err := readDocument([]byte(test.body))
		if err != nil || d.form != test.form || d.links[test.token] != test.href || d.sip(Outside) != test.sip {
			t.Errorf("%s: %+v, %v", name, d, err)
		}
	}
	for _, bad := range []string{"", "  ", "x", "[]", "{}", `{"Root":3}`, "<a/>", "<AutodiscoverResponse>", "<AutodiscoverResponse/><b", `{"_links":`} {
		if d, err := readDocument([]byte(bad)); err == nil {
			t.Errorf("%q is taken for a document: %+v", bad, d)
		}
	}
}

// Whatever a server sends, reading it ends and does not break.
func FuzzDocument(f *testing.F) {
	for _, seed := range []string{`{"_links":{"user":{"href":"x"}}}`, `<AutodiscoverResponse><Root><Link token="a" href="b"/></Root></AutodiscoverResponse>`, `{"Root":{"Links":[{}]}}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		if d, err := readDocument(body); err == nil && d.form == "" {
			t.Error("it is a document without a form")
		}
	})
}

// Both families, together or alone, quoted or not, folded into one line or in several.
func TestChallenges(t *testing.T) {
	t.Parallel()
	const ticket, web = "https://web.contoso.com/WebTicket/oauthtoken", "https://web.contoso.com/WebTicket/WebTicketService.svc"
	tests := map[string]struct {
		lines    []string
		web      string
		oauth    string
		password bool
		none     bool
	}{
		"two lines":    {[]string{`Bearer trusted_issuers="a@b", client_id="c"`, `MsRtcOAuth href="` + ticket + `",grant_type="urn:microsoft.rtc:windows,urn:microsoft.rtc:anonmeeting,password"`}, web, ticket, true, false},
		"folded":       {[]string{`Bearer trusted_issuers="", client_id="c", MsRtcOAuth href="` + ticket + `",grant_type="urn:microsoft.rtc:windows"`}, "", ticket, false, false},
		"unquoted":     {[]string{`MsRtcOAuth href=` + ticket + `,grant_type="password"`}, "", ticket, true, false},
		"other case":   {[]string{`msrtcoauth HREF="` + ticket + `"`}, "", ticket, true, false},
		"tickets only": {nil, web, "", false, false},
		"Negotiate":    {[]string{"Negotiate", "NTLM"}, "", "", false, true},
		"nothing":      {nil, "", "", false, true},
	}
	for name, test := range tests {
		h := http.Header{"Www-Authenticate": test.lines}
		if test.web != "" {
			h.Set("X-MS-WebTicketURL", test.web)
		}
		if c := readChallenge(h); c.oauth != test.oauth || c.password() != test.password || c.none() != test.none || c.webTicket != test.web {
			t.Errorf("%s: %+v", name, c)
		}
	}
}
