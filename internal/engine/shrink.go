package engine

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"hybrid/planner"
)

// A list that is much shorter than at the last run may have been cut short on the way: servers end lists early without an
// error. What is missing from it must not be taken for gone, so nothing is planned from it.

// A Shrunk is a list that lacks much of what it held.
type Shrunk struct {
	List string `json:"list"` // as in [Remembered.Counts]: "skype hosting_provider"
	Was  int    `json:"was"`  // at the last run
	Now  int    `json:"now"`
}

func (s Shrunk) String() string {
	return fmt.Sprintf("%s lists %d, and listed %d", s.List, s.Now, s.Was)
}

// shrinkFloor is how long a list must have been before what is missing from it means anything.
const shrinkFloor = 10

// listName is what a list is remembered by: "skype hosting_provider", "dns.external dns_record contoso.com".
func listName(source planner.Source, part string) string {
	return strings.TrimSpace(source.Provider + " " + source.Kind + " " + part)
}

// lengths is how many objects a listing holds, list by list, as far as those were read whole.
func lengths(source planner.Source, listing planner.Listing) map[string]int {
	if listing.Err != nil {
		return nil
	}
	if listing.Parts == nil && !listing.Complete {
		return nil
	}
	if listing.Parts == nil {
		return map[string]int{listName(source, ""): len(listing.Objects) + listing.Users.Len()}
	}
	all := map[string]int{}
	for part, n := range listing.Parts {
		all[listName(source, part)] = n
	}
	return all
}

// complete keeps how long lists are, and takes for unknown what has shrunk, unless that is accepted.
func (e *Engine) complete(live planner.Live) {
	for _, source := range sources(live) {
		for _, list := range slices.Sorted(maps.Keys(lengths(source, live[source]))) {
			now := lengths(source, live[source])[list]
			was, known := e.Remembered.Counts[list]
			if s := (Shrunk{list, was, now}); known && e.short(s) && !e.accepts(s) {
				live[source] = planner.Listing{Err: e.tooShort(source, live[source], s)}
				break
			}
			e.keepLength(list, now)
		}
	}
}

// short says whether more is missing from a list than max_shrink allows.
func (e *Engine) short(s Shrunk) bool {
	missing := s.Was - s.Now
	return s.Was >= shrinkFloor && missing > 0 && float64(missing) >= e.Config.Settings.Guard.MaxShrink*float64(s.Was)
}

// accepts takes the length of a list as the truth where somebody said so, and remembers it: should the list be shorter still
// when it is read again, that is not what was accepted.
func (e *Engine) accepts(s Shrunk) bool {
	if at, ok := e.accepted(s.List); ok {
		return !e.short(Shrunk{s.List, at, s.Now})
	}
	if e.AcceptShrink {
		e.Accepted = append(e.Accepted, s)
	}
	return e.AcceptShrink
}

func (e *Engine) accepted(list string) (length int, ok bool) {
	for _, s := range e.Accepted {
		if s.List == list {
			return s.Now, true
		}
	}
	return 0, false
}

// tooShort is why nothing is planned from a list that has shrunk. Kinds that share one reading say the same.
func (e *Engine) tooShort(source planner.Source, listing planner.Listing, s Shrunk) error {
	return fmt.Errorf("%s lists %d %s now, and %d were there when %s: %d are missing, and a list that lacks %g %% is taken for one that was cut short (max_shrink).\n"+
		"Plan again: a list that a server ended early is whole the next time. If they are really gone, say so: --accept-shrink --reason TEXT",
		source.Provider, s.Now, whatIsListed(source, listing, s), s.Was, e.Remembered, s.Was-s.Now, 100*e.Config.Settings.Guard.MaxShrink)
}

// whatIsListed names the objects of a list: "hosting_provider objects", "users", "dns_record objects of contoso.com".
func whatIsListed(source planner.Source, listing planner.Listing, s Shrunk) string {
	if listing.Users != nil {
		return "users"
	}
	part := strings.TrimPrefix(s.List, listName(source, ""))
	if part != "" {
		part = " of" + part
	}
	return source.Kind + " objects" + part
}

// Taken are the lists that are taken for the truth though they have shrunk: of those that were accepted, the ones that have not
// come back since.
func (e *Engine) Taken() []Shrunk {
	var all []Shrunk
	for _, s := range e.Accepted {
		now := Shrunk{s.List, e.Remembered.Counts[s.List], e.listed[s.List]}
		if _, read := e.listed[s.List]; read && e.short(now) {
			all = append(all, now)
		}
	}
	return all
}

// shrinkAccepted warns of every list that was taken as the truth though it has shrunk.
func (e *Engine) shrinkAccepted() hcl.Diagnostics {
	var diags hcl.Diagnostics
	for _, s := range e.Taken() {
		diags = append(diags, &hcl.Diagnostic{
			Severity: hcl.DiagWarning, Summary: "A shrunk list is taken as the truth",
			Detail: fmt.Sprintf("%s when %s. What is missing is taken for gone, since --accept-shrink says so.", s, e.Remembered),
		})
	}
	return diags
}
