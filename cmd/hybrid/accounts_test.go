package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hybrid/internal/lab"
)

// accountsConfig asks for so many users that all are listed: what it says of them differs from many.
const accountsConfig = `
hybrid {
  guard { max_moves = 100000 }
}
provider "skype" {
  hosts    = ["fe01.contoso.com"]
  username = "svc-hybrid"
  password = env("HYBRID_PASSWORD")
}
user "staff" {
  users                    = users_csv("all.csv")
  registrar_pool           = "pool01.contoso.com"
  enabled                  = true
  enterprise_voice_enabled = true
}
user_homing "staff" {
  users  = users_csv("all.csv")
  target = "pool02.contoso.com"
}
`

// overLDAP reads the accounts themselves.
const overLDAP = `
provider "directory" {
  url = "ldaps://dc01.contoso.com"
  ldap {
    username = "svc-hybrid@contoso.com"
    password = env("HYBRID_PASSWORD")
    timeout  = "2s"
  }
}
`

// accountsEstate is an estate whose accounts are in every state that there is, in two domains.
func accountsEstate(random *rand.Rand, many int) *lab.Estate {
	e := lab.Seed(lab.Needs{SipDomains: []string{"contoso.com"}, Pools: []string{"pool01.contoso.com", "pool02.contoso.com"}}, lab.SeedOptions{Seed: 1})
	pick := func(all ...string) string { return all[random.IntN(len(all))] }
	for n := range many {
		a := &lab.Account{SIP: fmt.Sprintf(pick("sip:user%d@contoso.com", "sip:User%d@Contoso.com"), n), DisplayName: fmt.Sprintf("User %d", n), Enabled: lab.True}
		a.HostingProvider, a.RegistrarPool = pick("SRV:", "SRV:", "srv:"), pick("pool01.contoso.com", "pool02.contoso.com", "Pool02.contoso.com")
		if random.IntN(3) == 0 {
			a.HostingProvider, a.RegistrarPool = "sipfed.online.lync.com", ""
		}
		switch random.IntN(12) {
		case 0:
			a.Enabled = lab.False
		case 1: // merely an address
			a.Enabled, a.HostingProvider, a.RegistrarPool = lab.Unset, "", ""
		case 2: // merely an account
			a.UPN = fmt.Sprintf("user%d@contoso.com", n)
			a.SIP, a.Enabled, a.HostingProvider, a.RegistrarPool = "", lab.Unset, "", ""
		case 3:
			a.DN = fmt.Sprintf("CN=User %d\\, Jr.,OU=Staff,DC=eu,DC=contoso,DC=com", n)
		case 4:
			a.More = lab.Object{"EnterpriseVoiceEnabled": true}
		case 5:
			a.LineURI = fmt.Sprintf("tel:+1425555%04d", n)
		}
		e.Add(a)
	}
	return e
}

// accounts is a folder with the configuration and the estate.
func accounts(t testing.TB, seed uint64, directory string) string {
	t.Helper()
	const many = 1300
	dir := filepath.Join(t.TempDir(), "estate")
	if err := os.MkdirAll(labFolder(dir), 0o700); err != nil {
		t.Fatal(err)
	}
	var csv strings.Builder
	csv.WriteString("sip_address,line_uri\n")
	for n := range many {
		fmt.Fprintf(&csv, "sip:user%d@contoso.com,tel:+1425555%04d\n", n, n)
	}
	for name, text := range map[string]string{"all.csv": csv.String(), "main.hcl": accountsConfig, "directory.hcl": directory} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := accountsEstate(rand.New(rand.NewPCG(seed, 8)), many).Save(labState(dir)); err != nil {
		t.Fatal(err)
	}
	return dir
}

// Users who are read over LDAP give the same plan as those whom the servers' cmdlets list, whatever the estate.
func TestLDAPGivesTheSamePlan(t *testing.T) {
	for seed := range uint64(4) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			plans := map[string]string{}
			for name, directory := range map[string]string{"cmdlets": "", "LDAP": overLDAP} {
				dir := accounts(t, seed, directory)
				plans[name] = planOf(t, dir)
				calls := hybrid(t, 0, "lab", "calls", dir)
				if strings.Contains(calls, "LDAP search") != (name == "LDAP") {
					t.Errorf("by %s:\n%s", name, calls)
				}
			}
			if diff := cmp.Diff(strings.Split(plans["cmdlets"], "\n"), strings.Split(plans["LDAP"], "\n")); diff != "" || !strings.Contains(plans["LDAP"], "users to move") {
				t.Errorf("- by cmdlets, + over LDAP:\n%s%.300s", diff, plans["LDAP"])
			}
		})
	}
}

// Whatever goes wrong with LDAP, the servers are asked for everybody instead: the plan is the same, and says why it took longer.
func TestLDAPGoesWrong(t *testing.T) {
	by := accounts(t, 1, "")
	plan := planOf(t, by)
	dir := accounts(t, 1, overLDAP)
	for fault, told := range map[string]string{
		"referral":  "refers to ldap://dc02.elsewhere.test/",
		"limit":     "gives this account no more entries",
		"endless":   "sends the same page again and again",
		"empty":     "sends page after page with nothing in them",
		"unbounded": "sends a page of more than 10000 entries, where 1000 were asked for",
		"cut":       "broke off after 1",
		"hang":      "has not ended a page within 2s, after 1000 entries",
		"unsaid":    "without saying whether there are more",
		"clear":     "does not encrypt at this port",
		"locked":    "has this account locked",
		"goodbye":   "is too busy to answer",
	} {
		hybrid(t, 0, "lab", "set", dir, "forest.ldap="+fault)
		got := planOf(t, dir)
		words := strings.Join(strings.Fields(got), " ")
		if !strings.Contains(words, "Users were listed by the servers' cmdlets, which takes") || !strings.Contains(words, ": dc01.contoso.com ") || !strings.Contains(words, told) {
			t.Errorf("%s: %.800s", fault, got)
		}
		if rest, warned := strings.CutPrefix(got, strings.TrimSuffix(plan, "\n")); !warned || !strings.HasPrefix(strings.TrimSpace(rest), "Warning: How provider skype was read") {
			t.Errorf("%s: the plan is another: %s", fault, rest)
		}
	}
}

// planOf is a folder's plan, in which the folder is DIR.
func planOf(t *testing.T, dir string) string {
	t.Helper()
	return strings.ReplaceAll(hybrid(t, 0, "plan", "--lab", "--users", dir), dir, "DIR")
}
