// Command hybrid reconciles Lync and Skype for Business hybrid deployments with what HCL files in a folder say.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"hybrid/internal/engine"
	"hybrid/internal/journal"
	"hybrid/internal/render"
)

func main() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }

// The exit codes. 0 is done.
const (
	exitFailed      = 1
	exitChanges     = 2   // plan --detailed-exitcode, with changes
	exitRefused     = 3   // by a guard, a window, a stale plan or a lock: nothing done
	exitPartial     = 4   // the journal says what was done
	exitInterrupted = 130 // by the operator
)

// run is the program without the process around it.
func run(args []string, in *os.File, out, errs io.Writer) int {
	a := &app{in: in, out: out, err: errs, logs: logWriter{w: errs}, warned: map[string]bool{}}
	root := a.root()
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(errs)
	return a.exitCode(root.Execute())
}

// withCode is an error with an exit code of its own. Without text nothing is printed: the output has said it.
type withCode struct {
	code int
	text string
}

func (e *withCode) Error() string { return e.text }

// invalid is a configuration with errors, or live state that could not be read.
type invalid struct {
	diags   hcl.Diagnostics
	sources map[string][]byte
}

func (e *invalid) Error() string { return e.diags.Error() }

// exitCode prints an error and says with which code to end.
func (a *app) exitCode(err error) int {
	var (
		code    *withCode
		bad     *invalid
		refused *engine.Refused
		guards  *guarded
		partial *engine.Partial
		locked  *journal.LockedError
	)
	switch {
	case err == nil:
		return 0
	case errors.As(err, &code):
		if code.text != "" {
			a.say(code.text)
		}
		return code.code
	case errors.As(err, &bad):
		a.showDiagnostics(bad.diags, bad.sources)
		return exitFailed
	case errors.As(err, &refused):
		for _, reason := range refused.Reasons {
			a.say("Refused: " + reason)
		}
		fmt.Fprintln(a.err, "Nothing was done.")
		return exitRefused
	case errors.As(err, &guards):
		a.tellGuarded(guards)
		fmt.Fprintln(a.err, "\nNothing was done.")
		return exitRefused
	case errors.As(err, &locked):
		a.say("Refused: " + err.Error())
		return exitRefused
	case errors.As(err, &partial) && partial.Waits:
		a.say(err.Error())
		return exitPartial
	case errors.As(err, &partial):
		a.say(strings.TrimSuffix("Applied in part: "+err.Error()+"\n"+partial.Next, "\n"))
		return exitPartial
	}
	a.say("Error: " + err.Error())
	return exitFailed
}

// say writes sentences, without secrets, and on a terminal not over its edge.
func (a *app) say(text string) { fmt.Fprintln(a.err, render.Fold(a.hidden(text), width(a.err))) }
