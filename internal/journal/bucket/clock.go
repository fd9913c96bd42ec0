package bucket

import (
	"context"
	"time"
)

// A clock is what is known of time. Times of different machines are never compared.
type clock interface {
	Now() time.Time
	// Sleep waits; the error is the context's.
	Sleep(ctx context.Context, d time.Duration) error
}

type machineClock struct{}

func (machineClock) Now() time.Time { return time.Now() }

func (machineClock) Sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// longest is the time between two moments for whoever must not be late. On most systems the monotonic clock stands still while a
// laptop sleeps, and the time of day does not; which of the two says more is believed.
func longest(from, to time.Time) time.Duration {
	return max(to.Sub(from), to.Round(0).Sub(from.Round(0)))
}
