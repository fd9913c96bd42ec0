package check

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"hybrid/internal/document"
	"hybrid/schema"
)

// tokenServers is O-STS.
func tokenServers(ctx context.Context, e *Estate) Result {
	servers, err := e.objects(ctx, "skype", "oauth_server")
	if err != nil {
		return Unread(err)
	}
	t := &trial{e: e}
	for _, o := range e.declared("oauth_server") {
		if !among(servers, o.Identity) {
			t.lists("token servers", servers)
			t.blame(o)
			t.fault("Apply "+o.Address.String()+" ("+schema.Place(o.Range)+").", "the servers do not trust the token server %s, which the configuration declares", o.Identity)
		}
	}
	if len(servers) == 0 && len(t.faults) == 0 {
		return Absent("the servers trust no token server, and the configuration declares none")
	}
	for _, s := range servers {
		t.tokenServer(ctx, s)
	}
	return t.result()
}

func among(all []live, identity string) bool {
	for _, l := range all {
		if strings.EqualFold(l.identity, identity) {
			return true
		}
	}
	return false
}

// tokenServer looks at one: its address, its document, its keys.
func (t *trial) tokenServer(ctx context.Context, s live) {
	address := s.text("metadata_url")
	t.seen = append(t.seen, t.e.Saw("MetadataUrl of "+s.identity, address, "the servers"), t.e.Saw("Realm of "+s.identity, s.text("realm"), "the servers"))
	if want := t.e.metadataOf(s); want != "" && !strings.EqualFold(strings.TrimSuffix(want, "/"), strings.TrimSuffix(address, "/")) {
		t.fault("Set-CsOAuthServer -Identity "+s.identity+" -MetadataUrl "+want+", or declare it as oauth_server and apply.", "the token server %s is looked for at %s, and is at %s", s.identity, address, want)
	}
	d, err := t.e.Source.Document(ctx, address)
	if err != nil {
		t.unknown("the metadata of %s could not be fetched from here: %v", s.identity, err)
		return
	}
	t.seen = append(t.seen, t.e.Saw("answer to this machine", fmt.Sprintf("%d, %d bytes", d.Status, len(d.Body)), address))
	switch {
	case d.Status == http.StatusOK:
		t.metadata(s, d)
	case d.Status == http.StatusNotFound || d.Status == http.StatusBadRequest || d.Status == http.StatusGone:
		t.fault("Look at the tenant's id in the address, and write the right one: Set-CsOAuthServer -Identity "+s.identity+" -MetadataUrl ….", "there is no metadata document of %s at %s (status %d)", s.identity, address, d.Status)
	case d.Location != "":
		t.unknown("the address of %s's metadata leads on to %s; whether the servers follow is not known", s.identity, d.Location)
	default:
		t.unknown("the metadata of %s could not be fetched from here: the answer has status %d", s.identity, d.Status)
	}
}

// metadataOf is where a token server's metadata must be: where the configuration says, or, of Access Control, where the cloud
// has those of the tenant; "" where neither tells.
func (e *Estate) metadataOf(s live) string {
	if o := e.declaredAs("oauth_server", s.identity); o != nil {
		return schema.Text(o.Want.GetAttr("metadata_url"))
	}
	own := e.Config.Cloud.Text("metadata_url")
	prefix, _, _ := strings.Cut(own, "{tenant}")
	if own == "" || e.tenantID() == "" || !strings.HasPrefix(strings.ToLower(s.text("metadata_url")), prefix) {
		return ""
	}
	return strings.ReplaceAll(own, "{tenant}", e.tenantID())
}

// A published is what a metadata document says.
type published struct {
	issuer, realm string // "" where the form of the document has none
	keys          []*x509.Certificate
}

// metadata judges a document.
func (t *trial) metadata(s live, d document.Document) {
	said, err := readMetadata(d.Body)
	if err != nil {
		t.fault("Fetch "+s.text("metadata_url")+" on a Front End Server: where the same comes there, something in between answers in the place of the token server, and must let it through.", "what is at the address of %s's metadata is no metadata document: %v", s.identity, err)
		return
	}
	t.seen = append(t.seen, t.e.Saw("metadata of "+s.identity, fmt.Sprintf("issuer %s, realm %s, %d keys", orUnnamed(said.issuer), orUnnamed(said.realm), len(said.keys)), s.text("metadata_url")))
	refetch := "Set-CsOAuthServer -Identity " + s.identity + " -MetadataUrl " + s.text("metadata_url") + ", which makes the servers read the document again; where its address is another tenant's, write the right one."
	if known := issuerID(s.text("issuer_identifier")); known != "" && said.issuer != "" && !strings.EqualFold(known, said.issuer) {
		t.fault(refetch, "the servers know %s by the issuer %s, and its metadata name %s", s.identity, known, said.issuer)
	}
	if known := s.text("realm"); known != "none" && known != "" && said.realm != "" && !strings.EqualFold(known, said.realm) {
		t.fault("Look which tenant's document this is. The realm cannot be changed: another one in oauth_server means that the server is removed and made again.", "the realm of %s is %s on the servers, and %s in its metadata", s.identity, known, said.realm)
	}
	t.published(s, said.keys)
}

// published looks for a key that is good now. Documents hold keys of the past and of the future beside it.
func (t *trial) published(s live, keys []*x509.Certificate) {
	var last time.Time
	for _, key := range keys {
		if now := t.e.Now(); now.Before(key.NotAfter) && !now.Before(key.NotBefore) {
			return
		}
		if key.NotAfter.After(last) {
			last = key.NotAfter
		}
	}
	const do = "Nothing here can renew the keys of a token server. Look whether the address is the right one, and ask whoever runs it."
	if len(keys) == 0 {
		t.fault(do, "the metadata of %s hold no key", s.identity)
		return
	}
	t.fault(do, "none of the %d keys in the metadata of %s is good now; the last expired on %s", len(keys), s.identity, last.UTC().Format(time.DateOnly))
}

// issuerID is an issuer without the realm that may stand behind it.
func issuerID(text string) string {
	if text == "none" {
		return ""
	}
	id, _, _ := strings.Cut(text, "@")
	return id
}

// readMetadata takes a document in either form apart: JSON, or federation metadata.
func readMetadata(body []byte) (published, error) {
	if text := bytes.TrimSpace(bytes.TrimPrefix(body, []byte("\ufeff"))); len(text) > 0 && text[0] == '<' {
		return federationMetadata(text)
	}
	var said struct {
		Issuer, Realm string
		Keys          *[]struct {
			KeyValue struct{ Type, Value string }
		}
	}
	if err := json.Unmarshal(body, &said); err != nil || said.Keys == nil {
		return published{}, errors.New("it is no JSON with keys")
	}
	p := published{issuer: issuerID(said.Issuer), realm: said.Realm}
	if _, realm, ok := strings.Cut(said.Issuer, "@"); ok && p.realm == "" {
		p.realm = realm
	}
	for _, key := range *said.Keys {
		if strings.EqualFold(key.KeyValue.Type, "x509Certificate") {
			if err := p.add(key.KeyValue.Value); err != nil {
				return published{}, err
			}
		}
	}
	return p, nil
}

// federationMetadata reads the certificates of federation metadata. Its issuers are not those that the servers show.
func federationMetadata(text []byte) (published, error) {
	var p published
	d, inside, entity := xml.NewDecoder(bytes.NewReader(text)), false, false
	for {
		token, err := d.Token()
		switch {
		case errors.Is(err, io.EOF) && entity:
			return p, nil
		case err != nil || errors.Is(err, io.EOF):
			return published{}, errors.New("it is no federation metadata")
		}
		switch token := token.(type) {
		case xml.StartElement:
			entity = entity || token.Name.Local == "EntityDescriptor"
			inside = token.Name.Local == "X509Certificate"
		case xml.EndElement:
			inside = false
		case xml.CharData:
			if inside {
				if err := p.add(string(token)); err != nil {
					return published{}, err
				}
			}
		}
	}
}

func (p *published) add(text string) error {
	der, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(text), ""))
	if err != nil {
		return errors.New("one of its keys is no base64")
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		return errors.New("one of its keys is no certificate")
	}
	p.keys = append(p.keys, c)
	return nil
}
