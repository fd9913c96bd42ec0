package engine

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/amount"
	"hybrid/internal/event"
	"hybrid/planner"
	"hybrid/providers"
)

// How long to wait between two looks at what is not in force everywhere yet.
const (
	firstPause = 100 * time.Millisecond
	mostPause  = 5 * time.Second
)

// mostUnread is how often in a row an error is taken for one that passes.
const mostUnread = 3

// looks are looks at something that is waited for, further and further apart, until the run is stopped.
func (r *run) looks(ctx context.Context) func(yield func() bool) {
	return func(yield func() bool) {
		for pause := firstPause; yield() && r.sleep(ctx, pause); pause = min(2*pause, mostPause) {
		}
	}
}

// await reads back again and again while what was changed does not show, or is not in force everywhere yet: as long as
// providers and kinds have patience, and nobody stops the run.
func (r *run) await(ctx context.Context, list []*reading) {
	began := r.engine.Clock.Now()
	var open []*reading // nothing before the first look: what is there has just been read
	for range r.looks(ctx) {
		if open != nil {
			r.lookAgain(ctx, open)
		}
		if open = r.pending(list, r.engine.Clock.Since(began)); len(open) == 0 {
			return
		}
	}
}

// lookAgain reads what is still waited for: objects with all of their kind, of users those alone who do not show.
func (r *run) lookAgain(ctx context.Context, open []*reading) {
	whole := slices.DeleteFunc(slices.Clone(open), func(reading *reading) bool { return reading.kind.Rows != nil })
	if len(whole) > 0 {
		r.readBack(ctx, whole)
	}
	for _, reading := range open {
		if reading.kind.Rows != nil {
			r.lookAgainForUsers(reading)
		}
	}
}

// pending picks the readings that show something which is still waited for after so long, and tells what that is.
func (r *run) pending(list []*reading, waited time.Duration) []*reading {
	var open []*reading
	for _, reading := range list {
		waits, left := false, r.leftover()
		for _, b := range r.unconfirmed[reading].blocks {
			waits = r.waits(b, left(b), waited) || waits
		}
		if waits {
			open = append(open, reading)
		}
	}
	return open
}

// waits says whether some change of a block is worth another look.
func (r *run) waits(b *begunBlock, left map[string]planner.Change, waited time.Duration) bool {
	waits := false
	for n, c := range b.changes {
		patience, missing := time.Duration(0), ""
		now := left[c.Address.String()]
		if c.Users != nil {
			patience = r.patience(c)
			missing = r.crowds[c.Address.String()].missing(now, patience)
		} else if b.errs[n] == nil {
			patience, missing = r.lacking(c, now)
		}
		if missing == "" || waited >= patience {
			continue
		}
		waits = true
		r.tellWaiting(c, missing)
	}
	return waits
}

// lacking says what an object that was carried out still lacks, and how long that is waited for.
func (r *run) lacking(c, left planner.Change) (patience time.Duration, missing string) {
	switch {
	case left.Kind == nil:
		return 0, ""
	case left.Action == planner.Run || left.Action == planner.Unknown:
		if c.Kind.Patience == nil {
			return 0, ""
		}
		return c.Kind.Patience(attributes(c.After)), left.Reason
	}
	patience = r.patience(c)
	return patience, atMost(notShownYet+": "+difference(left), patience)
}

// notShownYet is what is waited for after a change that the far end has accepted.
const notShownYet = "carried out, and the estate does not show it yet"

// patience is how long what was carried out and does not show is waited for.
func (r *run) patience(c planner.Change) time.Duration {
	p, err := r.engine.provider(c.Provider)
	if err != nil {
		return 0
	}
	if patient, ok := p.(providers.Patient); ok {
		return patient.ReadBack()
	}
	return 0
}

// atMost is what is waited for, and how long that may last.
func atMost(missing string, patience time.Duration) string {
	return fmt.Sprintf("%s (waited for %s at most)", missing, amount.Lasting(patience))
}

// tellWaiting says what is waited for, once as long as it is the same.
func (r *run) tellWaiting(c planner.Change, reason string) {
	address := c.Address.String()
	if r.told[address] == reason {
		return
	}
	r.told[address] = reason
	r.Events(event.Event{Type: event.Waiting, Address: address, Action: string(c.Action), Message: reason})
}

// sleep waits; false means that the run was stopped meanwhile.
func (r *run) sleep(ctx context.Context, pause time.Duration) bool {
	over, cancel := r.engine.Clock.After(pause)
	defer cancel()
	select {
	case <-over:
		return true
	case <-r.Stop:
	case <-ctx.Done():
	}
	return false
}

// replicated waits, where a change must not come before, until every server has what was changed earlier. It says what is
// missing, "" where nothing is.
func (r *run) replicated(ctx context.Context, c planner.Change) string {
	patience := time.Duration(0)
	if c.Kind.Replicated != nil {
		patience = c.Kind.Replicated(attributes(c.After))
	}
	if patience <= 0 {
		return ""
	}
	p, err := r.engine.provider(c.Provider)
	if err != nil {
		return err.Error()
	}
	replicator, ok := p.(providers.Replicator)
	if !ok {
		return ""
	}
	began, unread := r.engine.Clock.Now(), 0
	for range r.looks(ctx) {
		missing, err := behind(ctx, replicator)
		if missing == "" {
			return ""
		}
		if unread++; err == nil {
			unread = 0
		}
		if r.engine.Clock.Since(began) >= patience || unread == mostUnread {
			return missing
		}
		r.tellWaiting(c, atMost(missing, patience))
	}
	return "the run was stopped"
}

// behind says which servers lack the latest changes, "" where none does; with the error, that it could not be read.
func behind(ctx context.Context, replicator providers.Replicator) (missing string, err error) {
	servers, err := replicator.Behind(ctx)
	switch {
	case err != nil:
		return "whether every server has the latest changes could not be read: " + err.Error(), err
	case len(servers) == 0:
		return "", nil
	}
	return "not every server has the latest changes yet: " + strings.Join(servers, ", "), nil
}

// attributes are an object's values by name, nil where it is absent or not known.
func attributes(v cty.Value) map[string]cty.Value {
	if v == cty.NilVal || v.IsNull() || !v.IsKnown() {
		return nil
	}
	return v.AsValueMap()
}
