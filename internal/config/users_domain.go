package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"hybrid/planner"
	"hybrid/schema"
)

// warnOfDomains tells of users whose SIP domain is none that the configuration declares and nearly one: an address that is misspelt is
// somebody else's, or nobody's. A domain that is near none may be declared elsewhere.
func (l *loader) warnOfDomains(objects []planner.Object) {
	declared := map[string]bool{}
	for i := range objects {
		if kind := objects[i].Kind.Name; kind == "sip_domain" || kind == "online_sip_domain" {
			declared[strings.ToLower(objects[i].Identity)] = true
		}
	}
	if len(declared) == 0 {
		return
	}
	names := slices.Sorted(maps.Keys(declared))
	for i := range objects {
		if o := &objects[i]; o.Kind.Rows != nil && !o.Absent {
			l.strangers(o, declared, names)
		}
	}
}

// strangers counts a block's users in domains that are near a declared one, and warns of the first domain of them.
func (l *loader) strangers(o *planner.Object, declared map[string]bool, names []string) {
	near := map[string]string{} // of each other domain the declared one that it is near
	count, first := 0, 0
	for row, cells := range o.Users.Rows() {
		domain := cells[0][strings.LastIndexByte(cells[0], '@')+1:]
		if declared[domain] {
			continue
		}
		domain = strings.ToLower(domain)
		meant, known := near[domain]
		if !known {
			meant = misspelt(domain, names)
			near[domain] = meant
		}
		if meant == "" {
			continue
		}
		if count == 0 {
			first = row
		}
		count++
	}
	if count == 0 {
		return
	}
	sip := o.Users.SIP(first)
	domain := sip[strings.LastIndexByte(sip, '@')+1:]
	if place := o.UserPlace(first); place != "" {
		sip += " (" + place + ")"
	}
	who := sip + " is"
	if count > 1 {
		who = fmt.Sprintf("%d users, %s first, are", count, sip)
	}
	l.warnAt(o.RangeOf("users"), "A SIP domain that is not declared", "%s in a domain beside those that are declared. Did you mean %q instead of %q? If it is a domain of its own, declare it as well.",
		who, near[domain], domain)
}

// misspelt is the declared domain that another one is a slip of; "" where it is none: domains below one another, and those that differ
// in their ends as .com and .de do, are several.
func misspelt(domain string, declared []string) string {
	near := schema.Nearest(domain, declared)
	if near == "" || near == domain || strings.HasSuffix(domain, "."+near) || strings.HasSuffix(near, "."+domain) || schema.Nearest(ending(domain), []string{ending(near)}) == "" {
		return ""
	}
	return near
}

// ending is the last label of a domain.
func ending(domain string) string { return domain[strings.LastIndexByte(domain, '.')+1:] }
