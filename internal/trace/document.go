package trace

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"strings"
)

// The forms in which the autodiscover service writes its documents.
const (
	formJSON = "JSON"
	formOld  = "JSON of the first clients" // {"AccessLocation":…,"Root":{"Links":[…]}}
	formXML  = "XML"
)

// A document is an answer of the autodiscover service. Tokens are in lower case: servers differ in theirs.
type document struct {
	form     string
	location string            // "Internal", "External", "" where it does not say
	links    map[string]string // href by token: "user", "redirect", "external/ucwa"
	access   map[string]string // "fqdn:port" by element: "sipclientexternalaccess"
}

var errNoDocument = errors.New("it answers, but not as an autodiscover service does")

// readDocument reads any of the forms; the media type is not asked, since proxies rewrite it.
func readDocument(body []byte) (document, error) {
	d := document{links: map[string]string{}, access: map[string]string{}}
	body = bytes.TrimSpace(bytes.TrimPrefix(body, []byte("\xef\xbb\xbf")))
	switch {
	case len(body) == 0:
		return d, errors.New("it answers with an empty document")
	case body[0] == '{':
		return d, d.readJSON(body)
	case body[0] == '<':
		return d, d.readXML(body)
	}
	return d, errNoDocument
}

func (d *document) readJSON(body []byte) error {
	var members map[string]json.RawMessage
	if json.Unmarshal(body, &members) != nil {
		return errNoDocument
	}
	for name, value := range members {
		switch strings.ToLower(name) {
		case "_links":
			d.form = formJSON
			d.hal(value)
		case "accesslocation":
			_ = json.Unmarshal(value, &d.location)
		case "root", "domain", "user":
			d.old(value)
		}
	}
	if d.form == "" {
		return errNoDocument
	}
	return nil
}

// hal reads {"user":{"href":"…"}}.
func (d *document) hal(value json.RawMessage) {
	var links map[string]json.RawMessage
	if json.Unmarshal(value, &links) != nil {
		return
	}
	for token, raw := range links {
		var link struct{ Href string }
		if json.Unmarshal(raw, &link) == nil {
			d.link(token, link.Href)
		}
	}
}

// old reads {"Links":[{"token":"User","href":"…"}],"SipClientExternalAccess":{"fqdn":"…","port":"443"}}.
func (d *document) old(value json.RawMessage) {
	var members map[string]json.RawMessage
	if json.Unmarshal(value, &members) != nil {
		return
	}
	d.form = formOld
	for name, raw := range members {
		if strings.EqualFold(name, "links") {
			var links []struct{ Token, Href string }
			_ = json.Unmarshal(raw, &links)
			for _, l := range links {
				d.link(l.Token, l.Href)
			}
			continue
		}
		var end struct {
			Fqdn string
			Port any
		}
		if json.Unmarshal(raw, &end) == nil {
			d.end(name, end.Fqdn, portText(end.Port))
		}
	}
}

func portText(port any) string {
	text, err := json.Marshal(port)
	if err != nil || port == nil {
		return ""
	}
	return strings.Trim(string(text), `"`)
}

func (d *document) readXML(body []byte) error {
	x := xml.NewDecoder(bytes.NewReader(body))
	x.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	for depth := 0; ; {
		token, err := x.Token()
		if errors.Is(err, io.EOF) && depth == 0 && d.form != "" {
			return nil
		}
		if err != nil {
			return errNoDocument
		}
		switch e := token.(type) {
		case xml.StartElement:
			if depth == 0 && !strings.EqualFold(e.Name.Local, "AutodiscoverResponse") {
				return errNoDocument
			}
			d.form = formXML
			d.element(e)
			depth++
		case xml.EndElement:
			depth--
		}
	}
}

// element takes what is needed of one element.
func (d *document) element(e xml.StartElement) {
	switch name := strings.ToLower(e.Name.Local); {
	case name == "autodiscoverresponse":
		d.location = attribute(e, "AccessLocation")
	case name == "link":
		d.link(attribute(e, "token"), attribute(e, "href"))
	case strings.HasPrefix(name, "sip"):
		d.end(name, attribute(e, "fqdn"), attribute(e, "port"))
	}
}

func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if strings.EqualFold(a.Name.Local, name) {
			return a.Value
		}
	}
	return ""
}

// link keeps a link; Microsoft's own samples have blanks around values.
func (d *document) link(token, href string) {
	if href = strings.TrimSpace(href); href != "" {
		d.links[strings.ToLower(strings.TrimSpace(token))] = href
	}
}

func (d *document) end(element, fqdn, port string) {
	fqdn, port = strings.TrimSpace(fqdn), strings.TrimSpace(port)
	if fqdn != "" && port != "" {
		d.access[strings.ToLower(element)] = strings.ToLower(fqdn) + ":" + port
	}
}

// home is a link by which the document says that the user is homed where it comes from; "" where none does.
func (d document) home() string {
	for _, token := range []string{"applications", "ucwa", "external/ucwa", "internal/ucwa", "external/mcx", "internal/mcx", "external/authbroker", "internal/authbroker"} {
		if d.links[token] != "" {
			return d.links[token]
		}
	}
	return ""
}

// sip is where clients in a view connect for SIP, host:port: by the document's word on where the client is, else by the view.
func (d document) sip(v View) string {
	internal, external := d.access["sipclientinternalaccess"], d.access["sipclientexternalaccess"]
	switch {
	case strings.EqualFold(d.location, "internal"), d.location == "" && v == Inside:
		return internal
	}
	return external
}
