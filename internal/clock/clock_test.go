package clock_test

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"hybrid/internal/clock"
)

// Saturday night, in a time zone of its own.
var saturday = time.Date(2026, 11, 28, 22, 0, 0, 0, time.FixedZone("CET", 3600))

// Nil is the clock of the machine, on which nothing is skipped.
func TestMachine(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var c *clock.Clock
		began := time.Now()
		done := c.Work()
		if !c.Sleep(t.Context(), time.Hour) {
			t.Fatal("the sleep was broken off")
		}
		done()
		if real := time.Since(began); real != time.Hour || c.Since(began) != time.Hour {
			t.Fatalf("an hour took %s", real)
		}
	})
}

// A clock that does not skip begins where it is told and takes the time that it takes.
func TestBeginsWhereTold(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, began := clock.New(saturday), time.Now()
		if got := c.Now(); !got.Equal(saturday) || got.Format("15:04 MST") != "22:00 CET" {
			t.Fatalf("it begins at %s", got)
		}
		c.Sleep(t.Context(), 6*time.Hour)
		if c.Since(saturday) != 6*time.Hour || time.Since(began) != 6*time.Hour {
			t.Fatalf("%s by the clock, %s in truth", c.Since(saturday), time.Since(began))
		}
	})
}

// Where all sleep, the first is woken at once, and no time is lost for the others.
func TestSkipsWhatAllSleepThrough(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, began := skipping(), time.Now()
		var wait sync.WaitGroup
		for n := 1; n <= 3; n++ {
			wait.Go(func() {
				defer c.Work()()
				for range 100 {
					c.Sleep(t.Context(), time.Duration(n)*time.Minute)
				}
				if got, want := c.Since(saturday), time.Duration(n)*100*time.Minute; got < want || got > want+time.Minute {
					t.Errorf("100 times %d minutes are %s", n, got)
				}
			})
		}
		wait.Wait()
		if real := time.Since(began); real > time.Second {
			t.Fatalf("five hours took %s in truth", real)
		}
	})
}

// While somebody works others are not woken early: what he takes is what the machine takes.
func TestWaitsForThoseAtWork(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := skipping()
		woken := make(chan struct{})
		defer c.Work()()
		go func() {
			defer c.Work()()
			defer close(woken)
			c.Sleep(t.Context(), time.Hour)
		}()
		for range 10 {
			time.Sleep(200 * time.Millisecond) // the work
			c.Work()()                         // and something happens
		}
		if got := c.Since(saturday); got != 2*time.Second {
			t.Fatalf("after two seconds of work it is %s later", got)
		}
		rested := c.Rest()
		<-woken
		rested()
		if got := c.Since(saturday); got < time.Hour || got > time.Hour+time.Second {
			t.Fatalf("the hour was over %s later", got)
		}
	})
}

// Whoever waits without saying so is not waited for for ever.
func TestForgottenWork(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, began := skipping(), time.Now()
		defer c.Work()()
		defer c.Work()()
		c.Sleep(t.Context(), time.Hour)
		if real := time.Since(began); real > time.Second || c.Since(saturday) < time.Hour {
			t.Fatalf("an hour took %s in truth, and %s by the clock", real, c.Since(saturday))
		}
	})
}

// One who is called away does not keep the others from sleeping.
func TestSleepIsBrokenOff(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := clock.New(saturday)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if c.Sleep(ctx, time.Hour) {
			t.Fatal("it slept for an hour")
		}
		c.Skip()
		if !c.Sleep(t.Context(), time.Hour) || c.Since(saturday) > time.Hour+2*time.Second {
			t.Fatalf("%s later", c.Since(saturday))
		}
	})
}

// After ends with the function that it gives.
func TestAfter(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := skipping()
		over, cancel := c.After(time.Minute)
		<-over
		cancel()
		_, cancel = c.After(48 * time.Hour)
		cancel()
		if got := c.Since(saturday); got < time.Minute || got > time.Hour {
			t.Fatalf("%s later", got)
		}
	})
}

func skipping() *clock.Clock {
	c := clock.New(saturday)
	c.Skip()
	return c
}
