package lab

import (
	"strings"
	"testing"
	"time"
)

// A host takes input for so many sessions at once, and for another as soon as one of them has answered or is gone.
func TestOperationsAtOnce(t *testing.T) {
	t.Parallel()
	l := start(t, Seed(Needs{}, SeedOptions{}))
	if err := l.Change(func(e *Estate) error { e.SetLimits(Limits{Operations: 1}); return nil }); err != nil {
		t.Fatal(err)
	}
	p := dial(t, l)
	shell := p.create()
	working, waiting := p.command(shell, bootstrapLine()), p.command(shell, bootstrapLine())
	p.send(shell, working, agentText()[:8], "", "") // half a line: it is at work, and does not answer
	p.send(shell, waiting, agentText(), "", "2150859174")
	p.send(shell, working, agentText()[8:], "", "")
	p.send(shell, working, "", ` End="true"`, "")
	if stdout, _, _ := p.receive(shell, working); strings.Count(stdout, "hello") != 1 {
		t.Errorf("%q", stdout)
	}
	p.send(shell, waiting, agentText()[:8], "", "")
	p.asks(nsShell+"/Signal", shell, "PT20S", `<Signal CommandId="`+waiting+`"><Code>`+nsShell+`/signal/terminate</Code></Signal>`, "")
	third := p.command(shell, bootstrapLine())
	for l.service.operations.any() { // what was ended ends in a moment
		time.Sleep(time.Millisecond)
	}
	p.send(shell, third, agentText(), ` End="true"`, "")
	if stdout, _, exit := p.receive(shell, third); exit != "0" || strings.Count(stdout, "hello") != 1 {
		t.Errorf("%q, exit %s: the refused input arrived, or none", stdout, exit)
	}
}

// The limit is kept with the estate.
func TestLimitsAreKept(t *testing.T) {
	t.Parallel()
	e := Seed(Needs{}, SeedOptions{})
	path := t.TempDir() + "/lab.json"
	if err := e.Save(path); err != nil {
		t.Fatal(err)
	}
	if err := e.Do(func() error { set(t, e, "limit.operations", "5"); return nil }); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		again, err := Load(path)
		if err != nil || again.Limits.Operations != 5 {
			t.Fatalf("%v, %+v", err, again)
		}
		if err := again.Save(path); err != nil { // from the change log into the file
			t.Fatal(err)
		}
	}
}

func (o *operations) any() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.working) > 0
}
