package check

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"hybrid/internal/phase"
)

// agreement is D-AGREE.
func agreement(ctx context.Context, e *Estate) Result {
	compared := false
	r := eachDomain(ctx, e, func(ctx context.Context, t *trial, d phase.Domain) {
		for _, l := range labels {
			types := addressTypes
			if l.rtype != "" {
				types = []string{l.rtype}
			}
			compared = t.agree(t.hear(ctx, d.Name, Outside, l.label+"."+d.Name, types...)) || compared
		}
		compared = t.agree(t.hear(ctx, d.Name, Inside, "lyncdiscoverinternal."+d.Name, addressTypes...)) || compared
		compared = t.agree(t.hear(ctx, d.Name, Inside, federationLabel+"."+d.Name, "SRV")) || compared
	})
	if r.Verdict == Pass && !compared {
		return Result{Verdict: NoCause, Text: "only one server or resolver is asked in each view, so there is nothing to compare", Evidence: r.Evidence}
	}
	return r
}

// agree compares what several say of one name in one view with what the first who counts says, and says whether there was
// anything to compare.
func (t *trial) agree(heard []testimony) bool {
	heard = slices.DeleteFunc(heard, func(s testimony) bool { return s.System }) // nobody says from where it looks
	var first *testimony
	for n, s := range heard {
		switch {
		case s.err != nil:
			t.unknown("%s could not be asked for %s: %v", s.Witness, s.name, s.err)
		case first == nil || s.Authority && !first.Authority:
			first = &heard[n]
		}
	}
	if first == nil {
		return false
	}
	for _, s := range heard {
		if s.err == nil && s.data() != first.data() {
			t.disagree(*first, s)
		}
	}
	return len(heard) > 1
}

// disagree tells whose answer is another. A resolver goes by what it remembers, and a name server by what it was sent.
func (t *trial) disagree(first, s testimony) {
	text := fmt.Sprintf("%s says of %s: %s; %s says: %s", first.Witness, s.name, first.shown(), s.Witness, s.shown())
	switch left := s.left(); {
	case s.Authority:
		t.fault(fmt.Sprintf("Let %s transfer the zone anew, and look why it has not: its notifications, and the zone's serial.", s.Name), "%s", text)
	case left > 0:
		t.fault(fmt.Sprintf("Wait %d s, what is left of the old answer's TTL, and check again.", left), "%s", text)
	default:
		t.fault("Wait as long as the zone's SOA record lets an absence be remembered, and check again; if it stays so, the resolver asks another server than the zone's.", "%s", text)
	}
}

// data are the records at the name itself in comparable form. What an alias leads to is another name's business.
func (s testimony) data() string {
	var all []string
	for _, r := range s.own() {
		all = append(all, r.Type+" "+bareData(r.Data))
	}
	slices.Sort(all)
	return strings.Join(all, "\n")
}

// left is for how many seconds a resolver may go on with its answer.
func (s testimony) left() (longest int) {
	for _, r := range s.own() {
		longest = max(longest, r.TTL)
	}
	return longest
}
