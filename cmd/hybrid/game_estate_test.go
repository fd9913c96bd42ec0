package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"text/template"

	"hybrid/internal/check"
	"hybrid/internal/lab"
)

// A company is what is drawn of an estate: what everything is called there, how much of it there is, and how far hybrid has come.
type company struct {
	Domains    []string // SIP domains, the default one first
	Partners   []string
	Closed     bool   // both sides talk to the partners alone
	Kind       string // "hybrid", "teams_only"; hybrid, too, are "exchange", which trusts Exchange, "endpoint", with its sessions in one of the pool's, and "edge", on the Edge
	Pool       string
	Web        string // the pool's web services outside
	Edge       string
	Forest     string // a SIP domain of another forest
	FrontEnd   string // runs the servers' cmdlets
	Mover      string // runs the tenant's
	NameServer string
	Controller string // answers inside
	Provider   string // what the hosting provider of the cloud is called
	Tenant     string
	Online     []string // users who are homed online: "ada.turing00@contoso.com"
	Servers    []string // users who are homed on the servers
}

// draw makes up a company.
func draw(random *rand.Rand, kind string) company {
	pick := func(all ...string) string { return all[random.IntN(len(all))] }
	names := []string{"contoso", "fabrikam", "adatum", "litware", "proseware", "tailspin", "wingtip", "woodgrove"}
	random.Shuffle(len(names), func(a, b int) { names[a], names[b] = names[b], names[a] })
	c := company{Kind: kind, Closed: random.IntN(2) == 0, Partners: []string{"northwind.com", "partner.example"}[:1+random.IntN(2)]}
	for _, name := range names[:1+random.IntN(3)] {
		c.Domains = append(c.Domains, name+"."+pick("com", "de", "co.uk"))
	}
	slices.Sort(c.Domains) // as the lab takes the first for the default one
	home := c.Domains[0]
	c.Pool, c.FrontEnd, c.Mover = pick("pool01.", "fepool.", "lync-pool.")+home, pick("fe01.", "lyncfe1.")+home, pick("admin01.", "mgmt.")+home
	first, _, _ := strings.Cut(c.Pool, ".")
	c.Web, c.Edge, c.Forest = first+"-web."+home, "edge01."+home, pick("merged.example", "sister.example")
	c.NameServer, c.Controller = pick("ns1.", "dns.")+home, pick("dc01.", "ad-dc2.")+home
	c.Provider = pick("LyncOnline", "SkypeforBusinessOnline", "Teams")
	c.Tenant = fmt.Sprintf("%08x-0000-4000-8000-%012x", random.Uint32(), random.Uint32())
	for n := range 12 + random.IntN(28) {
		user := fmt.Sprintf("%s.%s%02d@%s", pick("ada", "alan", "grace", "edsger", "radia"), pick("turing", "liskov", "perlman", "wirth"), n, c.Domains[n%len(c.Domains)])
		if c.Phase() == "hybrid" && n%3 == 0 {
			c.Servers = append(c.Servers, user)
		} else {
			c.Online = append(c.Online, user)
		}
	}
	return c
}

// Phase is that of all domains.
func (c company) Phase() string {
	if c.Kind == "teams_only" {
		return c.Kind
	}
	return "hybrid"
}

// Host is where sessions with the servers are opened.
func (c company) Host() string {
	if c.Kind == "edge" {
		return c.Edge
	}
	return c.FrontEnd
}

// A board is an estate of the game: a folder with a configuration, and the lab that it has been applied to.
type board struct {
	company
	t      *testing.T
	dir    string
	random *rand.Rand
	user   string // the one that a fault is planted in, and that is asked about
}

// healthy makes an estate in which everything is as the configuration says.
func healthy(t *testing.T, random *rand.Rand, kind string) *board {
	t.Helper()
	b := &board{company: draw(random, kind), t: t, dir: t.TempDir(), random: random}
	form, err := template.ParseFiles(filepath.Join("testdata", "game", "estate.hcl"))
	if err != nil {
		t.Fatal(err)
	}
	var text bytes.Buffer
	if err := form.Execute(&text, b.company); err != nil {
		t.Fatal(err)
	}
	b.write("main.hcl", text.String())
	issued, _, err := selfSigned("lync-oauth", 300)
	if err != nil {
		t.Fatal(err)
	}
	b.write("lync-oauth.cer", string(issued))
	b.write("staff.csv", "sip_address\nsip:"+strings.Join(slices.Concat(b.Online, b.Servers), "\nsip:")+"\n")
	b.write("online.csv", "sip_address\nsip:"+strings.Join(b.Online, "\nsip:")+"\n")
	if len(b.Servers) > 0 {
		b.write("servers.csv", "sip_address\nsip:"+strings.Join(b.Servers, "\nsip:")+"\n")
	}
	b.apply()
	b.oneForest()
	hybrid(t, 0, "plan", "--lab", "--detailed-exitcode", b.dir)
	return b
}

// oneForest puts all accounts into the Active Directory domain of the servers, whatever SIP domain they have.
func (b *board) oneForest() {
	b.t.Helper()
	home := "DC=" + strings.ReplaceAll(b.Domains[0], ".", ",DC=")
	b.change(func(e *lab.Estate) {
		for _, user := range slices.Concat(b.Online, b.Servers) {
			name, _, _ := strings.Cut(user, "@")
			if err := e.SetAttributes("sip:"+user, []string{"distinguishedName=CN=" + name + ",OU=Users," + home}); err != nil {
				b.t.Fatal(err)
			}
		}
	})
}

func (b *board) write(name, text string) {
	b.t.Helper()
	if err := os.WriteFile(filepath.Join(b.dir, name), []byte(text), 0o600); err != nil {
		b.t.Fatal(err)
	}
}

// edit replaces a text of the configuration.
func (b *board) edit(old, by string) {
	b.t.Helper()
	path := filepath.Join(b.dir, "main.hcl")
	text, err := os.ReadFile(path)
	if err != nil || !strings.Contains(string(text), old) {
		b.t.Fatalf("the configuration does not have %q: %v", old, err)
	}
	b.write("main.hcl", strings.Replace(string(text), old, by, 1))
}

func (b *board) apply() {
	b.t.Helper()
	hybrid(b.t, 0, "apply", "--lab", "--auto-approve", b.dir)
}

// cmdlet runs a cmdlet of the servers by hand: "Set-CsAccessEdgeConfiguration", "-EnableUserReplicator", "true".
func (b *board) cmdlet(args ...string) {
	b.t.Helper()
	hybrid(b.t, 0, append([]string{"lab", "run", b.dir, "--"}, args...)...)
}

// inTenant runs a cmdlet of the tenant by hand.
func (b *board) inTenant(args ...string) {
	b.t.Helper()
	hybrid(b.t, 0, append([]string{"lab", "run", "--tenant", b.dir, "--"}, args...)...)
}

// set changes a setting of the lab.
func (b *board) set(setting string) {
	b.t.Helper()
	hybrid(b.t, 0, "lab", "set", b.dir, setting)
}

// fault makes something go wrong at the far end: "--kind", "down", "--host", "fe01.contoso.com".
func (b *board) fault(args ...string) {
	b.t.Helper()
	hybrid(b.t, 0, append(append([]string{"lab", "fault"}, args...), b.dir)...)
}

// account changes the user who is asked about behind everybody's back.
func (b *board) account(flags ...string) {
	b.t.Helper()
	hybrid(b.t, 0, append(append([]string{"lab", "user"}, flags...), b.dir, "sip:"+b.user)...)
}

// change changes the estate itself, past all its rules.
func (b *board) change(change func(*lab.Estate)) {
	b.t.Helper()
	err := lab.Exclusive(labState(b.dir), func() error {
		e, err := lab.Load(labState(b.dir))
		if err != nil {
			return err
		}
		change(e)
		return e.Keep(labState(b.dir))
	})
	if err != nil {
		b.t.Fatal(err)
	}
}

// object changes a property of an object of the servers, past all rules.
func (b *board) object(noun, identity, property string, value any) {
	b.t.Helper()
	b.change(func(e *lab.Estate) {
		o, ok := e.Object(noun, identity)
		if !ok {
			b.t.Fatalf("the lab has no %s %s", noun, identity)
		}
		o[property] = value
		e.Put(noun, o)
	})
}

// record changes a record of a view by hand: the first line of a zone file that begins with a text has a part of it replaced, or is
// taken out where by is "".
func (b *board) record(view, begins, old, by string) {
	b.t.Helper()
	b.change(func(e *lab.Estate) {
		zones := maps.Clone(e.Views[view])
		for zone, lines := range zones {
			n := slices.IndexFunc(lines, func(line string) bool { return strings.HasPrefix(line, begins) })
			if n < 0 {
				continue
			}
			lines = slices.Clone(lines)
			lines[n] = strings.Replace(lines[n], old, by, 1)
			if zones[zone] = lines; by == "" {
				zones[zone] = slices.Delete(lines, n, n+1)
			}
			e.SetView(view, zones)
			return
		}
		b.t.Fatalf("no zone of %s has a record %q: %v", view, begins, zones)
	})
}

// add adds a record to the zone of the default domain by hand.
func (b *board) add(view, line string) {
	b.t.Helper()
	b.change(func(e *lab.Estate) {
		zones := maps.Clone(e.Views[view])
		zone := b.Domains[0] + "."
		if len(zones[zone]) == 0 {
			b.t.Fatalf("%s has no zone %s: %v", view, zone, zones)
		}
		zones[zone] = append(slices.Clone(zones[zone]), line)
		e.SetView(view, zones)
	})
}

// choose draws the user whom a fault is planted in.
func (b *board) choose(side string) {
	switch side {
	case "online":
		b.user = b.any(b.Online)
	case "servers":
		b.user = b.any(b.Servers)
	default:
		b.user = b.any(slices.Concat(b.Online, b.Servers))
	}
}

// told is what the program says of the estate, of the user, or with "all" of everybody.
func (b *board) told(whom string) string {
	switch whom {
	case "":
		return b.look("--lab")
	case "all":
		return b.look("user", "--lab", "--only", "users", "--file", filepath.Join(b.dir, "staff.csv"))
	}
	return b.look("user", "--lab", "sip:"+b.user)
}

// firstNamed is the check that a text of findings names first; "" where nothing fails.
func firstNamed(text string) string {
	for _, form := range firstForms {
		if m := form.FindStringSubmatch(text); m != nil {
			return m[1]
		}
	}
	return ""
}

// firstForms are how it is named: above the findings of one user, and as the first of several.
var firstForms = []*regexp.Regexp{regexp.MustCompile(`^sip:\S+: .* \(([A-Z]+-[A-Z0-9]+)\)\.\n`), regexp.MustCompile(`^(?:FAIL   |warning) (\S+)  `)}

// look runs a check, and gives what it writes.
func (b *board) look(args ...string) string {
	b.t.Helper()
	var told bytes.Buffer
	code := run(append(append([]string{"check"}, args...), b.dir), os.Stdin, &told, &told)
	if code == 1 {
		b.t.Fatalf("check could not be run:\n%s", told.String())
	}
	return told.String()
}

// A finding is one of a check, as JSON has it.
type finding struct {
	ID, Text string
	Verdict  check.Verdict
}

// findingsIn are those of checks of the estate, or of users line by line, as JSON.
func findingsIn(t *testing.T, text string) (all []finding) {
	t.Helper()
	for in := json.NewDecoder(strings.NewReader(text)); ; {
		var doc struct{ Checks, Findings, Estate []finding }
		if err := in.Decode(&doc); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		all = slices.Concat(all, doc.Checks, doc.Findings, doc.Estate)
	}
}
