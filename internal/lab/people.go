package lab

import (
	"bufio"
	"encoding/csv"
	"io"
	"math/rand/v2"
	"strings"
)

// WritePeople writes so many invented users as CSV, for the configurations of rehearsals: sip_address, identity and site, which
// is Berlin, Hamburg or Munich, in blocks of uneven size. The same number gives the same people.
func WritePeople(w io.Writer, people int, domain string) error {
	out := bufio.NewWriter(w)
	rows := csv.NewWriter(out)
	_ = rows.Write([]string{"sip_address", "identity", "site"}) // Flush has the error
	random := rand.New(rand.NewPCG(uint64(people), 0x70656f70))
	for n := range people {
		name := strings.ToLower(firstNames[random.IntN(len(firstNames))]+"."+lastNames[random.IntN(len(lastNames))]) + padded(n)
		site := "Berlin"
		switch share := random.IntN(6); {
		case share >= 5:
			site = "Munich"
		case share >= 3:
			site = "Hamburg"
		}
		_ = rows.Write([]string{"sip:" + name + "@" + domain, name + "@" + domain, site})
	}
	rows.Flush()
	if err := rows.Error(); err != nil {
		return err
	}
	return out.Flush()
}
