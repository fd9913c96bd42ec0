package discovery

import (
	"fmt"
	"html"
	"net/http"
)

// bindings is the document about the web ticket service: the name of its one port and of its policy, what the policy says, the
// port's address.
const bindings = `<?xml version="1.0" encoding="utf-8"?>
<wsdl:definitions name="WebTicketService" xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/"
    xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:wsp="http://schemas.xmlsoap.org/ws/2004/09/policy"
    xmlns:wsu="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd">
  <wsp:Policy wsu:Id="%[1]s_policy"><wsp:ExactlyOne><wsp:All>%[2]s</wsp:All></wsp:ExactlyOne></wsp:Policy>
  <wsdl:service name="WebTicketService"><wsdl:port name="%[1]s"><soap:address location="%[3]s"/></wsdl:port></wsdl:service>
</wsdl:definitions>
`

// mex says without asking who wants to know by which bindings tickets are given. The names of the ports are those that
// open clients look for; the cloud's policy has the address at which the tenant's users sign in.
func (s *Service) mex(w http.ResponseWriter, _ *http.Request, p Place) {
	port, policy := "WebTicketServiceWinNegotiate", ""
	if p.LoginURL != "" {
		port = "WsFedBearer"
		policy = `<af:OAuth xmlns:af="urn:component:Microsoft.Rtc.WebAuthentication.2010" af:authorizationUri="` + html.EscapeString(p.LoginURL) + `"/>`
	}
	w.Header().Set("Content-Type", "text/xml; charset=utf-8")
	fmt.Fprintf(w, bindings, port, policy, html.EscapeString("https://"+p.Web+"/WebTicket/WebTicketService.svc/Auth"))
}
