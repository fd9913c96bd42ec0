package lab

import (
	"cmp"
	"slices"
	"strings"
)

// freshZones are some zones and those that hold some owner names, with what such zones hold before hybrid: the names of the
// online service, since that is where the users were.
func freshZones(names, named, domains []string, begun *Begun) map[string][]string {
	zones := map[string][]string{}
	known := newNames(domains).seen
	for _, zone := range named {
		zone = strings.ToLower(strings.TrimSuffix(zone, "."))
		known[zone], zones[zone+"."] = true, nil
	}
	for _, entry := range names {
		owner, _, _ := strings.Cut(entry, " ")
		if zone := zoneOf(owner, known); zone != "." {
			zones[zone] = nil
		}
	}
	for zone := range zones {
		zones[zone] = []string{
			zone + " 3600 IN SOA ns1." + zone + " hostmaster." + zone + " 2026010101 900 600 86400 3600",
			zone + " 3600 IN NS ns1." + zone,
			"ns1." + zone + " 3600 IN A 127.0.0.1",
		}
	}
	for _, entry := range names {
		owner, kind, _ := strings.Cut(entry, " ")
		owner = strings.ToLower(strings.TrimSuffix(owner, ".")) + "."
		zone := zoneOf(owner, known)
		old := cmp.Or(begun.record(owner, zone, strings.ToUpper(kind)), oldRecord(owner, zone, strings.ToUpper(kind)))
		if old != "" && !slices.Contains(zones[zone], old) {
			zones[zone] = append(zones[zone], old)
		}
	}
	return zones
}

// zoneOf is the zone that a name belongs to: the longest named zone or SIP domain above it, else its last two labels.
func zoneOf(owner string, domains map[string]bool) string {
	owner = strings.ToLower(strings.TrimSuffix(owner, "."))
	for at, below := owner, true; below; _, at, below = strings.Cut(at, ".") {
		if domains[at] {
			return at + "."
		}
	}
	labels := strings.Split(owner, ".")
	return strings.Join(labels[max(0, len(labels)-2):], ".") + "."
}

// oldRecord is what a name pointed to before; "" where it did not exist. A name that is to have addresses has an old
// address: a CNAME would stand in their way. Where its type is not known, there is nothing.
func oldRecord(owner, zone, kind string) string {
	switch strings.TrimSuffix(owner, zone) {
	case "lyncdiscover.":
		switch kind {
		case "CNAME":
			return owner + " 3600 IN CNAME webdir.online.lync.com."
		case "A":
			return owner + " 3600 IN A 192.0.2.10"
		}
	case "_sip._tls.":
		return owner + " 3600 IN SRV 100 1 443 sipdir.online.lync.com."
	case "_sipfederationtls._tcp.":
		return owner + " 3600 IN SRV 100 1 5061 sipfed.online.lync.com."
	}
	return ""
}
