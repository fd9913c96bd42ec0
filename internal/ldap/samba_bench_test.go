package ldap_test

import (
	"os"
	"strconv"
	"testing"

	"hybrid/internal/sambatest"
)

// BenchmarkDomainController reads 20,000 users with five attributes of Samba, or HYBRID_SAMBA_USERS of them, and has ldapsearch read the
// same of the same server. Samba takes most of a minute to load 20,000; a run with 100,000, most
// of which is loading, was given up after thirteen.
func BenchmarkDomainController(b *testing.B) {
	c := sambatest.Start(b, sambatest.Options{Schema: true})
	many := sambaUsers(b)
	accountsOf(b, c, many)
	o := at(b, c)
	o.URL, o.Dial = "ldaps://"+c.Address, "" // as ldapsearch asks
	readAgainst(b, source{options: o, base: c.Base, many: many, ca: c.CA})
}

// sambaUsers is how many users Samba is given.
func sambaUsers(b *testing.B) int {
	b.Helper()
	text := os.Getenv("HYBRID_SAMBA_USERS")
	if text == "" {
		return 20_000
	}
	many, err := strconv.Atoi(text)
	if err != nil {
		b.Fatalf("HYBRID_SAMBA_USERS: %v", err)
	}
	return many
}
