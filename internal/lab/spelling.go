package lab

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/miekg/dns"
)

// otherWord is a property's text in other words: names and ids, which have no case, in capitals; URLs, which have none in scheme
// and host. What is in no list, such as a comment, is given as it is: words is false.
func otherWord(name, text string) (other string, words bool) {
	switch {
	case slices.Contains(caseless(), name):
		return strings.ToUpper(text), true
	case slices.Contains([]string{"MetadataUrl", "AuthorizationUriOverride", "ExchangeAutodiscoverUrl", "SkypeSearchUrl", "IconUrl"}, name):
		return otherURL(text), true
	case name == "AuthToken":
		return otherToken(text), true
	case name == "HostingProvider", name == "OnPremHostingProvider":
		return otherHome(text), true
	}
	return text, false
}

func caseless() []string {
	return []string{
		"AutodiscoverUrl", "ProxyFqdn", "DefaultRouteFqdn", "Domain", "Name", "Realm", "IssuerIdentifier", "ApplicationIdentifier", "ApplicationId", "ServiceName",
		"ClientAuthorizationOAuthServerIdentity", "Destination", "Organization", "ExchangeAutodiscoverAllowedDomains", "SipAddress", "UserPrincipalName",
		"RegistrarPool", "LineURI", "NameDecorationDomain", "NameDecorationRoutingDomain", "VerificationLevel", "DiscoveredPartnerVerificationLevel", "Status",
		"DomainName", "HostNameAlias", "HostName", "RecordType", "OnPremSipAddress",
	}
}

func otherURL(text string) string {
	scheme, rest, ok := strings.Cut(text, "://")
	if !ok {
		return text
	}
	host, path, slash := strings.Cut(rest, "/")
	text = strings.ToUpper(scheme + "://" + host)
	if slash {
		text += "/" + path
	}
	return text
}

// otherToken is the text of a source of keys: a URL stands there alone or behind Value= (fixtures of Microsoft's OnPremDiag).
func otherToken(text string) string {
	if strings.HasPrefix(text, "https://") {
		return "Value=" + otherURL(text)
	}
	return text
}

// otherHome: Microsoft's own tools have had to do with srv: as well as with SRV:.
func otherHome(text string) string {
	if text == onServers {
		return strings.ToLower(text)
	}
	return strings.ToUpper(text)
}

// otherwise is what a cmdlet gives in another spelling that means the same: see docs/lab.md for what differs.
func (out output) otherwise() output {
	for _, a := range out.accounts {
		out.objects = append(out.objects, a.object())
	}
	for _, u := range out.online {
		out.objects = append(out.objects, u.object())
	}
	out.accounts, out.online = nil, nil
	objects := make([]Object, len(out.objects))
	for n, o := range out.objects {
		objects[len(objects)-1-n] = o.otherwise()
	}
	out.objects = objects
	return out
}

func (o Object) otherwise() Object {
	other := Object{"Key": "x", "ConfigMetadata": "x", "ConfigId": "x", "PSComputerName": "fe01"}
	for name, value := range o {
		other[name] = otherValue(name, value)
	}
	if identity, ok := other["Identity"].(string); ok {
		if bare, tagged := strings.CutPrefix(identity, "Tag:"); tagged {
			identity = bare
		}
		other["Identity"] = strings.ToUpper(identity)
	}
	return other
}

// otherValue is a property in another form: nothing for an empty text and the other way round, lists in another order, one of a
// list without the list, which PowerShell unrolls.
func otherValue(name string, value any) any {
	switch v := value.(type) {
	case nil:
		if _, words := otherWord(name, ""); words || name == "Comment" || name == "Description" {
			return ""
		}
	case string:
		return otherText(name, v)
	case []any:
		return otherList(name, v)
	case Object:
		if allowed, ok := v["AllowedDomain"].([]any); ok && len(allowed) > 0 {
			return domainsText(allowed)
		}
		return v.inOtherWords()
	}
	return value
}

// inOtherWords is a nested object; nothing is added to it.
func (o Object) inOtherWords() Object {
	other := Object{}
	for name, value := range o {
		other[name] = otherValue(name, value)
	}
	return other
}

func otherText(name, text string) any {
	switch {
	case text == "":
		return nil
	case name == "TimeToLive":
		if d, ok := parseTimeSpan(text); ok {
			return Object{"TotalSeconds": int64(d.Seconds()), "Ticks": d.Nanoseconds() / 100}
		}
	case name == "DescriptiveText":
		lines := []any{}
		for line := range strings.SplitSeq(text, "\r\n") {
			lines = append(lines, line)
		}
		return lines
	case name == "HostNameAlias" || name == "DomainName":
		return strings.ToUpper(strings.TrimSuffix(text, "."))
	}
	text, _ = otherWord(name, text)
	return text
}

func otherList(name string, list []any) any {
	if name == "BlockedDomains" && len(list) > 0 {
		return domainsText(list)
	}
	turned := make([]any, len(list))
	for n, item := range list {
		turned[len(list)-1-n] = otherValue(name, item)
	}
	if len(turned) == 1 {
		return turned[0]
	}
	return turned
}

// domainsText is what remains of domain patterns below the depth to which objects are taken apart: Domain=a,Domain=b.
func domainsText(list []any) string {
	var texts []string
	for _, item := range slices.Backward(list) {
		switch v := item.(type) {
		case Object:
			texts = append(texts, "Domain="+strings.ToUpper(v.Text("Domain")))
		default:
			texts = append(texts, "Domain="+strings.ToUpper(fmt.Sprint(v)))
		}
	}
	return strings.Join(texts, ",")
}

// respell writes down anew what name servers and the tenant in Entra hold, as somebody else would have written it: names in
// capitals, texts in other parts, lists in another order, thumbprints in hex.
func (e *Estate) respell() error {
	for view, zones := range e.Views {
		other := map[string][]string{}
		for zone, records := range zones {
			for _, record := range slices.Backward(records) {
				text, err := otherRecord(record)
				if err != nil {
					return fmt.Errorf("view %s, zone %s: %w", view, zone, err)
				}
				other[zone] = append(other[zone], text)
			}
		}
		e.SetView(view, other)
	}
	if e.Directory == nil {
		return nil
	}
	d := e.Directory.Clone()
	for n := range d.Principals {
		p := &d.Principals[n]
		slices.Reverse(p.Names)
		slices.Reverse(p.Keys)
		for i, name := range p.Names {
			p.Names[i] = strings.ToUpper(name)
		}
		for i := range p.Keys {
			if sum, err := base64.StdEncoding.DecodeString(p.Keys[i].Identifier); err == nil && len(sum) == 20 {
				p.Keys[i].Identifier = hex.EncodeToString(sum)
			}
		}
	}
	e.SetDirectory(d)
	return nil
}

// otherRecord is a record with its names in capitals, and the text of a TXT record in two parts.
func otherRecord(record string) (string, error) {
	rr, err := dns.NewRR(record)
	if err != nil || rr == nil {
		return "", fmt.Errorf("%q is no record: %w", record, err)
	}
	rr.Header().Name = strings.ToUpper(rr.Header().Name)
	switch rr := rr.(type) {
	case *dns.CNAME:
		rr.Target = strings.ToUpper(rr.Target)
	case *dns.SRV:
		rr.Target = strings.ToUpper(rr.Target)
	case *dns.TXT:
		if text := strings.Join(rr.Txt, ""); len(text) > 1 && !strings.Contains(text, `\`) {
			rr.Txt = []string{text[:len(text)/2], text[len(text)/2:]}
		}
	}
	return rr.String(), nil
}

// spelling makes every far end answer in another spelling than the one that it was told in, which is no difference.
func spelling() Setting {
	const name = "spelling.other"
	return Setting{
		Name: name, Doc: "far ends answer in other forms that mean the same, in which real ones have been seen to: true, false",
		Get: func(e *Estate) string { return fmt.Sprint(slices.ContainsFunc(e.Faults, Fault.respells)) },
		Set: func(e *Estate, text string) error {
			var other bool
			if err := parseSetting(&other, text); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			faults := slices.DeleteFunc(slices.Clone(e.Faults), Fault.respells)
			if !other {
				e.SetFaults(faults)
				return nil
			}
			e.SetFaults(append(faults, Fault{Kind: Spelling}))
			return e.respell()
		},
	}
}

func (f Fault) respells() bool { return f.Kind == Spelling }
