package engine

import (
	"context"
	"strings"
	"time"

	"github.com/zclconf/go-cty/cty"

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

// await reads back again and again while what was changed is not in force everywhere yet: as long as the kinds have
// patience, and nobody stops the run.
func (r *run) await(ctx context.Context, list []*reading) {
	began := r.engine.Clock.Now()
	for pause := firstPause; ; pause = min(2*pause, mostPause) {
		open := r.pending(list, r.engine.Clock.Since(began))
		if len(open) == 0 || !r.sleep(ctx, pause) {
			return
		}
		r.readBack(ctx, open)
	}
}

// pending picks the readings that show something which is still waited for after so long, and tells what that is.
func (r *run) pending(list []*reading, waited time.Duration) []*reading {
	var open []*reading
	for _, reading := range list {
		waits := false
		for _, b := range r.unconfirmed[reading].blocks {
			waits = r.waits(b, waited) || waits
		}
		if waits {
			open = append(open, reading)
		}
	}
	return open
}

// waits says whether some change of a block is worth another look.
func (r *run) waits(b *block, waited time.Duration) bool {
	if b.node == nil || b.node.Kind.Patience == nil {
		return false
	}
	left, waits := r.left(b.node), false
	for n, c := range b.changes {
		now := left[c.Address.String()]
		open := now.Action == planner.Run || now.Action == planner.Unknown
		if b.errs[n] != nil || !open || waited >= c.Kind.Patience(attributes(c.After)) {
			continue
		}
		waits = true
		r.tellWaiting(c, now.Reason)
	}
	return waits
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
	for pause := firstPause; ; pause = min(2*pause, mostPause) {
		behind, err := replicator.Behind(ctx)
		missing := "not every server has the latest changes yet: " + strings.Join(behind, ", ")
		switch {
		case err != nil:
			unread++
			missing = "whether every server has the latest changes could not be read: " + err.Error()
		case len(behind) == 0:
			return ""
		default:
			unread = 0
		}
		if r.engine.Clock.Since(began) >= patience || unread == mostUnread {
			return missing
		}
		r.tellWaiting(c, missing)
		if !r.sleep(ctx, pause) {
			return "the run was stopped"
		}
	}
}

// attributes are an object's values by name, nil where it is absent or not known.
func attributes(v cty.Value) map[string]cty.Value {
	if v == cty.NilVal || v.IsNull() || !v.IsKnown() {
		return nil
	}
	return v.AsValueMap()
}
