package lab

import (
	"net/netip"
	"slices"
	"strings"

	"hybrid/internal/lab/discovery"
)

// The addresses of what no configuration has records of: for documentation only (RFC 5737), since nobody dials them.
var (
	poolAddress  = netip.MustParseAddr("192.0.2.20")
	cloudAddress = netip.MustParseAddr("198.51.100.10")
)

// beyond gives the addresses of names that the estate's zones do not have and clients meet on their way: pools and their web
// services, and Microsoft's hosts. It knows the estate as it is now.
func (e *Estate) beyond() func(name string) (netip.Addr, bool) {
	pools, ends := e.poolNames(), e.Ends
	return func(name string) (address netip.Addr, known bool) {
		switch name = strings.ToLower(name); {
		case ends.answers(name, discovery.Gone):
			return netip.Addr{}, true
		case cloudHost.MatchString(name):
			return cloudAddress, true
		}
		known = slices.ContainsFunc(pools, func(pool string) bool { return pool == name || webOutside(pool) == name })
		if known {
			address = poolAddress
		}
		return address, known
	}
}
