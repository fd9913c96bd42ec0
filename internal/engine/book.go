package engine

import (
	"encoding/json"
	"maps"
	"slices"
	"sync"
	"time"

	"hybrid/internal/journal"
	"hybrid/planner"
)

// book writes the journal and keeps its first failure, after which nothing may be begun.
type book struct {
	journal *journal.Journal
	redact  func(string) string                   // of what far ends say
	counted func(c planner.Change, result string) // told of every outcome

	mu   sync.Mutex
	err  error
	lost map[string]bool   // addresses of changes whose answer was lost
	open map[string]string // addresses of which nobody knows yet what became of them, and the SIP address where it is a user's
}

// intent puts on disk what is about to be done; false means that it must not be done.
func (b *book) intent(e journal.Entry) bool {
	b.announce(e)
	return b.keep(b.journal.Intent(e))
}

// announce readies an intent for the disk.
func (b *book) announce(e journal.Entry) {
	for n, command := range e.Commands {
		e.Commands[n] = b.redact(command)
	}
	b.settle(e, "")
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.lost, e.Address)
}

// unheard notes that the answer to what a change had sent was lost, which its outcomes say from then on, whatever reading shows.
func (b *book) unheard(c planner.Change) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.lost == nil {
		b.lost = map[string]bool{}
	}
	b.lost[c.Address.String()] = true
}

// turn puts on disk that a change is done and, by the same fsync, what is about to be done next; false means that the latter
// must not be done.
func (b *book) turn(c planner.Change, took time.Duration, next journal.Entry) bool {
	b.announce(next)
	b.counted(c, journal.Done)
	e := b.result(c, journal.Done, "", took)
	begun := b.keep(b.journal.Turn(e, next))
	b.settle(e, journal.Done)
	return begun
}

// outcome puts on disk what became of a change; cause is "" where nothing went wrong.
func (b *book) outcome(c planner.Change, result, cause string, took time.Duration) {
	b.close(c, b.result(c, result, cause, took))
}

// torn puts on disk that reading found a user neither as wanted nor as before whom an earlier run had begun, and this one has not
// announced.
func (b *book) torn(c planner.Change, cause string, announced journal.Entry) {
	e := b.result(c, journal.Doubt, cause, 0)
	e.Kind, e.User, e.After, e.Was = announced.Kind, announced.User, announced.After, announced.Was
	b.close(c, e)
}

func (b *book) close(c planner.Change, e journal.Entry) {
	b.counted(c, e.Result)
	b.keep(b.journal.Outcome(e))
	e.User = c.Address.User
	b.settle(e, e.Result)
}

// result is an outcome as the journal tells it.
func (b *book) result(c planner.Change, result, cause string, took time.Duration) journal.Entry {
	b.mu.Lock()
	defer b.mu.Unlock()
	return journal.Entry{Address: c.Address.String(), Action: string(c.Action), Result: result, Error: b.redact(cause), Lost: b.lost[c.Address.String()], Millis: took.Milliseconds()}
}

// settle remembers that it is open what becomes of an entry, until a result says what is live.
func (b *book) settle(e journal.Entry, result string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if result == journal.Done || result == journal.Failed {
		delete(b.open, e.Address)
		return
	}
	if b.open == nil {
		b.open = map[string]string{}
	}
	b.open[e.Address] = e.User
}

// uncertain lists what is open, in order.
func (b *book) uncertain() []journal.Uncertain {
	b.mu.Lock()
	defer b.mu.Unlock()
	var list []journal.Uncertain
	for _, address := range slices.Sorted(maps.Keys(b.open)) {
		list = append(list, journal.Uncertain{Address: address, User: b.open[address]})
	}
	return list
}

func (b *book) keep(err error) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.err == nil {
		b.err = err
	}
	return err == nil
}

// failure is why the journal cannot be written, nil where it can.
func (b *book) failure() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.err
}

// intent is a change as the journal announces it.
func (e *Engine) intent(c planner.Change) journal.Entry {
	return e.intentTo(c, values(planner.Texts(c.After)))
}

// intentTo is intent where it is known how the values are written that the change leads to.
func (e *Engine) intentTo(c planner.Change, after json.RawMessage) journal.Entry {
	do, _ := e.commands(c) // where a change has no commands, Apply says why
	var changed []string
	for _, path := range c.Paths {
		changed = append(changed, planner.AttrName(path))
	}
	return journal.Entry{
		Address: c.Address.String(), Action: string(c.Action), Kind: c.Kind.Name, Identity: c.Identity, Provider: c.Provider, User: c.Address.User,
		Changed: changed, Commands: texts(do), Before: values(planner.Texts(c.Before)), After: after,
	}
}

func values(texts map[string]string) json.RawMessage {
	if texts == nil {
		return nil
	}
	b, err := json.Marshal(texts)
	if err != nil {
		panic(err) // a map of texts always encodes
	}
	return b
}
