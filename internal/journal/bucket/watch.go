package bucket

import "time"

// A watch is for how long a lease has stood still, as this process has seen it.
type watch struct {
	version string
	since   time.Time // when it had first been seen so
}

// see takes in a look at the lease that was begun and ended at those times, and says for how long it is known to have stood still.
// The holder renewed it before it was first seen, so that this is never longer than the time since its last renewal.
func (w *watch) see(version string, begun, ended time.Time) time.Duration {
	if version != w.version || w.since.IsZero() {
		w.version, w.since = version, ended
	}
	return begun.Sub(w.since)
}
