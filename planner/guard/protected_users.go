package guard

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"hybrid/internal/roster"
	"hybrid/planner"
)

// ProtectedUsers refuses to move, disable or change users. Enabling somebody who does not exist takes nothing away and
// passes.
type ProtectedUsers struct {
	// Patterns are SIP addresses, with or without the prefix "sip:", * for any text and ? for any letter, without case.
	Patterns []string
	Range    hcl.Range // where they are named
}

// mostNamed is up to how many users or objects a refusal names.
const mostNamed = 3

// Check names the first few, and counts all.
func (g ProtectedUsers) Check(p *planner.Plan) []planner.Refusal {
	if len(g.Patterns) == 0 {
		return nil
	}
	touched := g.touched(p)
	if len(touched) == 0 {
		return nil
	}
	return []planner.Refusal{{Guard: Users, Range: g.Range, Text: fmt.Sprintf(
		"The plan moves, disables or changes %s: %s. Leave them out of the blocks that name them, or take them off protected_users in the guard block of hybrid {}.",
		number(len(touched), "protected user"), few(touched))}}
}

// touched lists the protected users that a plan changes, each once, with the block that does.
func (g ProtectedUsers) touched(p *planner.Plan) []string {
	protected, seen := newPatterns(g.Patterns), map[string]bool{}
	var touched []string
	for i := range p.Changes {
		c := &p.Changes[i]
		for n := range c.Users.Len() {
			if c.Action == planner.Create && c.ActionOf(n) == planner.Create {
				continue
			}
			if sip := c.Users.SIP(n); !seen[sip] && (protected.match(sip) || protected.called(c.Users.Identity(n), sip)) {
				seen[sip] = true
				touched = append(touched, fmt.Sprintf("%s (%s)", sip, c.Address))
			}
		}
	}
	return touched
}

// few is "a, b, c", "a, b, c and 4 more".
func few(names []string) string {
	if len(names) <= mostNamed {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:mostNamed], ", "), len(names)-mostNamed)
}

// patterns are SIP addresses to be recognized among a hundred thousand: those without * and ? are looked up.
type patterns struct {
	exact map[string]bool
	wild  []string
}

func newPatterns(texts []string) patterns {
	p := patterns{exact: map[string]bool{}}
	for _, text := range texts {
		if text = strings.ToLower(strings.TrimSpace(text)); strings.ContainsAny(text, "*?") {
			p.wild = append(p.wild, text)
		} else {
			p.exact[roster.Canonical(text)] = true
		}
	}
	return p
}

// match says whether a canonical SIP address is one of them.
func (p patterns) match(sip string) bool {
	bare := strings.TrimPrefix(sip, "sip:")
	return p.exact[sip] || slices.ContainsFunc(p.wild, func(pattern string) bool {
		return like(pattern, sip) || like(pattern, bare)
	})
}

// called says whether the identity that servers are told of a user is somebody else's address, who is one of them.
func (p patterns) called(identity, sip string) bool {
	other := roster.Canonical(identity)
	return other != sip && strings.Contains(other, "@") && p.match(other)
}

// like says whether a text is of a pattern, in which * is any text and ? any letter. Both are in lower case.
func like(pattern, text string) bool {
	star, again := -1, 0 // the last * seen, and where the text goes on once it has taken one letter more
	at := 0
	for n := 0; n < len(text); {
		switch {
		case at < len(pattern) && pattern[at] == '*':
			star, again = at, n
			at++
		case at < len(pattern) && (pattern[at] == '?' || pattern[at] == text[n]):
			at, n = at+1, n+1
		case star >= 0:
			again++
			at, n = star+1, again
		default:
			return false
		}
	}
	return strings.Trim(pattern[at:], "*") == ""
}
