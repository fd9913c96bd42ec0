package wsmantest

import (
	"cmp"
	"fmt"
	"net/http"
)

// A message is what is read of a request.
type message struct {
	Header struct {
		Action    string   `xml:"Action"`
		MessageID string   `xml:"MessageID"`
		Timeout   string   `xml:"OperationTimeout"`
		Selector  string   `xml:"SelectorSet>Selector"`
		Options   []option `xml:"OptionSet>Option"`
	} `xml:"Header"`
	Body struct {
		Command string   `xml:"CommandLine>Command"`
		Args    []string `xml:"CommandLine>Arguments"`
		Stream  struct {
			End  string `xml:"End,attr"`
			Data string `xml:",chardata"`
		} `xml:"Send>Stream"`
	} `xml:"Body"`
}

type option struct {
	Name  string `xml:"Name,attr"`
	Value string `xml:",chardata"`
}

const namespaces = `xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" ` +
	`xmlns:w="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd" xmlns:x="http://schemas.xmlsoap.org/ws/2004/09/transfer" ` +
	`xmlns:rsp="http://schemas.microsoft.com/wbem/wsman/1/windows/shell"`

func answer(w http.ResponseWriter, m *message, body string) {
	Envelope(w, http.StatusOK, m.Header.Action+"Response", m.Header.MessageID, body)
}

// Envelope writes an answer of any kind.
func Envelope(w http.ResponseWriter, status int, action, relatesTo, body string) {
	w.Header().Set("Content-Type", "application/soap+xml;charset=UTF-8")
	w.WriteHeader(status)
	_, _ = fmt.Fprintf(w, `<s:Envelope %s><s:Header><a:Action>%s</a:Action><a:MessageID>uuid:1</a:MessageID>`+
		`<a:To>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</a:To><a:RelatesTo>%s</a:RelatesTo></s:Header>`+
		`<s:Body>%s</s:Body></s:Envelope>`, namespaces, action, relatesTo, body)
}

// Fault writes a fault in the form that Windows gives it.
func Fault(w http.ResponseWriter, code uint32, subcode, reason string) {
	Envelope(w, http.StatusInternalServerError, "http://schemas.dmtf.org/wbem/wsman/1/wsman/fault", "", fmt.Sprintf(
		`<s:Fault><s:Code><s:Value>s:Receiver</s:Value><s:Subcode><s:Value>%s</s:Value></s:Subcode></s:Code>`+
			`<s:Reason><s:Text xml:lang="en-US">%s  </s:Text></s:Reason>`+
			`<s:Detail><f:WSManFault xmlns:f="http://schemas.microsoft.com/wbem/wsman/1/wsmanfault" Code="%d" Machine="fe01.contoso.com">`+
			`<f:Message>%s </f:Message></f:WSManFault></s:Detail></s:Fault>`, cmp.Or(subcode, "w:InternalError"), reason, code, reason))
}
