package engine

import (
	"math"
	"strconv"
	"strings"
	"time"

	"hybrid/planner"
	"hybrid/providers"
)

// A wave says how the users of a block are taken: a few first, then in batches.
type wave struct {
	canary      int // these first, then wait until the estate shows every one of them
	batch       int
	parallel    int
	maxFailures int           // the block stops when there are more
	window      string        // in which users may be begun; "" at any time
	pause       time.Duration // between batches
}

// waveOf reads a block's wave, defaults for what it leaves out.
func waveOf(c planner.Change, parallel int) (wave, error) {
	w := wave{batch: 100, parallel: parallel, window: Window(c)}
	attrs := c.After
	if attrs.IsNull() || !attrs.Type().HasAttribute("wave") || attrs.GetAttr("wave").IsNull() {
		return w, nil
	}
	block, _ := attrs.GetAttr("wave").UnmarkDeep()
	for name, to := range map[string]*int{"canary": &w.canary, "batch": &w.batch, "parallel": &w.parallel} {
		if v := block.GetAttr(name); !v.IsNull() {
			n, _ := v.AsBigFloat().Int64()
			*to = int(n)
		}
	}
	if v := block.GetAttr("pause"); !v.IsNull() {
		w.pause, _ = time.ParseDuration(v.AsString()) // the kind has checked it
	}
	if v := block.GetAttr("max_failures"); !v.IsNull() {
		n, err := failures(v.AsString(), c.Users.Len())
		if err != nil {
			return w, err
		}
		w.maxFailures = n
	}
	w.batch, w.parallel = max(1, w.batch), max(1, w.parallel)
	return w, nil
}

// failures reads "2%" of so many users, or "5".
func failures(text string, of int) (int, error) {
	if share, ok := strings.CutSuffix(strings.TrimSpace(text), "%"); ok {
		percent, err := strconv.ParseFloat(strings.TrimSpace(share), 64)
		return int(math.Floor(percent / 100 * float64(of))), err
	}
	return strconv.Atoi(strings.TrimSpace(text))
}

// Window names the window that a change must not be begun outside of; "" where it has none.
func Window(c planner.Change) string {
	if c.Users == nil {
		return ""
	}
	return windowOf(c.After)
}

// bounded is a wave that takes no more users at once than the provider can.
func (w wave) bounded(p providers.Provider) wave {
	if b, ok := p.(providers.Bounded); ok && b.AtOnce() > 0 {
		w.parallel = min(w.parallel, b.AtOnce())
	}
	return w
}
