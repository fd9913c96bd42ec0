package check

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"

	"hybrid/providers"
)

// A HostSource looks at the Windows hosts that sessions run on, one by one.
type HostSource interface {
	// Hosts names the hosts of a provider block, with their ports; none where its system has no sessions. The error says why the
	// block cannot be used at all.
	Hosts(provider string) ([]string, error)
	// Opening says how a session on a host came about, and opens one where there is none. The error says why none can be opened, or
	// is a *[providers.UntriedError].
	Opening(ctx context.Context, provider, host string) (providers.Opening, error)
	// AskOn runs a cmdlet that changes nothing on one host, and gives of each object the values of some properties; nil for one that
	// is unset. Without properties each row is the one value that the cmdlet gave, such as a text. Where a cmdlet says by its error
	// that there is nothing of what was asked for, as Get-WinEvent does, there are no rows. Errors are a *[providers.NoCmdletError], a
	// *[providers.RefusalError], or say why there is no answer.
	AskOn(ctx context.Context, provider, host string, c Cmdlet, properties []string) ([][]any, error)
}

// A windowsHost is a host of a provider block.
type windowsHost struct {
	block string // "skype"
	name  string // "fe01.contoso.com:5986"
}

// place is the host's name alone.
func (h windowsHost) place() string {
	if host, _, err := net.SplitHostPort(h.name); err == nil {
		return host
	}
	return h.name
}

// hostsOf are the hosts of all provider blocks of some systems, or of all systems, in the order of the configuration. A block that
// cannot be used at all is told the trial: nothing can be asked there.
func (t *trial) hostsOf(systems ...string) (all []windowsHost) {
	for i := range t.e.Config.Providers {
		p := &t.e.Config.Providers[i]
		if len(systems) > 0 && !slices.Contains(systems, p.System.Name) {
			continue
		}
		names, err := t.e.Source.Hosts(p.Name)
		if err != nil {
			t.unknown("%v", err)
		}
		for _, name := range names {
			all = append(all, windowsHost{block: p.Name, name: name})
		}
	}
	return all
}

// machines are hosts without those that have been named already, in another block.
func machines(all []windowsHost) []windowsHost {
	seen := map[string]bool{}
	return slices.DeleteFunc(all, func(h windowsHost) bool {
		before := seen[h.place()]
		seen[h.place()] = true
		return before
	})
}

// each looks at hosts side by side, and tells the trial in their order what was found.
func (t *trial) each(all []windowsHost, look func(windowsHost) func()) {
	told := make([]func(), len(all))
	var wait sync.WaitGroup
	for n, h := range all {
		wait.Go(func() { told[n] = look(h) })
	}
	wait.Wait()
	for _, tell := range told {
		tell()
	}
}

// opening is how a session on a host came about, asked once.
func (e *Estate) opening(ctx context.Context, h windowsHost) (providers.Opening, error) {
	return Once(e, "opening "+h.block+" "+h.name, func() (providers.Opening, error) {
		return e.Source.Opening(ctx, h.block, h.name)
	})
}

// askOn runs a cmdlet on a host, once. A host on which no session can be opened is not tried again for each thing that is asked of it.
func (e *Estate) askOn(ctx context.Context, h windowsHost, c Cmdlet, properties ...string) ([][]any, error) {
	return Once(e, fmt.Sprintf("ask %s %s %s %v %v", h.block, h.name, c.Name, c.Params, properties), func() ([][]any, error) {
		if _, err := e.opening(ctx, h); err != nil && !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, context.Canceled) {
			return nil, err
		}
		return e.Source.AskOn(ctx, h.block, h.name, c, properties)
	})
}

// refusal is what a cmdlet said that ran and failed, nil where it is something else that failed.
func refusal(err error) *providers.RefusalError {
	var refused *providers.RefusalError
	if errors.As(err, &refused) {
		return refused
	}
	return nil
}

// unheard notes why a host did not answer, and what to do to find out by hand.
func (t *trial) unheard(h windowsHost, err error, byHand string) {
	var missing *providers.NoCmdletError
	if errors.As(err, &missing) {
		t.unknown("%v: %s", err, byHand)
		return
	}
	t.unknown("%s did not tell: %s", h.place(), sentence(err))
}

// sentence is an error without the stop behind it.
func sentence(err error) string { return strings.TrimRight(strings.TrimSpace(err.Error()), ".") }

// cellText is a value that a cmdlet gave, "" for none.
func cellText(v any) string {
	if v == nil {
		return ""
	}
	return fmt.Sprint(v)
}
