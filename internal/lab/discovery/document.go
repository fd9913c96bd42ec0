package discovery

import (
	"encoding/json"
	"encoding/xml"
	"net/http"
	"strings"
)

// The types of answers.
const (
	typeJSON    = "application/json; charset=utf-8"
	typeOldJSON = "application/vnd.microsoft.rtc.autodiscover+json; v=1"
	typeXML     = "application/vnd.microsoft.rtc.autodiscover+xml; v=1"
)

// A document is an answer, in whatever form it is written.
type document struct {
	part    string // "Root", "Domain", "User"
	access  []Access
	links   []Link
	members []Link // of _links; nil: there is no such form of it
}

type xmlDocument struct {
	XMLName  xml.Name `xml:"AutodiscoverResponse"`
	XSD      string   `xml:"xmlns:xsd,attr"`
	XSI      string   `xml:"xmlns:xsi,attr"`
	Location string   `xml:"AccessLocation,attr"`
	Part     xmlPart
}

type xmlPart struct {
	XMLName xml.Name
	Access  []xmlAccess
	Links   []xmlLink `xml:"Link"`
}

type xmlAccess struct {
	XMLName xml.Name
	FQDN    string `xml:"fqdn,attr"`
	Port    int    `xml:"port,attr"`
}

type xmlLink struct {
	Token string `xml:"token,attr" json:"token"`
	Href  string `xml:"href,attr" json:"href"`
}

// write answers in the form that the client accepts, or that a fault makes it.
func (s *Service) write(w http.ResponseWriter, r *http.Request, p Place, d document) {
	d = s.mistaken(p, d)
	switch form := s.form(r, p, d); form {
	case typeJSON:
		send(w, form, map[string]any{"_links": d.json()})
	case typeOldJSON:
		send(w, form, map[string]any{"AccessLocation": p.location(), d.part: map[string]any{"Links": d.xmlLinks()}})
	default:
		text, err := xml.Marshal(d.xml(p))
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", form)
		_, _ = w.Write(append([]byte(xml.Header), text...)) // a client that went away needs no answer
	}
}

func send(w http.ResponseWriter, form string, value any) {
	w.Header().Set("Content-Type", form)
	_ = json.NewEncoder(w).Encode(value) // a client that went away needs no answer
}

// form is the type of an answer: JSON for whoever says nothing. Of Domain no form in JSON is known.
func (s *Service) form(r *http.Request, p Place, d document) string {
	accepts := strings.ToLower(strings.Join(r.Header.Values("Accept"), ","))
	switch {
	case s.Side.Shows(p.Host, OnlyXML), d.members == nil:
		return typeXML
	case s.Side.Shows(p.Host, OldJSON), strings.Contains(accepts, "autodiscover+json"):
		return typeOldJSON
	case strings.Contains(accepts, "xml") && !strings.Contains(accepts, "application/json"):
		return typeXML
	}
	return typeJSON
}

// mistaken is a document with the faults of a host in it.
func (s *Service) mistaken(p Place, d document) document {
	links, members, access := d.links, d.members, d.access
	if s.Side.Shows(p.Host, Downgrade) {
		links, members = eachLink(links, downgraded), eachLink(members, downgraded)
	}
	if s.Side.Shows(p.Host, MixedCase) {
		links, members = eachLink(links, mixed), eachLink(members, mixed)
	}
	if s.Side.Shows(p.Host, Blanks) {
		access = nil
		for _, a := range d.access {
			a.FQDN = " " + a.FQDN + " "
			access = append(access, a)
		}
	}
	return document{part: d.part, access: access, links: links, members: members}
}

func eachLink(links []Link, change func(Link) Link) (all []Link) {
	for _, l := range links {
		all = append(all, change(l))
	}
	return all
}

func downgraded(l Link) Link {
	return Link{l.Token, strings.Replace(l.Href, "https://", "http://", 1)}
}

// mixed turns every other letter: "rEdIrEcT".
func mixed(l Link) Link {
	text := []byte(strings.ToLower(l.Token))
	for n := 1; n < len(text); n += 2 {
		text[n] = strings.ToUpper(string(text[n]))[0]
	}
	return Link{string(text), l.Href}
}

func (d document) json() map[string]any {
	all := map[string]any{}
	for _, l := range d.members {
		all[l.Token] = map[string]string{"href": l.Href}
	}
	return all
}

func (d document) xmlLinks() (all []xmlLink) {
	for _, l := range d.links {
		all = append(all, xmlLink{l.Token, l.Href})
	}
	return all
}

func (d document) xml(p Place) xmlDocument {
	part := xmlPart{XMLName: xml.Name{Local: d.part}, Links: d.xmlLinks()}
	for _, a := range d.access {
		part.Access = append(part.Access, xmlAccess{XMLName: xml.Name{Local: a.Name}, FQDN: a.FQDN, Port: a.Port})
	}
	return xmlDocument{XSD: "http://www.w3.org/2001/XMLSchema", XSI: "http://www.w3.org/2001/XMLSchema-instance", Location: p.location(), Part: part}
}
