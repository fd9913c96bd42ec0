package render

import (
	"encoding/json"
	"io"
	"sync"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"hybrid/internal/amount"
	"hybrid/internal/event"
)

// ProgressOptions says where progress is shown.
type ProgressOptions struct {
	Terminal bool             // live lines and bars; otherwise a line a change, and a line a minute for users
	Color    bool             // colours words
	Width    int              // columns of bars; 0 lets mpb find out, and follow the terminal's size
	Columns  int              // where sentences are folded; 0 means lines of any length
	Now      func() time.Time // nil means time.Now
	// Tick says when to look whether users are to be told of again, where there is no terminal; nil is every few seconds.
	Tick <-chan time.Time
}

// Progress tells people how an apply is going. Event is its [event.Sink]; everything else that writes to the same place,
// such as a log, goes through Write, or it would tear the bars. Close ends it. All may be called from any goroutine. What
// cannot be written is lost: a closed terminal must not stop an apply.
type Progress struct {
	mu    sync.Mutex
	w     io.Writer
	o     ProgressOptions
	paint paint
	bars  *mpb.Progress     // nil off a terminal, and after Close
	live  map[string]*live  // what is on the screen, by address
	under map[string]*quiet // the blocks of users under way where there is no screen
	told  told
	stop  chan struct{} // ends the watch; nil where there is none
}

// quiet is the users of a block who are under way where there is no terminal.
type quiet struct {
	crowd
	at      time.Time // when they were last told of
	started time.Time
}

// live is what is on the screen of a change that is under way.
type live struct {
	bar     *mpb.Bar
	started time.Time
	waiting bool       // nothing of it has been started yet
	mu      sync.Mutex // guards users, which mpb's goroutine reads
	users   crowd
}

// NewProgress makes a Progress that writes to w.
func NewProgress(w io.Writer, o ProgressOptions) *Progress {
	if o.Now == nil {
		o.Now = time.Now
	}
	p := &Progress{w: w, o: o, paint: paint(o.Color), live: map[string]*live{}, under: map[string]*quiet{}, told: told{}}
	if o.Terminal {
		p.bars = mpb.New(mpb.WithOutput(w), mpb.WithWidth(o.Width), mpb.WithAutoRefresh(), mpb.WithRefreshRate(150*time.Millisecond))
	}
	return p
}

// Event shows an event.
func (p *Progress) Event(e event.Event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch e.Type {
	case event.Start:
		p.start(e)
	case event.Progress:
		p.progress(e)
	case event.Waiting:
		p.line(p.paint.sentence(e))
		p.wait(e)
	case event.Done, event.Failed, event.Doubt, event.Skipped:
		p.end(e.Address)
		p.failed(e)
		p.tell(e)
	case event.Note:
		p.tell(e)
	case event.Check: // said in one line for all, and what is wrong as a warning
	case event.Verdict: // as many as there are users: the table after the run has them
	case event.Finished:
		p.close()
		p.write([]byte(p.paint.report(e.Report, p.o.Columns)))
		p.line(p.paint.sentence(e))
	default:
		p.line(p.paint.sentence(e))
	}
}

// Write shows lines of others, above the bars where there are any.
func (p *Progress) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.write(b)
}

// Close takes the bars from the screen and waits until all lines are written.
func (p *Progress) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.close()
	return nil
}

// tell shows an event, unless it is one of many alike.
func (p *Progress) tell(e event.Event) {
	if line, ok := p.told.line(p.paint, e); ok {
		p.line(line)
	}
}

func (p *Progress) close() {
	if p.stop != nil {
		close(p.stop)
		p.stop = nil
	}
	clear(p.under)
	for address := range p.live {
		p.end(address)
	}
	if p.bars != nil {
		p.bars.Wait()
		p.bars = nil
	}
}

func (p *Progress) line(text string) { p.write([]byte(fold(text, p.o.Columns) + "\n")) }

func (p *Progress) write(b []byte) (int, error) {
	if p.bars != nil {
		return p.bars.Write(b)
	}
	return p.w.Write(b)
}

// start puts a change on the screen. Elsewhere only users are announced: an object's own line comes soon enough.
func (p *Progress) start(e event.Event) {
	if l := p.live[e.Address]; l != nil && l.waiting {
		p.end(e.Address)
	}
	switch {
	case p.bars == nil && e.Total > 1:
		p.line(p.paint.sentence(e))
		p.under[e.Address] = &quiet{crowd: crowd{last: e}, at: p.o.Now(), started: p.o.Now()}
		p.watch()
	case p.bars != nil && p.live[e.Address] == nil:
		l := &live{started: p.o.Now()}
		if e.Total > 1 {
			l.bar = p.bar(e, l)
		} else {
			l.bar = p.spinner(p.paint.name(e)+"  "+words(e).doing, l)
		}
		p.live[e.Address] = l
	}
}

// wait keeps a line on the screen for what is waited for before a change is started: a terminal on which nothing moves looks
// like a program that hangs.
func (p *Progress) wait(e event.Event) {
	if p.bars == nil || p.live[e.Address] != nil {
		return
	}
	l := &live{started: p.o.Now(), waiting: true}
	l.bar = p.spinner(p.paint.name(e)+"  waiting", l)
	p.live[e.Address] = l
}

func (p *Progress) spinner(text string, l *live) *mpb.Bar {
	return p.bars.New(1, mpb.NopStyle(), mpb.BarRemoveOnComplete(),
		mpb.PrependDecorators(decor.Spinner(nil), decor.Name(" "+text), p.elapsed(l)))
}

// elapsed is how long a change has been on the screen.
func (p *Progress) elapsed(l *live) decor.Decorator {
	return decor.Any(func(decor.Statistics) string { return "  " + amount.Lasting(p.o.Now().Sub(l.started)) })
}

// progress moves a block's bar, or says once a minute how far its users are.
func (p *Progress) progress(e event.Event) {
	if l := p.live[e.Address]; l != nil {
		l.mu.Lock()
		l.users.last = e
		l.mu.Unlock()
		// The last step is left to Done: a bar that is complete cannot be moved any more.
		l.bar.SetCurrent(int64(max(0, min(taken(e), e.Total-1))))
		return
	}
	if q := p.under[e.Address]; q != nil {
		q.last = e
		p.minute(q)
	}
}

// failed counts why a user failed with those of the block. Who is in doubt is counted apart, by the engine.
func (p *Progress) failed(e event.Event) {
	if e.Type != event.Failed || e.User == "" {
		return
	}
	if l := p.live[e.Block]; l != nil {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.users.failed(e.Cause)
	} else if q := p.under[e.Block]; q != nil {
		q.failed(e.Cause)
	}
}

// end takes a change from the screen.
func (p *Progress) end(address string) {
	if l := p.live[address]; l != nil {
		l.bar.Abort(true)
		delete(p.live, address)
	}
	delete(p.under, address)
}

// JSONEvents writes each event as a line of JSON. What cannot be written is lost: a reader that has gone away must not
// stop an apply.
func JSONEvents(w io.Writer) event.Sink {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return func(e event.Event) { _ = enc.Encode(e) }
}
