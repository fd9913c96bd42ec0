package lab

import (
	"encoding/xml"
	"fmt"
	"strings"
	"time"

	"github.com/beevik/etree"
)

// The namespaces of WS-Management (DSP0226) and of the Windows shell on top of it (MS-WSMV 2.2.1).
const (
	nsEnvelope   = "http://www.w3.org/2003/05/soap-envelope"
	nsAddressing = "http://schemas.xmlsoap.org/ws/2004/08/addressing"
	nsWSMan      = "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"
	nsTransfer   = "http://schemas.xmlsoap.org/ws/2004/09/transfer"
	nsShell      = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell"
	nsFault      = "http://schemas.microsoft.com/wbem/wsman/1/wsmanfault"

	resourceCmd = nsShell + "/cmd"
	anonymous   = nsAddressing + "/role/anonymous"
	faultDetail = "http://schemas.dmtf.org/wbem/wsman/1/wsman/faultDetail/"
)

// A message is a request of WS-Management, as far as shells need it.
type message struct {
	action   string
	id       string
	resource string
	shell    string // selector ShellId
	timeout  time.Duration
	envelope int // MaxEnvelopeSize in bytes
	body     *etree.Element
}

const (
	defaultTimeout = 60 * time.Second // MaxTimeoutms of Windows
	// maxEnvelope is MaxEnvelopeSizekb of Windows, in bytes; minEnvelope is the least a client may ask for (DSP0226 6.2).
	maxEnvelope = 500 << 10
	minEnvelope = 8 << 10
)

// parseMessage reads a request. What is wrong with it comes back as the fault to answer with.
func parseMessage(data []byte) (*message, *soapFault) {
	doc := etree.NewDocument()
	if err := doc.ReadFromBytes(data); err != nil {
		return nil, schemaFault("the request is no well-formed XML: " + err.Error())
	}
	if !single(doc) {
		return nil, schemaFault("the request is no well-formed XML: there is more than one element at the top, or text")
	}
	root := doc.Root()
	if root == nil || root.Tag != "Envelope" || root.NamespaceURI() != nsEnvelope {
		return nil, schemaFault("the request is no SOAP 1.2 envelope")
	}
	m := &message{timeout: defaultTimeout, envelope: maxEnvelope}
	if header := child(root, nsEnvelope, "Header"); header != nil {
		if fault := m.header(header); fault != nil {
			return m, fault
		}
	}
	m.body = child(root, nsEnvelope, "Body")
	switch {
	case m.action == "" || m.id == "":
		return m, schemaFault("the request lacks the header Action or MessageID")
	case m.body == nil:
		return m, schemaFault("the request has no body")
	}
	return m, nil
}

// single says whether a document is one element, with nothing but white space around it. The reader itself sees to it that
// elements are nested, and would see to this only by reading everything twice.
func single(doc *etree.Document) bool {
	roots := 0
	for _, token := range doc.Child {
		switch token := token.(type) {
		case *etree.Element:
			roots++
		case *etree.CharData:
			if strings.TrimSpace(token.Data) != "" {
				return false
			}
		}
	}
	return roots == 1
}

func (m *message) header(header *etree.Element) *soapFault {
	for _, e := range header.ChildElements() {
		text := strings.TrimSpace(e.Text())
		switch (xml.Name{Space: e.NamespaceURI(), Local: e.Tag}) {
		case xml.Name{Space: nsAddressing, Local: "Action"}:
			m.action = text
		case xml.Name{Space: nsAddressing, Local: "MessageID"}:
			m.id = text
		case xml.Name{Space: nsWSMan, Local: "ResourceURI"}:
			m.resource = text
		case xml.Name{Space: nsWSMan, Local: "SelectorSet"}:
			m.shell = selector(e)
		case xml.Name{Space: nsWSMan, Local: "OperationTimeout"}:
			timeout, err := parseDuration(text)
			if err != nil {
				return schemaFault("OperationTimeout: " + err.Error())
			}
			m.timeout = min(timeout, defaultTimeout)
		case xml.Name{Space: nsWSMan, Local: "MaxEnvelopeSize"}:
			var size int
			if _, err := fmt.Sscanf(text, "%d", &size); err != nil || size < minEnvelope {
				return schemaFault("MaxEnvelopeSize is not a number of 8192 or more")
			}
			m.envelope = min(size, maxEnvelope)
		}
	}
	return nil
}

// selector gives the shell's id. The specification writes ShellID, clients ShellId.
func selector(set *etree.Element) string {
	for _, e := range set.ChildElements() {
		if e.Tag == "Selector" && e.NamespaceURI() == nsWSMan && strings.EqualFold(e.SelectAttrValue("Name", ""), "ShellId") {
			return strings.TrimSpace(e.Text())
		}
	}
	return ""
}

// child finds a child by namespace and name, whatever the prefix.
func child(e *etree.Element, space, tag string) *etree.Element {
	if e == nil {
		return nil
	}
	for _, c := range e.ChildElements() {
		if c.Tag == tag && c.NamespaceURI() == space {
			return c
		}
	}
	return nil
}

// parseDuration reads the xs:duration that clients send: days, hours, minutes and seconds.
func parseDuration(text string) (time.Duration, error) {
	days, clock, _ := strings.Cut(strings.TrimPrefix(text, "P"), "T")
	total := time.Duration(0)
	if n, ok := strings.CutSuffix(days, "D"); ok {
		d, err := time.ParseDuration(n + "h")
		if err != nil {
			return 0, fmt.Errorf("%q is no duration", text)
		}
		total = 24 * d
	} else if days != "" {
		return 0, fmt.Errorf("%q is no duration of days and less", text)
	}
	if clock != "" {
		d, err := time.ParseDuration(strings.ToLower(clock))
		if err != nil {
			return 0, fmt.Errorf("%q is no duration", text)
		}
		total += d
	}
	if !strings.HasPrefix(text, "P") || len(text) < 3 || total < 0 {
		return 0, fmt.Errorf("%q is no duration", text)
	}
	return total, nil
}

// A soapFault is an answer with HTTP status 500.
type soapFault struct {
	code    uint32 // WSManFault's
	sender  bool
	subcode string
	text    string
	detail  string // w:FaultDetail, "" for none
}

// The faults of Windows, in its words (MS-WSMV 3.1.4.1.30 ff., and as captured from servers).
var (
	faultTimeout = &soapFault{
		code: 2150858793, subcode: "w:TimedOut",
		text: "The WS-Management service cannot complete the operation within the time specified in OperationTimeout.  ",
	}
	faultShells = &soapFault{
		code: 2150859173, sender: true, subcode: "w:QuotaLimit",
		text: "The WS-Management service cannot process the request. This user is allowed a maximum number of 30 concurrent shells, which has been exceeded. Close existing shells or raise the quota for this user. ",
	}
	faultProcesses = &soapFault{
		code: 2150859173, sender: true, subcode: "w:QuotaLimit",
		text: "The WS-Management service cannot process the request. The maximum number of 25 processes for this shell has been exceeded. ",
	}
	faultOperations = &soapFault{
		code: 2150859174, sender: true, subcode: "w:QuotaLimit",
		text: "The WS-Management service cannot process the request. This user is allowed a maximum number of 1500 concurrent operations, which has been exceeded. Close existing operations for this user, or raise the quota for this user. ",
	}
	faultAction = &soapFault{
		code: 2150858751, sender: true, subcode: "a:ActionNotSupported",
		text: "The WS-Management service cannot process the request because the action is not supported by the service. ",
	}
	faultResource = &soapFault{
		code: 2150858752, sender: true, subcode: "a:DestinationUnreachable",
		text:   "The WS-Management service cannot process the request. The resource URI is missing or it has an incorrect format. ",
		detail: faultDetail + "InvalidResourceURI",
	}
)

func schemaFault(what string) *soapFault {
	return &soapFault{
		code: 2150858817, sender: true, subcode: "w:SchemaValidationError",
		text: "The WS-Management service cannot process a request because the XML is not valid: " + what + ". ",
	}
}

func shellFault(id string) *soapFault {
	return &soapFault{
		code: 2150858843, sender: true, subcode: "w:InvalidSelectors",
		text:   "The request for the Windows Remote Shell with ShellId " + id + " failed because the shell was not found on the server. Possible causes are: the specified ShellId is incorrect or the shell no longer exists on the server. Provide the correct ShellId or create a new shell and retry the operation. ",
		detail: faultDetail + "UnexpectedSelectors",
	}
}

func commandFault(id string) *soapFault {
	return &soapFault{
		code: 2150858845, sender: true, subcode: "w:InvalidParameter",
		text: "The WS-Management service cannot process the request. There is no command with the CommandId " + id + " in the shell. ",
	}
}

// escape gives text as XML character data.
func escape(text string) string {
	var b strings.Builder
	// A strings.Builder takes whatever it is given.
	_ = xml.EscapeText(&b, []byte(text))
	return b.String()
}

// envelope wraps a body into an answer. Every answer relates to its request: pywinrm insists on it.
func envelope(action, messageID, relatesTo, body string) string {
	return `<s:Envelope xml:lang="en-US" xmlns:s="` + nsEnvelope + `" xmlns:a="` + nsAddressing + `" xmlns:x="` + nsTransfer +
		`" xmlns:w="` + nsWSMan + `" xmlns:rsp="` + nsShell + `" xmlns:f="` + nsFault + `"><s:Header><a:Action>` + escape(action) +
		`</a:Action><a:MessageID>uuid:` + messageID + `</a:MessageID><a:To>` + anonymous + `</a:To><a:RelatesTo>` + escape(relatesTo) +
		`</a:RelatesTo></s:Header><s:Body>` + body + `</s:Body></s:Envelope>`
}

func (f *soapFault) body() string {
	who, detail := "s:Receiver", ""
	if f.sender {
		who = "s:Sender"
	}
	if f.detail != "" {
		detail = "<w:FaultDetail>" + f.detail + "</w:FaultDetail>"
	}
	text := escape(f.text)
	return fmt.Sprintf(`<s:Fault><s:Code><s:Value>%s</s:Value><s:Subcode><s:Value>%s</s:Value></s:Subcode></s:Code>`+
		`<s:Reason><s:Text xml:lang="en-US">%s</s:Text></s:Reason><s:Detail>%s<f:WSManFault Code="%d" Machine="lab"><f:Message>%s</f:Message></f:WSManFault></s:Detail></s:Fault>`,
		who, f.subcode, text, detail, f.code, text)
}
