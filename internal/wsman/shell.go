package wsman

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/masterzen/winrm"
)

// lateShell is how long the answer of a shell that nobody wants any more is waited for, so that it can be removed.
const lateShell = 3 * time.Second

// created is the answer of a request for a shell.
type created struct {
	shell string
	err   error
}

// create makes a shell. A request that is under way when the context ends is not taken back: its shell could not be removed.
func (h *Host) create(ctx context.Context) (string, error) {
	if ctx.Err() != nil {
		return "", context.Cause(ctx)
	}
	asking, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	answer := make(chan created, 1)
	h.ending.Go(func() {
		defer cancel(nil)
		shell, err := h.ask(asking)
		answer <- created{shell, err}
	})
	select {
	case c := <-answer:
		return c.shell, c.err
	case <-ctx.Done():
	}
	late := time.AfterFunc(lateShell, func() { cancel(context.Cause(ctx)) })
	h.ending.Go(func() {
		defer late.Stop()
		if c := <-answer; c.err == nil {
			h.discard(c.shell)
		}
	})
	return "", &ConnectError{Address: h.address, Sent: true, Err: context.Cause(ctx)}
}

func (h *Host) ask(ctx context.Context) (string, error) {
	answer, err := h.transport.exchange(ctx, winrm.NewOpenShellRequest(h.url, h.parameters))
	if err != nil {
		return "", err
	}
	id, err := answer.shell()
	if err != nil {
		return "", &ConnectError{Address: h.address, Sent: true, Err: err}
	}
	return escape(id), nil
}

func (h *Host) execute(ctx context.Context, shell, command string, args []string) (string, error) {
	quoted := make([]string, len(args))
	for n, arg := range args {
		quoted[n] = section(arg)
	}
	answer, err := h.transport.exchange(ctx, winrm.NewExecuteCommandRequest(h.url, shell, section(command), quoted, h.parameters))
	if err != nil {
		return "", err
	}
	id, err := answer.command()
	if err != nil {
		return "", &ConnectError{Address: h.address, Sent: true, Err: err}
	}
	return escape(id), nil
}

// section makes a text fit to stand in the CDATA section that the library puts around it, by parting the end mark
// between two sections.
func section(text string) string { return strings.ReplaceAll(text, "]]>", "]]]]><![CDATA[>") }

// printable refuses what XML 1.0 cannot hold.
func printable(texts []string) error {
	for _, text := range texts {
		if strings.ContainsFunc(text, func(r rune) bool { return r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0xfffe || r == 0xffff }) {
			return fmt.Errorf("the command line %.40q holds a control character, which WS-Man cannot carry", text)
		}
	}
	return nil
}
