package engine

import (
	"slices"
	"sync"

	"hybrid/internal/pace"
)

// An intake is who of a block is begun next, and how many at once. The crowd's mutex guards it.
type intake struct {
	queue   []int      // of the batch: numbers of the users who are still to be begun
	running int        // rows under way
	freed   *sync.Cond // somebody has finished, or there is place for more
	pace    *pace.Pace
	refused int     // calls in a row that the far end took none of, one at a time
	drought drought // since then
	paced   paced   // what people were last told of it
}

func newIntake(mu *sync.Mutex, most int) intake {
	return intake{freed: sync.NewCond(mu), pace: pace.New(most)}
}

// full says whether another row has to wait. Where nobody waits in the queue, somebody under way may still be put back into it.
func (i *intake) full() bool {
	return i.running > 0 && (len(i.queue) == 0 || i.running >= i.pace.Limit())
}

// pop takes the first of the queue, with the round of the pace that the user belongs to.
func (i *intake) pop() (n, round int) {
	n, i.queue = i.queue[0], i.queue[1:]
	return n, i.pace.Round()
}

// back puts a user of whom nothing was sent before all others.
func (i *intake) back(n int) { i.queue = slices.Insert(i.queue, 0, n) }
