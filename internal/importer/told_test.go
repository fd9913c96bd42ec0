package importer

import (
	"fmt"
	"testing"

	"hybrid/internal/roster"
)

// A user of whom there are several rows is told of once, and the users beyond those who are named are counted, not their rows.
func TestAUserIsToldOfOnce(t *testing.T) {
	t.Parallel()
	c := crowd{table: roster.New("SipAddress"), out: map[int32]string{}}
	for n := range mostTold + 2 {
		for _, spelling := range []string{"sip", "SIP"} {
			c.out[int32(c.table.Len())] = "several accounts have this address"
			c.table.Append(fmt.Sprintf("%s:user%02d@contoso.com", spelling, n))
		}
	}
	told := c.tell(c.out, "is in no table")
	if len(told) != mostTold+1 || told[1] != "The user sip:user01@contoso.com is in no table: several accounts have this address." || told[mostTold] != "2 more users like these: each is in no table." {
		t.Errorf("%q", told)
	}
}
