package check

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"

	"github.com/zclconf/go-cty/cty"

	"hybrid/schema"
)

// A View is from where names are looked up.
type View string

// The views.
const (
	Outside View = "outside" // as the Internet sees the names
	Inside  View = "inside"  // as servers and clients in the own network see them
)

// A Witness is a name server or a resolver that is asked what it says of a name.
type Witness struct {
	Name      string // "ns1.contoso.com", "8.8.8.8"
	Address   string // host:port
	Provider  string // the dns block by which it is known, or whose names it is asked for: "dns.external"; may be ""
	View      View
	Authority bool // a name server of the zone; otherwise a resolver, which may be behind
	System    bool // this machine's own resolver, of which the configuration does not say from where it looks
}

// String says who it is: "the name server ns1.contoso.com, outside".
func (w Witness) String() string {
	switch {
	case w.Authority:
		return fmt.Sprintf("the name server %s, %s", w.Name, w.View)
	case w.System:
		return fmt.Sprintf("this machine's resolver %s", w.Name)
	}
	return fmt.Sprintf("the resolver %s, %s", w.Name, w.View)
}

// An Answer is what a witness says of a name.
type Answer struct {
	Records       []Record // aliases and what they lead to, as far as the witness says; none where there are none
	NoName        bool     // there is no such name at all
	Authoritative bool     // of the zone's own data
	Recursive     bool     // the witness asks others for what it does not have
}

// A Record is one of an answer.
type Record struct {
	Name string // in lower case, without the dot at its end
	Type string // "SRV"
	Data string // as in a zone file, names in lower case and with the dot at their end: "0 0 5061 sip.contoso.com."
	TTL  int    // seconds
}

// Target is the name that a record leads to, without the dot at its end; "" for an address.
func (r Record) Target() string {
	fields := strings.Fields(r.Data)
	switch {
	case r.Type == "CNAME", r.Type == "NS":
		return strings.TrimSuffix(r.Data, ".")
	case r.Type == "SRV" && len(fields) == 4:
		return strings.TrimSuffix(fields[3], ".")
	}
	return ""
}

// A testimony is what a witness has said of a name, or why it has not.
type testimony struct {
	Witness
	Answer
	name string
	err  error
}

// own are the records at the very name that was asked for.
func (s testimony) own() []Record {
	return slices.DeleteFunc(slices.Clone(s.Records), func(r Record) bool { return r.Name != s.name })
}

// ask puts a question to a witness, once.
func (e *Estate) ask(ctx context.Context, w Witness, name, rtype string) (Answer, error) {
	return Once(e, fmt.Sprint("question ", w, w.Address, name, " ", rtype), func() (Answer, error) {
		return e.patiently(ctx, w, name, rtype)
	})
}

// hear asks witnesses side by side for all types at a name.
func (e *Estate) hear(ctx context.Context, all []Witness, name string, types ...string) []testimony {
	heard := make([]testimony, len(all))
	var wait sync.WaitGroup
	for n, w := range all {
		wait.Go(func() { heard[n] = e.hearOne(ctx, w, name, types) })
	}
	wait.Wait()
	return heard
}

func (e *Estate) hearOne(ctx context.Context, w Witness, name string, types []string) testimony {
	s := testimony{Witness: w, name: name}
	for n, rtype := range types {
		a, err := e.ask(ctx, w, name, rtype)
		if err != nil {
			s.err = err
			return s
		}
		s.NoName = a.NoName && (s.NoName || n == 0)
		s.Authoritative = a.Authoritative
		for _, r := range a.Records {
			if !slices.Contains(s.Records, r) {
				s.Records = append(s.Records, r)
			}
		}
	}
	return s
}

// witnesses are those who can be asked about a domain in a view: the name servers that the dns blocks name, those that the
// domain itself names, and the resolvers of the blocks, or those that are asked where none is named. The error says why the
// domain's own name servers could not be found.
func (e *Estate) witnesses(ctx context.Context, domain string, v View) ([]Witness, error) {
	return Once(e, "witnesses "+domain+" "+string(v), func() ([]Witness, error) {
		all, block := e.configured(domain, v)
		if !slices.ContainsFunc(all, func(w Witness) bool { return !w.Authority }) {
			for _, w := range e.Source.Resolvers(v) {
				w.Provider = block
				all = append(all, w)
			}
		}
		if v == Inside {
			return all, nil
		}
		found, err := e.nameServers(ctx, domain, all)
		for _, w := range found {
			if !slices.ContainsFunc(all, func(o Witness) bool { return strings.EqualFold(o.Name, w.Name) || o.Address == w.Address }) {
				all = append(all, w)
			}
		}
		return all, err
	})
}

// configured are the servers and resolvers of a domain's dns blocks, and the name of the first block.
func (e *Estate) configured(domain string, v View) (all []Witness, block string) {
	for _, p := range e.blocksFor(domain, v) {
		block = cmp.Or(block, p.Name)
		if server := cmp.Or(argument(p, "server"), argument(p, "host")); server != "" {
			all = append(all, Witness{Name: hostOf(server), Address: at53(server), Provider: p.Name, View: v, Authority: true})
		}
		for _, resolver := range arguments(p, "resolvers") {
			all = append(all, Witness{Name: resolver, Address: at53(resolver), Provider: p.Name, View: v})
		}
	}
	return all, block
}

func hostOf(server string) string {
	if host, _, err := net.SplitHostPort(server); err == nil {
		return host
	}
	return server
}

// at53 is a server as host:port, the port 53 where none is said.
func at53(server string) string {
	if _, _, err := net.SplitHostPort(server); err == nil {
		return server
	}
	return net.JoinHostPort(strings.Trim(server, "[]"), "53")
}

// nameServers finds those that a domain's zone names, by the first witness that tells.
func (e *Estate) nameServers(ctx context.Context, domain string, by []Witness) ([]Witness, error) {
	err := fmt.Errorf("nobody is known who could be asked about %s", domain)
	e.hear(ctx, by, domain, "NS") // side by side: some may be silent
	for _, w := range by {
		var servers []Witness
		if servers, err = e.nameServersBy(ctx, domain, w); err == nil {
			return servers, nil
		}
	}
	return nil, err
}

// nameServersBy climbs from the domain to the zone that it is in.
func (e *Estate) nameServersBy(ctx context.Context, domain string, by Witness) (all []Witness, err error) {
	for zone := domain; strings.Contains(zone, "."); _, zone, _ = strings.Cut(zone, ".") {
		a, err := e.ask(ctx, by, zone, "NS")
		if err != nil {
			return nil, fmt.Errorf("%s could not be asked for the name servers of %s: %w", by, domain, err)
		}
		for _, r := range a.Records {
			if r.Type != "NS" {
				continue
			}
			for _, address := range e.addresses(ctx, by, r.Target()) {
				all = append(all, Witness{Name: r.Target(), Address: net.JoinHostPort(address, "53"), Provider: by.Provider, View: by.View, Authority: true})
			}
		}
		if len(all) > 0 {
			return all, nil
		}
	}
	return nil, nil
}

// addresses are those that a witness gives for a name; none where it gives none, or could not be asked.
func (e *Estate) addresses(ctx context.Context, w Witness, name string) (all []string) {
	for _, r := range e.hearOne(ctx, w, name, addressTypes).Records {
		if r.Type == "A" || r.Type == "AAAA" {
			all = append(all, r.Data)
		}
	}
	return all
}

// addressTypes are asked for where a name is to have an address; aliases come with the answer.
var addressTypes = []string{"A", "AAAA"}

// texts of a wanted list; nil where they are not known.
func texts(v cty.Value) (all []string) {
	if v.ContainsMarked() || v.IsNull() || !v.IsWhollyKnown() || !v.CanIterateElements() {
		return nil
	}
	for _, one := range v.AsValueSlice() {
		all = append(all, schema.Text(one))
	}
	return all
}
