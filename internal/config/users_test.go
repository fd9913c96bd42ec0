package config

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func table(u *Users) [][]string {
	var all [][]string
	for _, row := range u.Table.Rows() {
		all = append(all, row)
	}
	return all
}

func TestReadUsersInEveryFormThatProgramsWrite(t *testing.T) {
	t.Parallel()
	want := [][]string{{"sip:ada@contoso.com", "ada"}, {"sip:alan@contoso.com", "sip:alan@contoso.com"}}
	for name, src := range map[string]string{
		"commas":                 "sip_address,identity\nsip:ada@contoso.com,ada\nsip:alan@contoso.com,\n",
		"no last line break":     "sip_address,identity\nsip:ada@contoso.com,ada\nsip:alan@contoso.com,",
		"Excel, German":          "\xef\xbb\xbfidentity;sip_address\r\nada;sip:ada@contoso.com\r\n;sip:alan@contoso.com\r\n",
		"Excel, separator named": "sep=;\r\nidentity;sip_address\r\nada;sip:ada@contoso.com\r\n;sip:alan@contoso.com\r\n",
		"Export-Csv":             "#TYPE System.Object\r\n\"sip_address\",\"identity\"\r\n\"sip:ada@contoso.com\",\"ada\"\r\n\"sip:alan@contoso.com\",\"\"\r\n",
		"commas in a cell":       "sip_address,name,identity\nsip:ada@contoso.com,\"Lovelace, Ada\",ada\nsip:alan@contoso.com,\"a\nb\",\n",
		"blank lines":            "sip_address,identity\n\nsip:ada@contoso.com,ada\n\nsip:alan@contoso.com,\n\n",
		"spaces in the header":   "sip_address , identity\nsip:ada@contoso.com,ada\nsip:alan@contoso.com,\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			users, err := readUsers("u.csv", []byte(src), nil)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, table(users)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestReadUsersRefusesOtherEncodings(t *testing.T) {
	t.Parallel()
	for _, src := range []string{"\xff\xfes\x00i\x00", "\xfe\xff\x00s\x00i"} {
		if _, err := readUsers("u.csv", []byte(src), nil); err == nil || !strings.Contains(err.Error(), "UTF-16") {
			t.Errorf("%q: %v", src, err)
		}
	}
	for src, want := range map[string]string{
		"sip_address,gr\xf6\xdfe\n": "u.csv:1: the text is not UTF-8 (Windows-1252?); save the file as UTF-8",
		"\xef\xbb\xbfsip_address,site\r\nsip:ada@contoso.com,K\u00f6ln\r\nsip:alan@contoso.com,K\xf6ln\r\n": "u.csv:3: the text is not UTF-8",
		"#TYPE x\nsep=;\nsip_address;site\nsip:j\xfcrgen@contoso.com;x\n":                                   "u.csv:4: the text is not UTF-8",
	} {
		if _, err := readUsers("u.csv", []byte(src), nil); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: %v", src, err)
		}
	}
}

func TestWhere(t *testing.T) {
	t.Parallel()
	dir := write(t, providers+`
user "one" { users = users_csv("u.csv", { wave = 1 }) }
user "sites" {
  ensure = "absent"
  users  = users_csv("u.csv", { site = ["berlin", "Oslo"], wave = "2" })
}
user "none" { users = users_csv("u.csv", { site = [] }) }
locals { count = length(users_csv("u.csv", { wave = 1 })) }
access_edge { allow_federated_users = local.count == 2 }
-- u.csv --
sip_address,wave,site
sip:a@contoso.com,1,Berlin
sip:b@contoso.com,2,Berlin
sip:c@contoso.com,2,Paris
sip:d@contoso.com,1,Oslo
not checked,3,Rome
sip:e@contoso.com,2,Oslo
`)
	c, diags := Load(dir, testOptions())
	if got := texts(dir, diags); diags.HasErrors() || len(got) != 1 || !strings.Contains(got[0], "user.none is about nobody: of the 6 rows of u.csv none is what the filter asks for.") {
		t.Fatalf("diagnostics: %q", got)
	}
	for address, want := range map[string][]string{
		"user.one": {"sip:a@contoso.com", "sip:d@contoso.com"}, "user.sites": {"sip:b@contoso.com", "sip:e@contoso.com"}, "user.none": nil,
	} {
		var got []string
		for _, row := range rows(find(t, c.Objects, address)) {
			got = append(got, row[0])
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", address, diff)
		}
	}
	if v := find(t, c.Objects, "access_edge").Want.GetAttr("allow_federated_users"); !v.True() {
		t.Error("length of a table of users is another")
	}
}

func TestManyWrongRowsAreCounted(t *testing.T) {
	t.Parallel()
	_, err := readUsers("u.csv", []byte("sip_address\n"+strings.Repeat("ada@contoso.com\n", 25)), nil)
	if err == nil {
		t.Fatal("no error")
	}
	if got := err.Error(); !strings.HasPrefix(got, "25 rows are wrong:\n  u.csv:2: ") || !strings.HasSuffix(got, "\n  and 15 more") || strings.Count(got, "\n") != 11 {
		t.Errorf("got %s", got)
	}
}

// hundredThousand is a file as an export of a large deployment gives it.
func hundredThousand() []byte {
	var b strings.Builder
	b.WriteString("sip_address,identity,site\n")
	for n := range 100_000 {
		fmt.Fprintf(&b, "sip:firstname.lastname%06d@contoso.com,firstname.lastname%06d@contoso.com,site%d\n", n, n, n%20)
	}
	return []byte(b.String())
}

// BenchmarkUsersCSV reads 100,000 users into a table: the aim is well under 0.2 s.
func BenchmarkUsersCSV(b *testing.B) {
	src := hundredThousand()
	b.SetBytes(int64(len(src)))
	b.ReportAllocs()
	for b.Loop() {
		users, err := readUsers("u.csv", src, nil)
		if err != nil || users.Table.Len() != 100_000 {
			b.Fatal(err)
		}
	}
}

// BenchmarkLoad loads a configuration of two blocks with the same 100,000 users.
func BenchmarkLoad(b *testing.B) {
	dir := write(b, providers+`
user "all" { users = users_csv("u.csv") }
user_homing "all" {
  users  = users_csv("u.csv")
  target = "pool01.contoso.com"
}
-- u.csv --
`+string(hundredThousand()))
	b.ReportAllocs()
	for b.Loop() {
		if c, diags := Load(dir, testOptions()); diags.HasErrors() || c.Objects[1].Users.Len() != 100_000 {
			b.Fatal(diags)
		}
	}
}

// TestUsualAddressesAreGood holds the quick way of judging an address against the thorough one.
func TestUsualAddressesAreGood(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		sip := rapid.StringMatching(`(sip:|SIP:|)[a-zA-Z0-9.@:;' _+-]{0,8}(@|)[a-z.@:-]{0,8}`).Draw(t, "sip")
		if usual(sip) && thorough(sip) != "" {
			t.Errorf("%q is usual, and yet %s", sip, thorough(sip))
		}
	})
	for _, sip := range []string{"sip:ada@contoso.com", "SIP:O'Brien.x+y_z-1@sub.contoso.com"} {
		if !usual(sip) {
			t.Errorf("%q goes the slow way", sip)
		}
	}
	if problem := sipProblem("sip:jürgen@contoso.com"); problem != "" {
		t.Error(problem)
	}
}
