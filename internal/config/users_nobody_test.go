package config

import (
	"slices"
	"strings"
	"testing"

	"hybrid/schema"
)

// A filter that finds nobody is told with what there is, and so is a file without rows. What is written out empty is meant.
func TestUsersOfNobody(t *testing.T) {
	t.Parallel()
	dir := write(t, providers+`
user "typo" { users = users_csv("u.csv", { site = "Brelin" }) }
user "rows" { users = users_csv("u.csv", { site = "paris", wave = "1" }) }
user "bare" { users = users_csv("none.csv") }
user "list" { users = [for u in csvdecode(file("u.csv")) : { sip_address = u.sip_address } if u.site == "Brelin"] }
user "meant" { users = [] }
user "one" { users = users_csv("u.csv", { site = "Berlin" }) }
-- u.csv --
sip_address,wave,site
sip:a@contoso.com,1,Berlin
sip:c@contoso.com,2,Paris
-- none.csv --
sip_address
`)
	_, diags := Load(dir, testOptions())
	got := texts(dir, diags)
	for n, want := range []string{
		`main.hcl:3:23: Users of nobody: user.typo is about nobody: of the 2 rows of u.csv none is what the filter asks for. No site is "Brelin": there is "Berlin" and "Paris". Did you mean "Berlin"?`,
		`main.hcl:4:23: Users of nobody: user.rows is about nobody: of the 2 rows of u.csv none is what the filter asks for.`,
		`main.hcl:5:23: Users of nobody: user.bare is about nobody: none.csv has no row below its header.`,
		`main.hcl:6:23: Users of nobody: user.list is about nobody: the condition of this expression holds for none of the list.`,
	} {
		if n >= len(got) || got[n] != "warning: "+want {
			t.Errorf("%q is not %d of %q", want, n, got)
		}
	}
	if len(got) != 4 {
		t.Errorf("%d diagnostics: %q", len(got), got)
	}
}

// A domain that is nearly a declared one is told once a block, others not.
func TestDomainsNearDeclaredOnes(t *testing.T) {
	t.Parallel()
	dir := write(t, providers+`
sip_domain "contoso.com" {}
user "typo" { users = users_csv("u.csv") }
user "gone" {
  ensure = "absent"
  users  = [{ sip_address = "sip:old@contso.com" }]
}
-- u.csv --
sip_address
sip:a@Contoso.com
sip:b@contoso.de
sip:c@emea.contoso.com
sip:d@fabrikam.com
sip:e@contso.com
sip:f@CONTSO.com
`)
	o := testOptions()
	o.Kinds = append(o.Kinds, &schema.Kind{Name: "sip_domain", Doc: "A domain.", System: "skype", Remote: schema.Cmdlet{Noun: "CsSipDomain"}})
	_, diags := Load(dir, o)
	want := []string{`warning: main.hcl:4:23: A SIP domain that is not declared: 2 users, sip:e@contso.com (u.csv:6) first, are in a domain beside those that are declared. Did you mean "contoso.com" instead of "contso.com"? If it is a domain of its own, declare it as well.`}
	if got := texts(dir, diags); !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

// A secret is one wherever it is written, unless it comes from outside, and is in no warning.
func TestSecretsWrittenOut(t *testing.T) {
	t.Parallel()
	for expr, warned := range map[string]bool{
		`"hunter2hunter2"`: true, `sensitive("hunter2hunter2")`: true, `<<E` + "\nhunter2hunter2\nE\n": true,
		`env("KEY")`: false, `"${env("KEY")}hunter2"`: false, `var.key`: false, `null`: false,
	} {
		dir := write(t, "provider \"skype\" {\n  hosts = [\"fe01\"]\n  password = "+expr+"\n}\nvariable \"key\" { default = \"hunter2hunter2\" }\n")
		_, diags := Load(dir, testOptions())
		got := strings.Join(texts(dir, diags), "\n")
		if strings.Contains(got, "main.hcl:3:14: A secret is written in the configuration: password is written out") != warned || strings.Contains(got, "hunter2") {
			t.Errorf("%s: %s", expr, got)
		}
	}
}
