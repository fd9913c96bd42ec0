package bucket

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"hybrid/internal/journal"
)

// leaseName is the object that says whose the bucket is. It is never deleted, so that the fence only grows.
const leaseName = "lease.json"

// A lease is what that object holds.
type lease struct {
	Format  int             `json:"format"`
	Holder  *journal.Holder `json:"holder"`  // nil while nobody holds it
	Fence   int64           `json:"fence"`   // one more each time that somebody takes it
	Seconds float64         `json:"seconds"` // how long it holds where it is not renewed
	Expires time.Time       `json:"expires"` // by the clock of its holder, for people; nothing is decided by it
	Write   string          `json:"write"`   // of each write another
	// Unlocked is who took it away since a run last noted it.
	Unlocked []journal.Unlocking `json:"unlocked,omitempty"`
}

// leaseFormat is what this program writes; a lease with a higher one is left alone.
const leaseFormat = 1

func (l lease) term() time.Duration { return time.Duration(l.Seconds * float64(time.Second)) }

// of says whether a run holds it.
func (l lease) of(run string) bool { return l.Holder != nil && l.Holder.Run == run }

// A sight is the lease as it was seen; the zero one that there is none.
type sight struct {
	lease
	version string // "" where there is none
}

// look reads the lease.
func look(ctx context.Context, o Objects) (sight, error) {
	content, version, err := o.Get(ctx, leaseName)
	if errors.Is(err, ErrAbsent) {
		return sight{}, nil
	}
	var s sight
	if err == nil {
		err = json.Unmarshal(content, &s.lease)
	}
	if err == nil && s.Format > leaseFormat {
		err = fmt.Errorf("it was written by a newer hybrid (format %d, this one knows %d): use that one", s.Format, leaseFormat)
	}
	if err != nil {
		return sight{}, fmt.Errorf("%s: %w", leaseName, err)
	}
	s.version = version
	return s, nil
}

// put writes the lease where it is still as it was seen; [ErrRefused] where it is not.
func put(ctx context.Context, o Objects, seen sight, next lease) error {
	next.Format, next.Write = leaseFormat, rand.Text()
	content, err := json.Marshal(next)
	if err != nil {
		return err
	}
	if seen.version == "" {
		return o.Create(ctx, leaseName, content)
	}
	return o.Replace(ctx, leaseName, content, seen.version)
}
