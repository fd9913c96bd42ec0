package dns

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/miekg/dns"
	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/amount"
	"hybrid/planner"
)

// shortTTL is the time to live, in seconds, at which a switch may begin: so long old answers live on after it.
const shortTTL = 300

// ahead is what can be done some time before records go or get other values: to let others remember them for a short time only.
func ahead(action string, before, after map[string]cty.Value) map[string]cty.Value {
	live := ttlOf(before)
	if !goes(action, before, after) {
		return nil
	}
	low := int64(shortTTL)
	if declared := ttlOf(after); declared >= 0 {
		low = min(low, declared)
	}
	if live <= low {
		return nil
	}
	return map[string]cty.Value{"ttl": cty.NumberIntVal(low)}
}

// goes says whether an action takes away records that others may remember.
func goes(action string, before, after map[string]cty.Value) bool {
	switch action {
	case "delete":
		return true
	case "update", "replace":
		was, will := before["values"], after["values"]
		will, _ = will.UnmarkDeep()
		if was.IsNull() || will.IsNull() || !was.IsWhollyKnown() || !will.IsWhollyKnown() {
			return true
		}
		rtype := strings.ToUpper(text(before["type"]))
		return !slices.Equal(canonicalTexts(rtype, was), canonicalTexts(rtype, will))
	}
	return false
}

// ttlOf is the TTL of a record set, -1 where there is none or it is not known.
func ttlOf(object map[string]cty.Value) int64 {
	v, ok := object["ttl"]
	if v, _ = v.Unmark(); !ok || v.IsNull() || !v.IsKnown() {
		return -1
	}
	n, _ := v.AsBigFloat().Int64()
	return n
}

// switchNotes says for how long others may go on with records that go or get other values.
func switchNotes(action string, before, after map[string]cty.Value) []string {
	live := ttlOf(before)
	if !goes(action, before, after) || live <= shortTTL {
		return nil
	}
	return []string{fmt.Sprintf("whoever has asked before may go on with the old answer for up to %s after the change (TTL %d); to shorten that, lower the TTL that long ahead: hybrid apply --lower-ttl",
		lasting(live), live)}
}

// lostAnswers is for how long others go on after the undo with what they were answered before it: as long as the records say (RFC
// 1035 section 3.2.1), and of none as long as the zone says (RFC 2308 section 5).
func lostAnswers(action string, before, after map[string]cty.Value) []string {
	switch {
	case action == "delete":
		return []string{"what others are answered by then: that there are no such records, which they remember as long as the zone's SOA record says"}
	case action == "create" || action == "update" && goes(action, before, after):
		ttl := ttlOf(after)
		if ttl < 0 {
			ttl = defaultTTL
		}
		return []string{fmt.Sprintf("what others are answered by then, which they remember for up to %s (TTL %d)", lasting(ttl), ttl)}
	}
	return nil
}

// Advise says for how long others may go on answering that there are no such records, where that is long.
func (p *provider) Advise(c planner.Change) []string {
	if c.Action != planner.Create {
		return nil
	}
	name := dns.CanonicalName(c.Identity)
	zone := deepest(p.zones, name)
	if found, ok := p.found.Load(name); ok {
		zone = found.(string)
	}
	memory, ok := p.negative.Load(zone)
	if !ok || memory.(uint32) <= shortTTL {
		return nil
	}
	ttl := int64(memory.(uint32))
	return []string{fmt.Sprintf("whoever has asked before may go on answering that there is none for up to %s after the change (the zone's SOA record says %d s)", lasting(ttl), ttl)}
}

// remember keeps for how long absences in a zone may be remembered.
func (p *provider) remember(zone string, records []dns.RR) {
	for _, rr := range records {
		if _, is := rr.(*dns.SOA); is && dns.CanonicalName(rr.Header().Name) == zone {
			p.negative.Store(zone, negativeTTL([]dns.RR{rr}))
		}
	}
}

// Lowered says, after TTLs have been lowered, from when on the switch itself is quick: what changed, the plan that is still
// to be carried out, and the time at which the lowering was done.
func Lowered(done, later *planner.Plan, at time.Time) string {
	now := map[string]int64{}
	for _, c := range done.Changes {
		if c.Action == planner.Update {
			now[c.Address.String()] = ttlOf(c.After.AsValueMap())
		}
	}
	old, safe := remembered(done, at)
	said := fmt.Sprintf("Others may remember the old TTLs for up to %s. From %s on, the switch itself takes no longer than %s to arrive everywhere: plan and apply it then, without --lower-ttl.",
		lasting(old), safe.Format("Mon 2 Jan 15:04 MST"), lasting(longest(later, now)))
	return said + newcomers(later)
}

// Remembered is until when others may go on with the TTLs of before, where a plan that lowers them was carried out at a moment.
func Remembered(done *planner.Plan, at time.Time) time.Time {
	_, until := remembered(done, at)
	return until
}

// remembered gives the highest TTL that was lowered, and when it has run out everywhere: a full minute.
func remembered(done *planner.Plan, at time.Time) (old int64, until time.Time) {
	for _, c := range done.Changes {
		if c.Action == planner.Update {
			old = max(old, ttlOf(c.Before.AsValueMap()))
		}
	}
	return old, at.Add(time.Duration(old) * time.Second).Truncate(time.Minute).Add(time.Minute)
}

// Switches says whether a plan takes away records that others may remember, or gives them other values.
func Switches(p *planner.Plan) bool {
	return slices.ContainsFunc(p.Changes, func(c planner.Change) bool {
		return c.Kind.Name == "dns_record" && c.Action != planner.NoOp && !c.Before.IsNull() && c.Before.IsKnown() && goes(string(c.Action), c.Before.AsValueMap(), afterOf(c))
	})
}

// longest is the highest TTL of records that a plan takes away, those that were lowered meanwhile with the TTL they have now.
func longest(later *planner.Plan, now map[string]int64) int64 {
	highest := int64(0)
	for _, c := range later.Changes {
		if c.Kind.Name != "dns_record" || c.Before.IsNull() || !c.Before.IsKnown() || !goes(string(c.Action), c.Before.AsValueMap(), afterOf(c)) {
			continue
		}
		if lowered, ok := now[c.Address.String()]; ok {
			highest = max(highest, lowered)
		} else {
			highest = max(highest, ttlOf(c.Before.AsValueMap()))
		}
	}
	return highest
}

// afterOf are the values that a change leaves, nil for none.
func afterOf(c planner.Change) map[string]cty.Value {
	if c.After.IsNull() || !c.After.IsKnown() {
		return nil
	}
	return c.After.AsValueMap()
}

// newcomers adds what is known of records that the later plan makes: no TTL can be lowered ahead for them.
func newcomers(later *planner.Plan) string {
	var names, notes []string
	for _, c := range later.Changes {
		if c.Action == planner.Create && c.Kind.Name == "dns_record" && len(c.Notes) > 0 {
			names = append(names, c.Address.String())
			if note := strings.Join(c.Notes, "; "); !slices.Contains(notes, note) {
				notes = append(notes, note)
			}
		}
	}
	if names == nil {
		return ""
	}
	return fmt.Sprintf(" Records that are made new have no TTL to lower (%s): %s.", strings.Join(names, ", "), strings.Join(notes, "; "))
}

// lasting writes a number of seconds as people say it: "45 s", "15 min", "1 h", "25 h".
func lasting(seconds int64) string { return amount.Lasting(time.Duration(seconds) * time.Second) }
