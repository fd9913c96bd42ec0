package bucket

import (
	"context"
	"errors"
	"fmt"
)

// A run that is gone on from is sealed: an empty object takes the place of the next one that it would write. However late it wakes
// up, and whatever it believes of the lease, it meets the seal before it begins anything else. What it did comes behind the seal.

// seal closes the runs whose lease was taken over or taken away.
func (s sight) seal(ctx context.Context, o Objects) error {
	var runs []string
	if s.Holder != nil {
		runs = append(runs, s.Holder.Run)
	}
	for _, u := range s.Unlocked {
		runs = append(runs, u.From.Run)
	}
	for _, run := range runs {
		if err := seal(ctx, o, run); err != nil {
			return fmt.Errorf("run %s cannot be kept from going on: %w", run, err)
		}
	}
	return nil
}

// mostSeals is how often a run that goes on writing is run after.
const mostSeals = 100

func seal(ctx context.Context, o Objects, run string) error {
	var err error
	for range mostSeals {
		var there []Object
		if there, err = piecesOf(ctx, o, run); err != nil {
			return err
		}
		if n := len(there); n > 0 && there[n-1].Size == 0 {
			return nil
		}
		if err = o.Create(ctx, nameOf(run, len(there)+1), nil); !errors.Is(err, ErrRefused) {
			return err
		}
	}
	return err
}

// errSealed is why a run that was sealed begins nothing.
var errSealed = errors.New("another run goes on from here, and has closed this one")
