package engine

import (
	"slices"
	"time"
)

// An outlook is what tells how long the rest of a block takes. By it an administrator decides whether the window suffices: it
// promises nothing that nobody can know.
type outlook struct {
	users   int             // who are not finished
	atOnce  int             // so many are taken
	rate    float64         // so many were finished a minute, over enough of them; 0 where too few were
	each    time.Duration   // so long one takes; 0 where nothing tells
	running []time.Duration // so long those under way have taken already
}

// left is how long the rest is expected to take, 0 where nobody can tell: at the rate of enough users, or by how long one takes
// before there are enough; but never less than somebody under way has taken already, or one who ends last takes.
func (o outlook) left() time.Duration {
	if o.users <= 0 || o.rate <= 0 && o.each <= 0 {
		return 0
	}
	atOnce := max(1, o.atOnce)
	rounds := (o.users + atOnce - 1) / atOnce // of which the last takes as long for one as for all
	takes := o.each * time.Duration(rounds)
	if o.rate > 0 {
		takes = time.Duration(float64(rounds*atOnce) / o.rate * float64(time.Minute))
	}
	return max(takes, o.last())
}

// last is how long it takes at least until the last one is finished.
func (o outlook) last() time.Duration {
	if len(o.running) < o.users {
		return max(o.each, longest(o.running))
	}
	return max(longest(o.running), o.each-slices.Min(o.running))
}

// each is how long a user takes: what those of this run took on average, with those under way who have taken longer by now; what past
// runs tell where none is finished yet, and 0 where they tell nothing.
func (f *forecast) each(running []time.Duration) time.Duration {
	if len(f.own) == 0 {
		if !f.known {
			return 0
		}
		return max(f.other, longest(running))
	}
	average := mean(f.own)
	longer := slices.DeleteFunc(slices.Clone(running), func(took time.Duration) bool { return took <= average })
	return mean(append(longer, f.own...))
}

// longest is 0 of none.
func longest(of []time.Duration) time.Duration {
	most := time.Duration(0)
	for _, d := range of {
		most = max(most, d)
	}
	return most
}

func mean(of []time.Duration) time.Duration {
	sum := time.Duration(0)
	for _, d := range of {
		sum += d
	}
	return sum / time.Duration(len(of))
}

// left is how long so many users of a block are expected to take, pauses between batches included; 0 where nobody can tell.
func (g *crowd) left(users int, now time.Time) time.Duration {
	var running []time.Duration
	for _, began := range g.underway {
		running = append(running, now.Sub(began))
	}
	takes := outlook{users, g.intake.pace.Limit(), g.pulse.steady(now), g.forecast.each(running), running}.left()
	if takes == 0 {
		return 0
	}
	return takes + time.Duration((users-1)/g.wave.batch)*g.wave.pause
}
