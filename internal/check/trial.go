package check

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"hybrid/planner"
	"hybrid/schema"
)

// A trial collects what a check finds of several names or ends, and says in the end how it is.
type trial struct {
	e       *Estate
	faults  []string // what is wrong
	remedy  string   // of the first of them
	unread  []string // what is not known
	advice  string   // what helps to find out the first of it that something helps with; "" where nothing is to be done
	notes   []string // what is to be known beside that
	seen    []Evidence
	address string
	where   *hcl.Range
}

// fault notes something that is wrong. Several witnesses say the same, and it is told once.
func (t *trial) fault(do, format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if slices.Contains(t.faults, text) {
		return
	}
	if len(t.faults) == 0 {
		t.remedy = do
	}
	t.faults = append(t.faults, text)
}

// unknown notes something that could not be found out.
func (t *trial) unknown(format string, args ...any) {
	if text := fmt.Sprintf(format, args...); !slices.Contains(t.unread, text) {
		t.unread = append(t.unread, text)
	}
}

// undecided notes something that could not be judged, with what to do so that it can be.
func (t *trial) undecided(do, format string, args ...any) {
	t.unknown(format, args...)
	t.advice = cmp.Or(t.advice, do)
}

func (t *trial) note(text string) {
	if !slices.Contains(t.notes, text) {
		t.notes = append(t.notes, text)
	}
}

// blame names the block that is at fault, the first one.
func (t *trial) blame(o *planner.Object) {
	if t.where == nil && o != nil {
		where := o.Range
		t.address, t.where = o.Address.String(), &where
	}
}

// result is what the check has found.
func (t *trial) result() Result {
	r := Result{Verdict: Pass, Text: strings.Join(t.notes, "; "), Evidence: t.seen}
	switch {
	case len(t.faults) > 0:
		r.Verdict, r.Do, r.Address, r.Range = Fail, t.remedy, t.address, t.where
		r.Text = strings.Join(t.faults, "; ")
		if len(t.unread) > 0 {
			r.Text += "; not known beside that: " + strings.Join(t.unread, "; ")
		}
	case len(t.unread) > 0:
		r.Verdict, r.Text, r.Do = Unknown, strings.Join(t.unread, "; "), t.advice
	}
	return r
}

// hear asks all witnesses of a view for a name in a domain, and keeps every answer as evidence.
func (t *trial) hear(ctx context.Context, domain string, v View, name string, types ...string) []testimony {
	all, err := t.e.witnesses(ctx, domain, v)
	if err != nil && !slices.ContainsFunc(all, func(w Witness) bool { return w.Authority }) {
		t.unknown("%v", err)
	}
	heard := t.e.hear(ctx, all, name, types...)
	for _, s := range heard {
		t.seen = append(t.seen, t.e.Saw(name+" "+strings.Join(types, "/"), s.shown(), s.String()))
	}
	return heard
}

// judged are the answers that count: those of name servers, since resolvers may be behind, or of resolvers where there are no
// name servers. Those who should count and have not answered make the check unknown.
func (t *trial) judged(heard []testimony) (count []testimony) {
	authority := slices.ContainsFunc(heard, func(s testimony) bool { return s.Authority })
	for _, s := range heard {
		switch {
		case s.Authority != authority:
		case s.err != nil:
			t.unknown("%s could not be asked for %s: %v", s.Witness, s.name, s.err)
		default:
			count = append(count, s)
		}
	}
	return count
}

// shown is an answer in a line.
func (s testimony) shown() string {
	switch {
	case s.err != nil:
		return "could not be asked: " + s.err.Error()
	case s.NoName:
		return "no such name"
	case len(s.Records) == 0:
		return "no such record"
	}
	var all []string
	for _, r := range s.Records {
		text := fmt.Sprintf("%s (TTL %d)", r.Data, r.TTL)
		if r.Name != s.name {
			text = r.Name + " " + text
		}
		all = append(all, text)
	}
	return strings.Join(all, ", ")
}

// mend says what to do about a record that should have other data, and whose block is at fault where it declares what is there.
func (t *trial) mend(name, rtype string, v View, s testimony, want string) string {
	o := t.e.declaredRecord(name, rtype, v)
	switch {
	case o == nil && want == "":
		return fmt.Sprintf("Remove the record %s from its zone, or declare it with ensure = \"absent\" and apply.", name)
	case o == nil && strings.Contains(want, "'s "):
		return fmt.Sprintf("Declare dns_record %q \"A\" with %s, and apply.", name, want)
	case o == nil:
		return fmt.Sprintf("Declare dns_record %q %q { values = [%q] } and apply.", name, rtypeOf(rtype, want), want)
	case o.Absent || !same(texts(o.Want.GetAttr("values")), s.own()):
		return fmt.Sprintf("Apply %s (%s), which declares something else than there is.", o.Address, schema.Place(o.Range))
	}
	t.blame(o)
	if want == "" {
		return fmt.Sprintf("Write ensure = \"absent\" in %s (%s), and apply.", o.Address, schema.Place(o.Range))
	}
	if strings.Contains(want, "'s ") {
		return fmt.Sprintf("Write %s into %s (%s), and apply.", want, o.Address, schema.Place(o.Range))
	}
	return fmt.Sprintf("Write values = [%q] in %s (%s), and apply.", want, o.Address, schema.Place(o.Range))
}

func rtypeOf(rtype, want string) string {
	switch {
	case rtype != "":
		return rtype
	case strings.HasSuffix(want, "."):
		return "CNAME"
	}
	return "A"
}

// same says whether wanted data are those of records.
func same(want []string, records []Record) bool {
	var have []string
	for _, r := range records {
		have = append(have, bareData(r.Data))
	}
	for n := range want {
		want[n] = bareData(want[n])
	}
	slices.Sort(want)
	slices.Sort(have)
	return slices.Equal(want, have)
}

// bareData is a record's data in the form in which data are compared.
func bareData(data string) string {
	return plainName(strings.Join(strings.Fields(data), " "))
}
