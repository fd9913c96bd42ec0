package lab

import (
	"fmt"
	"maps"
	"net"
	"slices"
	"strconv"

	"hybrid/internal/lab/nameserver"
)

// startDNS starts one name server a view.
func (l *Lab) startDNS(o Options) error {
	l.endpoints.DNS, l.names = map[string]DNSEndpoint{}, map[string]*nameserver.Server{}
	key, beyond := nameserver.Key{Name: tsigName, Algorithm: tsigHash, Secret: l.keys.TSIG}, l.estate.beyond()
	for n, view := range slices.Sorted(maps.Keys(l.estate.Views)) {
		port := 0
		if o.Listen.DNSPort != 0 {
			port = o.Listen.DNSPort + n
		}
		server, err := nameserver.Start(nameserver.Options{
			Listen:  net.JoinHostPort(o.Listen.Host, strconv.Itoa(port)),
			Zones:   l.estate.Views[view],
			TSIG:    key,
			Log:     l.log.Named("dns"),
			Beyond:  beyond,
			Struck:  l.strikeUpdate,
			Changed: func(zone string, sets []nameserver.Set, updated bool) { l.keepSets(view, zone, sets, updated) },
		})
		if err != nil {
			return fmt.Errorf("the lab's name server %q: %w", view, err)
		}
		l.names[view] = server
		behind, err := l.startBehind(o, view)
		if err != nil {
			return err
		}
		l.endpoints.DNS[view] = DNSEndpoint{Addr: server.Addr(), TSIGName: key.Name, Algorithm: key.Algorithm, Secret: key.Secret, Username: username + "@" + view, Behind: behind}
	}
	return nil
}

// startBehind starts the name server of those that are behind, where some are; it answers and takes no updates.
func (l *Lab) startBehind(o Options, view string) (string, error) {
	zones := l.estate.Ends.Held[view]
	if len(zones) == 0 {
		return "", nil
	}
	server, err := nameserver.Start(nameserver.Options{Listen: net.JoinHostPort(o.Listen.Host, "0"), Zones: zones, Beyond: l.estate.beyond(), Log: l.log.Named("dns")})
	if err != nil {
		return "", fmt.Errorf("the lab's name server %q as it was: %w", view, err)
	}
	l.behind = append(l.behind, server)
	return server.Addr(), nil
}

// keepSets takes over what an update, or a cmdlet on the server, has changed, before it is answered.
func (l *Lab) keepSets(view, zone string, sets []nameserver.Set, updated bool) {
	err := l.Change(func(e *Estate) error {
		e.UpdateZone(view, zone, sets)
		if !updated {
			return nil
		}
		e.wrote(dnsUpdate)
		return e.note(Write{Call: dnsUpdate, Of: owners(sets), Changed: true})
	})
	if err != nil {
		l.log.Error("an update of a zone is not kept", "view", view, "zone", zone, "error", err)
	}
}
