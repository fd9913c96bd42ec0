package directory

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"

	"hybrid/internal/ldap"
)

// A forest is Active Directory over LDAP. The zero value leads nowhere.
type forest struct {
	options ldap.Options
	name    string // in the certificate of the first server; "" for that of the URL
	base    string // as the block has it, "" where it has none
	reach   func(address string) string
	account *account // who signs in by Kerberos; nil where a password does

	mu    sync.Mutex
	parts []partition // nil before they were asked for
}

// A partition is a domain of the forest.
type partition struct {
	domain string // "eu.contoso.com"
	base   string // "DC=eu,DC=contoso,DC=com"
	own    bool   // it is that of the block's url
}

// Server is the domain controller of the block's url, "" where it has no ldap.
func (f *forest) Server() string {
	u, err := url.Parse(f.options.URL)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

// Domains names the domains of the forest, that of the block's url first.
func (f *forest) Domains(ctx context.Context) ([]string, error) {
	parts, err := f.partitions(ctx)
	names := make([]string, len(parts))
	for n, p := range parts {
		names[n] = p.domain
	}
	return names, err
}

// Search gives what a filter picks in one domain.
func (f *forest) Search(ctx context.Context, domain, filter string, attributes []string, take func(string, [][]string) error) error {
	parts, err := f.partitions(ctx)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(parts, func(p partition) bool { return strings.EqualFold(p.domain, domain) })
	if at < 0 {
		return fmt.Errorf("%s is no domain of the forest of %s", domain, f.Server())
	}
	conn, err := f.dial(ctx, parts[at])
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	elsewhere, err := conn.Each(ctx, ldap.Search{Base: parts[at].base, Filter: filter, Attributes: attributes}, func(e ldap.Entry) error {
		return take(e.DN, e.Values)
	})
	if err != nil {
		return err
	}
	return unread(conn.Server(), elsewhere, parts)
}

// unread says what part of the directory a server has referred to that nobody reads: what is there would look like what is not. Other
// domains of the forest are searched in their own right, and no accounts are in the partitions of settings and names.
func unread(server string, elsewhere []string, parts []partition) error {
	for _, where := range elsewhere {
		u, err := url.Parse(where)
		if err != nil {
			return fmt.Errorf("%s refers to %q, which is no address", server, where)
		}
		dn := strings.ToLower(strings.TrimPrefix(u.Path, "/"))
		if strings.HasPrefix(dn, "cn=configuration,") || strings.HasPrefix(dn, "dc=domaindnszones,") || strings.HasPrefix(dn, "dc=forestdnszones,") ||
			slices.ContainsFunc(parts, func(p partition) bool { return strings.EqualFold(p.base, dn) }) {
			continue
		}
		return &ldap.Error{Kind: ldap.Elsewhere, Server: server, Text: "has not all of this part of the directory and refers to " + where + ", which is not followed"}
	}
	return nil
}

// partitions asks which domains there are, once.
func (f *forest) partitions(ctx context.Context) ([]partition, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.parts != nil {
		return f.parts, nil
	}
	if f.options.URL == "" {
		return nil, errors.New("the provider block has no ldap, so Active Directory is not read itself")
	}
	conn, err := f.dial(ctx, partition{own: true})
	if err != nil {
		return nil, err
	}
	defer func() { _ = conn.Close() }()
	f.parts, err = f.ask(ctx, conn)
	return f.parts, err
}

// ask reads what the server says of itself and of the forest. One that has no list of domains is no domain controller: then there is
// the one base that the block names.
func (f *forest) ask(ctx context.Context, conn *ldap.Conn) ([]partition, error) {
	own, configuration, err := rootOf(ctx, conn)
	switch {
	case err != nil:
		return nil, err
	case own == "" && f.base == "":
		return nil, fmt.Errorf("%s does not say which domain it has: write base_dn", conn.Server())
	case own == "" || configuration == "":
		return []partition{{domainOf(f.base), f.base, true}}, nil
	case f.base != "" && !strings.EqualFold(f.base, own):
		return nil, fmt.Errorf("base_dn is %s, and %s has %s: write that, or name a domain controller of the other domain in url", f.base, conn.Server(), own)
	}
	parts := []partition{{domainOf(own), own, true}}
	search := ldap.Search{Base: "CN=Partitions," + configuration, Scope: ldap.Level, Filter: "(objectClass=crossRef)", Attributes: []string{"nCName", "dnsRoot", "systemFlags"}}
	_, err = conn.Each(ctx, search, func(e ldap.Entry) error {
		if p, is := domainIn(e.Values); is && !strings.EqualFold(p.base, own) {
			parts = append(parts, p)
		}
		return nil
	})
	slices.SortFunc(parts[1:], func(a, b partition) int { return strings.Compare(a.domain, b.domain) })
	return parts, err
}

// rootOf is what a server says of itself: the domain that it has, and where the forest's settings are.
func rootOf(ctx context.Context, conn *ldap.Conn) (own, configuration string, err error) {
	search := ldap.Search{Scope: ldap.Object, Filter: "(objectClass=*)", Attributes: []string{"defaultNamingContext", "configurationNamingContext"}}
	_, err = conn.Each(ctx, search, func(e ldap.Entry) error {
		own, configuration = first(e.Values[0]), first(e.Values[1])
		return nil
	})
	return own, configuration, err
}

// domainIn is the domain that a cross-reference is of, from its nCName, dnsRoot and systemFlags: one of this forest has the bits
// FLAG_CR_NTDS_NC and FLAG_CR_NTDS_DOMAIN ([MS-ADTS] 2.2.10).
func domainIn(values [][]string) (p partition, is bool) {
	flags, _ := strconv.Atoi(first(values[2]))
	return partition{domain: strings.ToLower(first(values[1])), base: first(values[0])}, flags&3 == 3
}

func first(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return values[0]
}

// domainOf is the domain of a distinguished name: "eu.contoso.com".
func domainOf(dn string) string {
	var labels []string
	for _, piece := range strings.Split(dn, ",") {
		if name, value, _ := strings.Cut(strings.TrimSpace(piece), "="); strings.EqualFold(name, "DC") {
			labels = append(labels, strings.ToLower(value))
		}
	}
	return strings.Join(labels, ".")
}

// dial connects to the block's own server, or to a domain controller of another domain, which DNS names.
func (f *forest) dial(ctx context.Context, p partition) (*ldap.Conn, error) {
	o := f.options
	if p.own {
		o.ServerName = f.name
		return f.through(ctx, o)
	}
	servers, err := f.controllers(ctx, p.domain)
	if err != nil {
		return nil, err
	}
	for _, server := range servers {
		o.URL = "ldaps://" + server
		conn, failed := f.through(ctx, o)
		if failed == nil {
			return conn, nil
		}
		if err == nil {
			err = failed
		}
		if told := (*ldap.Error)(nil); !errors.As(failed, &told) || told.Kind != ldap.Unreachable && told.Kind != ldap.Silent {
			break
		}
	}
	return nil, err
}

// Close forgets who signed in.
func (f *forest) Close() error {
	if f.account == nil {
		return nil
	}
	return f.account.close()
}

// through connects where others than hosts are reached.
func (f *forest) through(ctx context.Context, o ldap.Options) (*ldap.Conn, error) {
	if f.reach != nil {
		o.Dial = f.reach(o.URL)
	}
	if f.account != nil {
		identity, err := f.account.identity()
		if err != nil {
			return nil, err
		}
		o.Kerberos = &ldap.Kerberos{Identity: identity}
	}
	return ldap.Dial(ctx, o)
}

// mostControllers is how many domain controllers of a domain are tried.
const mostControllers = 3

// controllers are the domain controllers of a domain, as DNS names them.
func (f *forest) controllers(ctx context.Context, domain string) ([]string, error) {
	if f.reach != nil { // where nothing leaves the lab, DNS is not asked either
		return []string{"dc01." + domain}, nil
	}
	_, found, err := net.DefaultResolver.LookupSRV(ctx, "ldap", "tcp", "dc._msdcs."+domain)
	if err != nil || len(found) == 0 {
		return nil, fmt.Errorf("the domain controllers of %s are not found in DNS (SRV _ldap._tcp.dc._msdcs.%s): %w", domain, domain, errors.Join(err, errNone))
	}
	var names []string
	for _, srv := range found[:min(len(found), mostControllers)] {
		names = append(names, strings.TrimSuffix(srv.Target, "."))
	}
	return names, nil
}

var errNone = errors.New("this machine has to resolve names of the forest")
