package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hybrid/internal/lab"
)

// TestSnapshotLaw: whatever an estate has grown into, its copy, taken over the wire, gives the same plan to the byte under a
// configuration that changes much of it, before that is applied to both and after; and a second copy has the same bytes. Six
// estates, or with HYBRID_SUITES=whole a hundred; every third of them breaks its own rules.
func TestSnapshotLaw(t *testing.T) {
	t.Parallel()
	estates := uint64(6)
	if wholeSuites() {
		estates = 100
	}
	for seed := range estates {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			g := grow(t, seed)
			g.bothSides()
			g.write("wanted.hcl", g.wanted())
			copied := g.snapshot("first.json")
			if diff := cmp.Diff(undated(copied), undated(g.snapshot("second.json"))); diff != "" {
				t.Errorf("a second copy has other bytes:\n%s", diff)
			}
			other := g.beside(copied)
			planned := g.plan()
			if !strings.Contains(planned, "Plan: ") || strings.Contains(planned, "Plan: 0 to add, 0 to change, 0 to replace, 0 to delete") {
				t.Fatalf("the configuration is to change something:\n%s", planned)
			}
			if diff := cmp.Diff(planned, other.plan()); diff != "" {
				t.Errorf("another plan on the copy:\n%s", diff)
			}
			a, b := g.apply(), other.apply()
			if a != b {
				t.Errorf("the same plan ends with %d on the estate and with %d on its copy", a, b)
			}
			if a != 0 {
				return // a move has failed: who was under way by then is a matter of time
			}
			if diff := cmp.Diff(g.plan(), other.plan()); diff != "" {
				t.Errorf("another plan after an apply to the copy:\n%s", diff)
			}
			if diff := cmp.Diff(g.survey(g.dir), other.survey(other.dir)); diff != "" {
				t.Errorf("after an apply the copy shows something else:\n%s", diff)
			}
		})
	}
}

// bothSides has the tenant know users otherwise than the servers do, and more than them, and fills the zone with what hybrid does
// not manage.
func (g *grown) bothSides() {
	g.t.Helper()
	a := &app{out: &bytes.Buffer{}, err: os.Stderr, warned: map[string]bool{}, lab: true}
	err := a.changeLab(g.dir, func(e *lab.Estate) error {
		for n, account := range e.Accounts {
			switch g.random.IntN(6) {
			case 0:
				e.SetOnline(account.UserPrincipalName(), lab.OnlineUser{Plans: &[]lab.Plan{}})
			case 1:
				e.SetOnline(account.UserPrincipalName(), lab.OnlineUser{Plans: &[]lab.Plan{{Capability: "Teams", Status: "Enabled"}, {Capability: "MCOEV", Status: "Deleted"}}})
			case 2:
				e.SetOnline(account.UserPrincipalName(), lab.OnlineUser{Errors: []lab.Finding{{Code: "E", Text: fmt.Sprintf("double %d", n)}}})
			case 3:
				former := *account
				former.HostingProvider, former.RegistrarPool, former.DisplayName = "", "", "Former"
				former.UPN = account.UserPrincipalName()
				former.SIP = ""
				e.SetOnline(account.UserPrincipalName(), lab.OnlineUser{Synced: &former})
			}
		}
		for n := range g.random.IntN(4) {
			upn := fmt.Sprintf("born%d@contoso.com", n)
			e.SetOnline(upn, lab.OnlineUser{CloudOnly: true, Synced: &lab.Account{SIP: "sip:" + upn, DisplayName: "Born Online", Enabled: lab.True}})
		}
		zones := map[string][]string{}
		for zone, records := range e.Views["dns.external"] {
			zones[zone] = append(append([]string{}, records...), "contoso.com. 3600 IN MX 10 mail.contoso.com.", `contoso.com. 3600 IN CAA 0 issue "ca.example"`,
				"sub.contoso.com. 300 IN NS ns.elsewhere.example.", "a.contoso.com. 60 IN TYPE65280 \\# 3 010203")
		}
		e.SetView("dns.external", zones)
		return nil
	})
	if err != nil {
		g.t.Fatal(err)
	}
}

// wanted is a configuration that changes much of an estate, and moves some of its users.
func (g *grown) wanted() string {
	var users []string
	a := &app{out: &bytes.Buffer{}, err: os.Stderr, warned: map[string]bool{}, lab: true}
	if err := a.changeLab(g.dir, func(e *lab.Estate) error {
		for _, account := range e.Accounts {
			if g.often() && !strings.Contains(account.SIP, " ") && account.HostingProvider != "" {
				users = append(users, fmt.Sprintf("    { sip_address = %q },\n", account.SIP))
			}
		}
		return nil
	}); err != nil {
		g.t.Fatal(err)
	}
	home := fmt.Sprintf("user_homing \"some\" {\n  target = %q\n  users = [\n%s  ]\n}\n", g.pick("pool01.contoso.com", "pool07.contoso.com"), strings.Join(users, ""))
	if len(users) == 0 {
		home = ""
	}
	return home + `
access_edge {
  routing                  = "dns_srv"
  allow_federated_users    = true
  enable_partner_discovery = true
}

allowed_domain "partner0.example" { comment = "wanted" }

allowed_domain "never.seen.example" {}

sip_domain "grown.example" {}

external_access_policy "Staff 0" { enable_federation_access = true }

dns_record "lyncdiscover.contoso.com" "A" { values = ["203.0.113.77"] }

dns_record "_sip._tls.contoso.com" "SRV" { values = ["0 0 443 sip.contoso.com."] }

tenant_federation {
  shared_sip_address_space = true
}

online_sip_domain "contoso.com" { enabled = true }

service_principal "00000004-0000-0ff1-ce00-000000000000" {
  names = ["00000004-0000-0ff1-ce00-000000000000/lync.contoso.com"]
}

user "new" {
  registrar_pool = "pool01.contoso.com"
  users          = [{ sip_address = "sip:fresh.start@contoso.com" }]
}
`
}

func (g *grown) write(name, text string) {
	g.t.Helper()
	if err := os.WriteFile(filepath.Join(g.dir, name), []byte(text), 0o600); err != nil {
		g.t.Fatal(err)
	}
}

// snapshot takes a copy over the wire.
func (g *grown) snapshot(name string) string {
	g.t.Helper()
	path := filepath.Join(filepath.Dir(g.dir), name)
	hybrid(g.t, 0, "lab", "snapshot", "--lab", "--out", path, g.dir)
	text, err := os.ReadFile(path)
	if err != nil {
		g.t.Fatal(err)
	}
	return string(text)
}

var dates = regexp.MustCompile(`"at": "[^"]*"|127\.0\.0\.1:\d+|, a copy as of [^)]*|Applying issues \d+ calls?: .*`)

// undated is a text without when it was taken, and from which ports.
func undated(text string) string { return dates.ReplaceAllString(text, "") }

// beside is the same folder once more, with an estate of its own.
func (g *grown) beside(estate string) *grown {
	g.t.Helper()
	other := &grown{t: g.t, dir: filepath.Join(g.t.TempDir(), filepath.Base(g.dir)), random: g.random, broken: g.broken}
	if err := os.MkdirAll(filepath.Join(other.dir, ".hybrid"), 0o700); err != nil {
		g.t.Fatal(err)
	}
	for name, text := range contents(g.t, g.dir) {
		other.write(name, text)
	}
	other.write(filepath.Join(".hybrid", "lab.json"), estate)
	return other
}

// plan is what is planned, without where and when.
func (g *grown) plan() string {
	g.t.Helper()
	var told bytes.Buffer
	run([]string{"plan", "--lab", "--show-commands", g.dir}, os.Stdin, &told, &told)
	return undated(strings.ReplaceAll(told.String(), filepath.ToSlash(filepath.Dir(g.dir)), ""))
}

// apply is the code with which an apply ends.
func (g *grown) apply() int {
	var told bytes.Buffer
	return run([]string{"apply", "--lab", "--auto-approve", g.dir}, os.Stdin, &told, &told)
}
