package engine

import "hybrid/providers"

// outcomes are what became of the users of a block who were begun, by their numbers among those that change.
type outcomes struct {
	tried  int
	failed int
	half   int   // of those that failed: carried out in part
	done   []int // for whom the far end said that it is done
	doubts []int // whose answer was lost, and who have not been read since
	torn   []int // whose answer was lost, and of whom reading showed that they are neither as before nor as wanted
	missed []int // of those that failed: whose answer was lost, and whom reading showed as before
	denied []int // of those that failed: whom the far end refused
}

// add counts a user by what the far end answered; nil is that it is done.
func (o *outcomes) add(n int, failure error) {
	o.tried++
	switch {
	case providers.InDoubt(failure):
		o.doubts = append(o.doubts, n)
	case failure != nil:
		o.failed++
		o.denied = append(o.denied, n)
		if providers.Halfway(failure) {
			o.half++
		}
	default:
		o.done = append(o.done, n)
	}
}

// inDoubt is of how many users nobody knows yet what became of them.
func (o *outcomes) inDoubt() int { return len(o.doubts) + len(o.torn) }
