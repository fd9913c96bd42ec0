package bucket

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"
)

// A writer puts the lines of one run into the bucket, a piece after another, in the order in which they come.
type writer struct {
	objects  Objects
	clock    clock
	run      string
	patience time.Duration // how long a write is tried

	count   int      // of the pieces that are there
	pending [][]byte // that may not be there yet
	sealed  bool     // another run has gone on from this one
}

// mostPiece bounds an object, so that each is one request.
const mostPiece = 4 << 20

// write puts lines there, after those that are still pending. One goroutine at a time may call it.
func (w *writer) write(ctx context.Context, lines []byte) error {
	w.pending = append(w.pending, pieces(lines)...)
	ctx, done := context.WithTimeout(ctx, w.patience)
	defer done()
	return w.flush(ctx)
}

func (w *writer) flush(ctx context.Context) error {
	for len(w.pending) > 0 {
		err := w.piece(ctx, nameOf(w.run, w.count+1), w.pending[0])
		if errors.Is(err, errSealed) { // what was done is told behind the seal
			w.sealed = true
			w.count++
			continue
		}
		if err != nil {
			return err
		}
		w.count++
		w.pending = w.pending[1:]
	}
	return nil
}

// piece writes one object. Where nobody knows whether it was written, it is read before it is written again.
func (w *writer) piece(ctx context.Context, name string, content []byte) error {
	begun := w.clock.Now()
	for wait := firstWait; ; wait *= 2 {
		failed := w.objects.Create(ctx, name, content)
		if failed == nil {
			return nil
		}
		there, _, err := w.objects.Get(ctx, name)
		switch {
		case err == nil && bytes.Equal(there, content):
			return nil
		case err == nil && len(there) == 0:
			return errSealed
		case err == nil:
			return fmt.Errorf("%s is there already, and somebody else has written it", name)
		case errors.Is(err, ErrAbsent) && errors.Is(failed, ErrRefused):
			return fmt.Errorf("%s is refused, and not there: %w", name, failed)
		}
		if w.clock.Now().Sub(begun)+wait > w.patience || w.clock.Sleep(ctx, wait) != nil {
			return failed
		}
	}
}

// firstWait is before the second try of a write.
const firstWait = 200 * time.Millisecond

// pieces cuts lines into pieces of whole lines.
func pieces(lines []byte) (all [][]byte) {
	for len(lines) > mostPiece {
		n := bytes.LastIndexByte(lines[:mostPiece], '\n') + 1
		if n == 0 { // one line that is longer
			if n = bytes.IndexByte(lines, '\n') + 1; n == 0 {
				break
			}
		}
		all, lines = append(all, bytes.Clone(lines[:n])), lines[n:]
	}
	if len(lines) > 0 {
		all = append(all, bytes.Clone(lines))
	}
	return all
}

// nameOf is the object of a piece of a run, from 1.
func nameOf(run string, n int) string { return fmt.Sprintf("%s/%06d%s", run, n, suffix) }

const suffix = ".jsonl"
