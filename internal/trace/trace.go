// Package trace follows the path that a Lync or Skype for Business client takes to sign in: from the name that it looks up, over
// the documents of the autodiscover service ([MS-OCDISCWS]), to the side and the pool where the user is homed. Each hop says what
// was asked, what came back, and whether that is what KB 2757450 describes. What lies behind authentication is filled in from what
// the directory and the cmdlets say, and marked as not walked. It changes nothing.
package trace

import (
	"slices"
	"time"
)

// A View is from where a path is walked.
type View string

// The views.
const (
	Inside  View = "inside"  // as clients in the own network see the names
	Outside View = "outside" // as the Internet sees them
)

// A Verdict is how a hop ends.
type Verdict string

// The verdicts.
const (
	Described Verdict = "as described"         // the hop is as the procedure describes it
	Warns     Verdict = "warns"                // the client gets on, and not every client does
	Left      Verdict = "left the path"        // the client does not get where it should
	Unknown   Verdict = "unknown"              // it could not be found out
	Expected  Verdict = "expected, not walked" // what directory and cmdlets say of a hop behind authentication
	Gone      Verdict = "cloud discovery gone" // Microsoft's service answers no longer, which is nothing to mend
	Beside    Verdict = "beside the path"      // only older clients ask it, or only where the path ends early
)

// A Trace is the path of one user from one view or both.
type Trace struct {
	SIP   string // canonical: "sip:ada@contoso.com"
	Paths []Path
}

// A Path is what was walked from one view.
type Path struct {
	View View
	Hops []Hop
	End  string // where it ends, a sentence; "" where it ends nowhere
}

// A Hop is one question and its answer.
type Hop struct {
	Step        string // what it is: "name", "root", "domain", "user", "ticket", "home", "sip"
	Asked       string // "GET https://…", "lyncdiscover.contoso.com A, AAAA"
	At          string // who answered: host:port that was dialled, or the name server
	Status      string // "200 OK"; "" where it is no HTTP, or nobody answered
	Certificate *Certificate
	TLS         string // "TLS 1.2", the newest that the other end speaks; "" where that was not seen
	Server      string // the server's own word on its name, X-MS-Server-Fqdn
	Took        time.Duration
	Said        []string // what the answer says, a sentence each; never a secret
	Facts       []Fact   // where the hop is not walked: what it is expected from
	Verdict     Verdict
	Why         string // where it is not as described: why
	Do          string // and what to do about it
	// Passed says that clients get on past the hop all the same: by HTTPS, by the other name, or since they need not ask there.
	Passed bool
}

// A Fact is something that was read elsewhere.
type Fact struct {
	What  string // "HostingProvider"
	Value string // "sipfed.online.lync.com"
	Where string // "the servers"
	When  time.Time
}

// left, warned and doubted set a verdict, unless the hop has one that is as grave: the first cause is what matters.
func (h *Hop) left(why, do string)   { h.judge(Left, why, do) }
func (h *Hop) warned(why, do string) { h.judge(Warns, why, do) }
func (h *Hop) doubted(why, do string) {
	h.judge(Unknown, why, do)
}

func (h *Hop) judge(v Verdict, why, do string) {
	if grave(v) > grave(h.Verdict) {
		h.Verdict, h.Why, h.Do = v, why, do
	}
}

// grave orders verdicts by how much they matter.
func grave(v Verdict) int {
	return slices.Index([]Verdict{Beside, Expected, Described, Gone, Warns, Unknown, Left}, v)
}

// said adds a sentence.
func (h *Hop) said(text string) { h.Said = append(h.Said, text) }

// Worst is the gravest verdict of all hops; Described where none is grave.
func (t Trace) Worst() Verdict {
	worst := Described
	for _, p := range t.Paths {
		if v := p.Worst().Verdict; grave(v) > grave(worst) {
			worst = v
		}
	}
	return worst
}

// Worst is the hop that decides a path; a Described one without text where none is grave.
func (p Path) Worst() Hop {
	if n := p.Decides(); n >= 0 {
		return p.Hops[n]
	}
	return Hop{Verdict: Described}
}

// Decides is the index of the first of the gravest hops, of those that clients do not get past where there are any; -1 where none
// is grave.
func (p Path) Decides() int {
	decides, worst, passed := -1, Described, false
	for n, h := range p.Hops {
		if by := grave(h.Verdict) - grave(worst); by > 0 || by == 0 && passed && !h.Passed {
			decides, worst, passed = n, h.Verdict, h.Passed
		}
	}
	return decides
}
