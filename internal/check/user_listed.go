package check

import (
	"slices"
	"strings"

	"hybrid/internal/roster"
)

// A listed side is what one system has of users: all of them, or those that one address may mean.
type listed struct {
	where string
	err   error
	rows  []row
	bySIP map[string][]int
	byUPN map[string]int
}

// index makes the look-ups; addresses are the properties that may hold a SIP address.
func (l *listed) index(addresses ...string) {
	l.bySIP, l.byUPN = map[string][]int{}, map[string]int{}
	for n := range l.rows {
		s := Side{row: &l.rows[n]}
		for _, property := range addresses {
			if sip, _ := s.Text(property); sip != "" && !slices.Contains(l.bySIP[roster.Canonical(sip)], n) {
				l.bySIP[roster.Canonical(sip)] = append(l.bySIP[roster.Canonical(sip)], n)
			}
		}
		if upn, _ := s.Text("UserPrincipalName"); upn != "" {
			l.byUPN[strings.ToLower(upn)] = n
		}
	}
}

// find is the user of a principal name, else the first of a SIP address.
func (l *listed) find(sip, upn string) Side {
	s := Side{Where: l.where, Err: l.err}
	if l.err != nil {
		return s
	}
	if n, ok := l.byUPN[strings.ToLower(upn)]; ok && upn != "" {
		s.row = &l.rows[n]
	} else if found := l.bySIP[sip]; len(found) > 0 {
		s.row = &l.rows[found[0]]
	}
	return s
}

// enabled is how many users of a list are enabled for the servers, if only for now not.
func (l *listed) enabled() (many int) {
	for n := range l.rows {
		if enabled, _ := (Side{row: &l.rows[n]}).Text("Enabled"); enabled != "" {
			many++
		}
	}
	return many
}
