package main

import (
	"os"
	"strings"
	"sync"
	"time"
)

// atHour makes the clock of the program that a story runs stand where the story wants it: HYBRID_STORY_CLOCK is a moment and
// a step by which each look at the clock is later than the one before, "2026-11-21T22:00:00+01:00 1m".
func atHour() {
	start, step, set := strings.Cut(os.Getenv("HYBRID_STORY_CLOCK"), " ")
	if !set {
		return
	}
	moment, err := time.Parse(time.RFC3339, start)
	if err != nil {
		panic(err)
	}
	each, err := time.ParseDuration(step)
	if err != nil {
		panic(err)
	}
	var mu sync.Mutex
	wallClock = func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		now := moment
		moment = moment.Add(each)
		return now
	}
}
