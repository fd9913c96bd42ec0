package check

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"hybrid/schema"
)

// Options say which checks are run, and how.
type Options struct {
	Deadline time.Duration     // of one check; 0 means a minute
	Parallel int               // at once; 0 means 8
	Waived   map[string]string // by ID: why it is not run
	// Watch is told of each check that begins, and what it returns is called when that is over; from any goroutine. Nil is not told.
	Watch func(Check) (over func())
}

// A Finding is a check with its result.
type Finding struct {
	Check
	Result
	Took    time.Duration
	Because []string // the checks, by id, whose failure may be why this one fails or is unknown; see [Explained]
}

// Run runs checks side by side, and gives what they found in their order, explained by one another. One that panics is a mistake of this program, and
// ends it; one that is not done at its deadline is unknown.
func Run(ctx context.Context, e *Estate, checks []Check, o Options) []Finding {
	if o.Deadline <= 0 {
		o.Deadline = time.Minute
	}
	if o.Parallel <= 0 {
		o.Parallel = 8
	}
	findings, places := make([]Finding, len(checks)), make(chan struct{}, o.Parallel)
	var wait sync.WaitGroup
	for n, c := range checks {
		wait.Go(func() {
			places <- struct{}{}
			defer func() { <-places }()
			findings[n] = e.find(ctx, c, o)
		})
	}
	wait.Wait()
	return Explained(findings)
}

// find runs one check.
func (e *Estate) find(ctx context.Context, c Check, o Options) Finding {
	if why, waived := o.Waived[c.ID]; waived {
		return e.waived(c, why)
	}
	if missing := e.missing(c); missing != "" {
		return Finding{Check: c, Result: Absent("the configuration has no provider " + missing)}
	}
	began := e.Now()
	if o.Watch != nil {
		defer o.Watch(c)()
	}
	ctx, cancel := context.WithTimeout(ctx, o.Deadline)
	defer cancel()
	r := c.Run(ctx, e)
	if r.Verdict == Unknown && errors.Is(ctx.Err(), context.DeadlineExceeded) {
		r.Text = fmt.Sprintf("not found out within %s: %s", o.Deadline, r.Text)
	}
	if r.Verdict == Fail && r.Do == "" {
		r.Do = c.Remedy
	}
	return Finding{Check: c, Result: r, Took: e.Now().Sub(began)}
}

// waived is the finding of a check that is not run, with the line that says so.
func (e *Estate) waived(c Check, why string) Finding {
	f := Finding{Check: c, Result: Result{Verdict: Waived, Text: why}}
	if w := e.Config.Waiver(c.ID); w != nil {
		f.Range = &w.Range
	}
	return f
}

// missing is a system that a check needs and the configuration does not have.
func (e *Estate) missing(c Check) string {
	for _, system := range c.Systems {
		if e.Block(system) == "" {
			return system
		}
	}
	return ""
}

// Select picks checks: those that only names, by ID or group, without those that skip names. A name that is none is an error.
func Select(checks []Check, only, skip []string) ([]Check, error) {
	only, skip = trimmed(only), trimmed(skip)
	for _, name := range slices.Concat(only, skip) {
		if !slices.ContainsFunc(checks, func(c Check) bool { return c.is(name) }) {
			return nil, unknownName(name, checks)
		}
	}
	named := func(c Check, list []string) bool { return slices.ContainsFunc(list, c.is) }
	chosen := slices.DeleteFunc(slices.Clone(checks), func(c Check) bool {
		return len(only) > 0 && !named(c, only) || named(c, skip)
	})
	if len(chosen) == 0 {
		return nil, errors.New("no check is left to run: name others with --only, or skip fewer with --skip")
	}
	return chosen, nil
}

// trimmed are names without the blanks that people write behind commas.
func trimmed(names []string) (bare []string) {
	for _, name := range names {
		bare = append(bare, strings.TrimSpace(name))
	}
	return bare
}

// unknownName says that a name is none of a check, and which is meant, or which there are.
func unknownName(name string, checks []Check) error {
	if near := schema.DidYouMean(name, selectable(checks)); near != "" {
		return fmt.Errorf("there is no check or group %q.%s", name, near)
	}
	return fmt.Errorf("there is no check or group %q. The groups are %s; the checks are %s", name, schema.List(groupsOf(checks), "and"), schema.List(idsOf(checks), "and"))
}

// selectable are the names by which checks can be picked: their ids, and their groups.
func selectable(checks []Check) []string {
	return append(groupsOf(checks), idsOf(checks)...)
}

func idsOf(checks []Check) (ids []string) {
	for _, c := range checks {
		ids = append(ids, c.ID)
	}
	return ids
}

// groupsOf are the groups that checks are in, in the order in which they are shown.
func groupsOf(checks []Check) (all []string) {
	for _, g := range Groups() {
		if slices.ContainsFunc(checks, func(c Check) bool { return c.Group == g }) {
			all = append(all, string(g))
		}
	}
	return all
}

// is says whether a check is meant by a name.
func (c Check) is(name string) bool {
	return strings.EqualFold(c.ID, name) || strings.EqualFold(string(c.Group), name)
}
