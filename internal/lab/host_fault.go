package lab

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"hybrid/internal/clock"
)

// errGone ends a process whose shell is lost.
var errGone = errors.New("the shell is gone")

// strike finds the fault of one of the kinds that strikes a call.
func (h *host) strike(cmdlet string, params map[string]any, kinds ...FaultKind) (f Fault) {
	identity, _ := params["Identity"].(string)
	_ = h.simulator.estate.Do(func() error {
		f = h.simulator.estate.strike(h.process.shell.host, cmdlet, identity, kinds...)
		f.Text = h.simulator.estate.words(f.Text, "{sip}", identity, "{name}", strings.ToUpper(identity))
		return nil
	})
	return f
}

// call runs a cmdlet and answers, with whatever goes wrong on demand.
func (h *host) call(r *request, began time.Time) error {
	h.process.shell.server.log.Trace("begun", "cmdlet", r.Cmdlet, "host", h.process.shell.host)
	h.delay(r)
	f := h.strike(r.Cmdlet, r.Parameters, Down, LostShell, Cut, Hang, Missing, Short, Chatter, Garbage, Fails, Stale)
	if stop, err := h.before(r, f, began); stop {
		return err
	}
	out, err := h.invoke(r.invocation, f.Kind == Stale)
	if stop := h.after(&out, f); stop {
		return h.stranded(f)
	}
	if f.Kind == Fails {
		err = failsWith(f)
	}
	var failure *Failure
	if err != nil {
		failure, out.objects, out.accounts, out.online = asFailure(err), nil, nil, nil
	}
	if strings.HasPrefix(r.Cmdlet, "Get-") && h.strike(r.Cmdlet, r.Parameters, Spelling).respells() {
		out = out.otherwise()
	}
	return errors.Join(h.write(r, out), h.answers.done(r.ID, millis(began), failure))
}

// newSession stands in faults for the start of a session: a lag makes it slow.
const newSession = "new session"

// slow takes the time that PowerShell takes longer to start.
func (h *host) slow() {
	if f := h.strike(newSession, nil, Lag); f.Kind == Lag {
		h.clock().Sleep(h.process.ctx, f.lag(""))
	}
}

// delay takes the time that a cmdlet takes longer, whatever else comes of it.
func (h *host) delay(r *request) {
	identity, _ := r.Parameters["Identity"].(string)
	if f := h.strike(r.Cmdlet, r.Parameters, Lag); f.Kind == Lag {
		h.clock().Sleep(h.process.ctx, f.lag(identity))
	}
}

// before is what a fault does before the cmdlet runs; stop is true where it does not run any more.
func (h *host) before(r *request, f Fault, began time.Time) (stop bool, err error) {
	switch {
	case f.Kind == Chatter:
		_, err := fmt.Fprintf(h.process.stream("stdout"), "%s\r\n", f.Text)
		return err != nil, err
	case f.Kind == Missing:
		_, err := h.simulator.run("", nil, false)
		return true, h.answers.done(r.ID, millis(began), asFailure(err))
	case f.Effect:
		return false, nil
	case f.Kind == Fails:
		return true, h.answers.done(r.ID, millis(began), failsWith(f))
	}
	if stop := h.strand(f); stop {
		h.late(r, f)
		return true, h.stranded(f)
	}
	return false, nil
}

// late does the work of a call whose caller was cut off, a while after that: servers go on without anybody who listens.
func (h *host) late(r *request, f Fault) {
	if f.Kind == Cut && f.Delay > 0 {
		h.clock().Sleep(context.WithoutCancel(h.process.ctx), time.Duration(f.Delay))
		_, _ = h.invoke(r.invocation, false) // nobody hears what it returns
	}
}

// after is what a fault does once the cmdlet has run.
func (h *host) after(out *output, f Fault) (stop bool) {
	switch {
	case f.Kind == Short:
		out.objects = out.objects[:min(len(out.objects), f.Rows)]
		out.accounts = out.accounts[:min(len(out.accounts), f.Rows)]
		out.online = out.online[:min(len(out.online), f.Rows)]
	case f.Effect:
		return h.strand(f)
	}
	return false
}

// stranded says whether the host goes on after a fault that left a call without an answer.
func (h *host) stranded(f Fault) error {
	if f.Kind == Garbage {
		return nil
	}
	return errGone
}

// strand leaves the caller without an answer.
func (h *host) strand(f Fault) bool {
	p := h.process
	switch f.Kind {
	case Garbage:
		fmt.Fprintf(p.stream("stdout"), "%s\r\n", f.Text)
	case LostShell:
		p.shell.lose()
	case Down:
		p.shell.server.fall(p.shell.host, f)
	case Cut:
		p.out.cutNext()
		fmt.Fprint(p.stream("stdout"), markJSON+`{"id":`)
		if f.Effect || f.Delay == 0 {
			<-p.ctx.Done()
		}
	case Hang:
		defer h.clock().Rest()()
		<-p.ctx.Done()
	default:
		return false
	}
	return true
}

func failsWith(f Fault) *Failure {
	return &Failure{Message: f.Text, Kind: f.Text, Category: "OperationStopped", Type: "System.Management.Automation.RuntimeException"}
}

// clock is the one that the estate goes by.
func (h *host) clock() *clock.Clock { return h.simulator.estate.clock }
