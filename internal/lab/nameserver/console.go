package nameserver

import (
	"errors"
	"slices"

	"github.com/miekg/dns"
)

// ErrNoZone says that the server has no zone of that name.
var ErrNoZone = errors.New("the server has no such zone")

// Names are the server's zones, without the trailing dot, sorted.
func (s *Server) Names() []string {
	s.reading.RLock()
	defer s.reading.RUnlock()
	var names []string
	for origin := range s.zones {
		names = append(names, origin[:max(1, len(origin)-1)])
	}
	slices.Sort(names)
	return names
}

// Records are those of a zone in canonical order, the SOA record first; they are not the caller's to change.
func (s *Server) Records(zone string) ([]dns.RR, error) {
	s.reading.RLock()
	defer s.reading.RUnlock()
	z := s.zones[dns.CanonicalName(zone)]
	if z == nil {
		return nil, ErrNoZone
	}
	return z.records(), nil
}

// Edit changes a zone as an administrator does at the server itself, for whom keys and prerequisites do not matter. The
// function is given what stands at a name and decides on the updates, in the form of RFC 2136 section 2.5; nobody else
// changes the zone meanwhile. Its error leaves the zone as it was.
func (s *Server) Edit(zone, owner string, decide func(at []dns.RR) ([]dns.RR, error)) error {
	s.updating.Lock()
	defer s.updating.Unlock()
	z := s.zones[dns.CanonicalName(zone)]
	if z == nil {
		return ErrNoZone
	}
	var at []dns.RR
	for _, set := range z.at(dns.CanonicalName(owner)) {
		at = append(at, set...)
	}
	updates, err := decide(at)
	if err != nil {
		return err
	}
	s.commit(z, updates, false)
	return nil
}

// commit carries changes out, which came as an update or were made at the server, and tells what they are before anybody
// is answered.
func (s *Server) commit(z *zone, changes []dns.RR, updated bool) {
	if sets := s.carryOut(z, changes); len(sets) > 0 && s.changed != nil {
		s.changed(z.name, sets, updated)
	}
}
