//go:build unix

package question

import (
	"fmt"
	"net"

	"github.com/miekg/dns"
)

// resolvConf is where the system's resolvers stand: see resolv.conf(5).
const resolvConf = "/etc/resolv.conf"

// System gives the resolvers that this machine asks, as host:port, in its order.
func System() ([]string, error) {
	c, err := dns.ClientConfigFromFile(resolvConf)
	if err != nil {
		return nil, fmt.Errorf("which resolvers this machine asks cannot be read: %w", err)
	}
	var all []string
	for _, server := range c.Servers {
		all = append(all, net.JoinHostPort(server, c.Port))
	}
	return all, nil
}
