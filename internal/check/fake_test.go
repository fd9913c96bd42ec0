package check

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"maps"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"hybrid/internal/config"
	"hybrid/internal/document"
	"hybrid/internal/handshake"
	"hybrid/internal/roots"
	"hybrid/planner"
	"hybrid/providers"
	"hybrid/providers/dns"
	"hybrid/providers/entra"
	"hybrid/providers/skype"
	"hybrid/providers/teams"
	"hybrid/schema"
)

// today is when the tests are.
var today = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// A fake is a source that knows what a test tells it.
type fake struct {
	fakeHosts
	listings map[string]planner.Listing // by kind
	// cmdlets are what cmdlets give, by name, or by name and parameters where that is there: "Get-CsService Registrar=true". What
	// one host gives has its name before that: "fe02.contoso.com: Get-CsCertificate"; nil is silence.
	cmdlets map[string][]map[string]any
	// zones are what each server or resolver, by name, says: "sip.contoso.com A" to data. One that is not there is silent. A name
	// of which it says nothing does not exist.
	zones     map[string]map[string]string
	ttl       int  // of all; 0 is 300
	recursive bool // all ask others for what they do not have
	resolvers map[View][]Witness
	found     map[string]planner.Listing   // of one object each, by its identity; one that is not there cannot be read
	tokens    map[string]Token             // by resource; any other is refused by silence
	refused   map[string]error             // by resource
	members   map[string][]map[string]any  // of Graph, by path
	documents map[string]document.Document // by address
	ends      map[string]shownEnd          // by the name that clients use; any other cannot be looked up
	pool      *x509.CertPool
	table     roots.Table
}

type shownEnd struct {
	shown handshake.Shown
	err   error
}

func (f *fake) List(_ context.Context, _, kind string) planner.Listing {
	if l, ok := f.listings[kind]; ok {
		return l
	}
	return planner.Listing{Err: errors.New("nobody answers")}
}

func (f *fake) Cmdlet(_ context.Context, _ string, c Cmdlet) ([]map[string]any, error) {
	return f.gives("", c)
}

// gives is what a cmdlet gives on a host.
func (f *fake) gives(host string, c Cmdlet) ([]map[string]any, error) {
	key := c.Name
	for _, name := range slices.Sorted(maps.Keys(c.Params)) {
		key += fmt.Sprintf(" %s=%v", name, c.Params[name])
	}
	for _, own := range []string{host + ": " + key, host + ": " + c.Name} {
		if objects, ok := f.cmdlets[own]; ok && objects == nil {
			return nil, errors.New("nobody answers")
		} else if ok {
			return objects, nil
		}
	}
	for _, key := range []string{key, c.Name} {
		if objects, ok := f.cmdlets[key]; ok {
			return objects, nil
		}
	}
	return nil, errors.New("nobody answers")
}

func (f *fake) AskOn(_ context.Context, _, host string, c Cmdlet, properties []string) ([][]any, error) {
	if s, told := f.said(host, c); told {
		return s.rows, s.err
	}
	list, err := f.gives(host, c)
	if len(properties) == 0 {
		properties = []string{"value"}
	}
	return rowsOf(list, properties), err
}

func (f *fake) Rows(ctx context.Context, block string, c Cmdlet, properties []string) ([][]any, error) {
	list, err := f.Cmdlet(ctx, block, c)
	return rowsOf(list, properties), err
}

func rowsOf(list []map[string]any, properties []string) [][]any {
	rows := make([][]any, len(list))
	for n, o := range list {
		for _, name := range properties {
			rows[n] = append(rows[n], o[name])
		}
	}
	return rows
}

func (f *fake) Resolvers(v View) []Witness { return f.resolvers[v] }

func (f *fake) Question(_ context.Context, w Witness, name, rtype string) (Answer, error) {
	zone, ok := f.zones[w.Name]
	if !ok {
		return Answer{}, errors.New("no answer within 5s")
	}
	a := Answer{Authoritative: w.Authority, Recursive: f.recursive}
	for range 4 {
		if data, is := zone[name+" "+rtype]; is {
			for one := range strings.SplitSeq(data, "|") {
				a.Records = append(a.Records, f.record(name, rtype, one))
			}
		}
		alias, is := zone[name+" CNAME"]
		if !is {
			break
		}
		a.Records = append(a.Records, f.record(name, "CNAME", alias))
		name = strings.TrimSuffix(alias, ".")
	}
	a.NoName = len(a.Records) == 0
	return a, nil
}

func (f *fake) record(name, rtype, data string) Record {
	ttl := f.ttl
	if ttl == 0 {
		ttl = 300
	}
	return Record{Name: name, Type: rtype, Data: data, TTL: ttl}
}

func (f *fake) Handshake(_ context.Context, _, name string) (handshake.Shown, error) {
	if end, ok := f.ends[name]; ok {
		return end.shown, end.err
	}
	return handshake.Shown{}, &handshake.Failure{Text: "no answer within 10s"}
}

func (f *fake) Find(_ context.Context, _, _, identity string) planner.Listing {
	if l, ok := f.found[identity]; ok {
		return l
	}
	return planner.Listing{Err: errors.New("nobody answers")}
}

func (f *fake) SignIn(_ context.Context, _, resource string) (Token, error) {
	if token, ok := f.tokens[resource]; ok {
		return token, nil
	}
	if err := f.refused[resource]; err != nil {
		return Token{}, err
	}
	return Token{}, errors.New("no connection to the sign-in service")
}

func (f *fake) GraphList(_ context.Context, _, path string) ([]map[string]any, error) {
	if members, ok := f.members[path]; ok {
		return members, nil
	}
	return nil, errors.New("403 Authorization_RequestDenied")
}

func (f *fake) Document(_ context.Context, address string) (document.Document, error) {
	if d, ok := f.documents[address]; ok {
		return d, nil
	}
	return document.Document{}, errors.New("nothing came within 15s")
}

func (f *fake) Roots() (*x509.CertPool, roots.Table) { return f.pool, f.table }

// estateOf is the estate of a configuration with a fake behind it.
func estateOf(t *testing.T, hcl string, f *fake) *Estate {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "main.hcl"), []byte(hcl), 0o600); err != nil {
		t.Fatal(err)
	}
	var all []*schema.System
	var kinds []*schema.Kind
	for _, s := range []providers.System{skype.System(), teams.System(), dns.System(), entra.System()} {
		all, kinds = append(all, s.Schema), append(kinds, s.Kinds...)
	}
	c, diags := config.Load(dir, config.Options{Systems: all, Kinds: kinds, UnknownSecrets: true})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	return &Estate{Config: c, Source: f, Now: func() time.Time { return today }}
}

// run runs one check by its ID.
func run(t *testing.T, e *Estate, id string) Finding {
	t.Helper()
	checks, err := Select(All(), []string{id}, nil)
	if err != nil || len(checks) != 1 {
		t.Fatal(checks, err)
	}
	return Run(t.Context(), e, checks, Options{})[0]
}

// holds demands a verdict, and texts in what is said, done or seen.
func holds(t *testing.T, f Finding, verdict Verdict, texts ...string) {
	t.Helper()
	told := f.Text + "\n" + f.Do
	for _, e := range f.Evidence {
		told += "\n" + e.What + ": " + e.Value + " (" + e.Where + ")"
		if e.Where == "" || e.When.IsZero() {
			t.Errorf("evidence without place or time: %+v", e)
		}
	}
	if f.Verdict != verdict {
		t.Errorf("%s: %s, not %s:\n%s", f.ID, f.Verdict, verdict, told)
	}
	if verdict == Fail && f.Do == "" {
		t.Errorf("%s fails without a remedy", f.ID)
	}
	for _, text := range texts {
		if !strings.Contains(told, text) {
			t.Errorf("%s: %q is not told:\n%s", f.ID, text, told)
		}
	}
}

func resolverOf(name string, v View) Witness {
	return Witness{Name: name, Address: net.JoinHostPort(name, "53"), View: v}
}

// An asking fake remembers the last cmdlet that was called.
type asking struct {
	fake
	last Cmdlet
}

func (a *asking) Cmdlet(ctx context.Context, provider string, c Cmdlet) ([]map[string]any, error) {
	a.last = c
	return a.fake.Cmdlet(ctx, provider, c)
}
