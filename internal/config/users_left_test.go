package config

import (
	"slices"
	"testing"
)

// Blanks around a cell are seen by nobody, and choose nobody away.
func TestFiltersForgiveBlanks(t *testing.T) {
	t.Parallel()
	u, err := readUsers("u.csv", []byte("sip_address,department\nsip:a@contoso.com,Sales \nsip:b@contoso.com, sales\nsip:c@contoso.com,\u00a0Sales\nsip:d@contoso.com,Sa les\n"), filter{"department": {"Sales"}})
	if err != nil || u.Table.Len() != 3 || u.rows != 4 {
		t.Errorf("%+v, %v", u, err)
	}
}

// Rows that no block takes are told where blocks choose from a table: first those in which there may be a slip.
func TestRowsInNoBlock(t *testing.T) {
	t.Parallel()
	const csv = `
-- u.csv --
sip_address,wave,site
sip:a@contoso.com,1,Berlin
sip:b@contoso.com,wave 2,Berlin
sip:c@contoso.com,3,Paris
sip:d@contoso.com,3,Paris
sip:e@contoso.com,3,Paris
sip:f@contoso.com,3,paris
sip:g@contoso.com,4,Brelin
`
	left := `warning: main.hcl:3:22: Users in no block: 6 of the 7 rows of u.csv are in no block, and nothing is planned for them. ` +
		`u.csv:8: site is "Brelin" and wave is "4". Did you mean "Berlin"? u.csv:3: site is "Berlin" and wave is "wave 2". ` +
		`u.csv:4, u.csv:5, u.csv:6 and 1 more: site is "Paris" and wave is "3".`
	for name, c := range map[string]struct {
		blocks string
		want   []string
	}{
		"one block": {`user "one" { users = users_csv("u.csv", { site = "Berlin", wave = "1" }) }`, []string{left}},
		"by another": {`user "one" { users = users_csv("u.csv", { site = ["Berlin", "Paris"] }) }`, []string{
			`warning: main.hcl:3:22: Users in no block: one of the 7 rows of u.csv is in no block, and nothing is planned for it. u.csv:8: site is "Brelin". Did you mean "Berlin"?`,
		}},
		"each by some": {`user "one" { users = users_csv("u.csv", { site = ["Berlin", "Paris"] }) }
user "two" { users = users_csv("./u.csv", { wave = "4" }) }`, nil},
		"the whole": {`user "one" { users = users_csv("u.csv", { site = "Berlin" }) }
user_homing "two" {
  target = "pool01"
  users  = users_csv("u.csv")
}`, nil},
		"as a list": {`user "one" { users = users_csv("u.csv", { site = "Berlin" }) }
user "two" { users = [for u in csvdecode(file("u.csv")) : { sip_address = u.sip_address } if u.site != "Berlin"] }`, nil},
	} {
		dir := write(t, providers+"\n"+c.blocks+csv)
		_, diags := Load(dir, testOptions())
		if got := texts(dir, diags); !slices.Equal(got, c.want) {
			t.Errorf("%s: got %q", name, got)
		}
	}
}

// A column that has another value in each row does not make a warning of all of them.
func TestManyRowsInNoBlock(t *testing.T) {
	t.Parallel()
	rows := "sip_address,id\nsip:a@contoso.com,x\n"
	for n := range 500 {
		rows += "sip:b" + string(rune('a'+n%26)) + string(rune('a'+n/26)) + "@contoso.com,n" + string(rune(0x4e00+n)) + "\n"
	}
	dir := write(t, providers+"\n"+`user "one" { users = users_csv("u.csv", { id = "x" }) }`+"\n-- u.csv --\n"+rows)
	_, diags := Load(dir, testOptions())
	if got := texts(dir, diags); len(got) != 1 || len(got[0]) > 500 {
		t.Errorf("got %q", got)
	}
}
