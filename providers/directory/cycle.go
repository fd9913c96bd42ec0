package directory

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"hybrid/internal/powershell"
	"hybrid/providers"
)

// A cycle is one synchronisation, from waiting for those of others to the results of its run profiles. What the cmdlets
// return, and how they refuse, is from the reference of the module ADSync and from what its users report.
type cycle struct {
	*provider
	start    powershell.Command
	accepted map[string]bool
	before   map[string]bool // run profiles that had ended before, by id
	over     time.Time       // by the provider's clock: when nobody waits any longer
}

// run starts a cycle once no other is under way, and returns when it has ended well.
func (c *cycle) run(ctx context.Context) error {
	for {
		if err := c.until(ctx, "another synchronisation is under way", c.vacant); err != nil {
			return err
		}
		if err := c.remember(ctx); err != nil { // only now: what others have run meanwhile is not the result of this cycle
			return err
		}
		if err := providers.Leave(ctx); err != nil {
			return err
		}
		err := c.call(ctx, c.start, func(map[string]any) {})
		if busy(err) {
			continue // somebody else's began in between; it was refused, so to ask again does no harm
		}
		if err := c.begun(ctx, err); err != nil {
			return err
		}
		break
	}
	if err := c.until(ctx, "the cycle has not ended", c.ended); err != nil {
		return err
	}
	return c.verdict(ctx)
}

// begun says whether the call that starts a cycle has to be taken for failed. Where its answer was lost, the scheduler tells.
func (c *cycle) begun(ctx context.Context, err error) error {
	lost := (*powershell.LostError)(nil)
	if err == nil || !errors.As(err, &lost) {
		return err
	}
	if !lost.Sent {
		return err
	}
	doubt := &providers.DoubtError{Err: fmt.Errorf("%s: %w", c.start.Cmdlet, err)}
	idle, unread := c.idle(ctx)
	results, failed := c.results(ctx)
	switch {
	case unread != nil || failed != nil:
		return doubt
	case idle && len(results) == 0:
		return doubt
	}
	return nil
}

// busy says whether a start was refused since a synchronisation is under way.
func busy(err error) bool {
	refused := (*powershell.CmdletError)(nil)
	if !errors.As(err, &refused) {
		return false
	}
	text := strings.ToLower(refused.Message + " " + refused.Kind)
	return strings.Contains(text, "is busy") || strings.Contains(text, "already running")
}

// until asks again and again, ever less often.
func (c *cycle) until(ctx context.Context, otherwise string, holds func(context.Context) (bool, error)) error {
	for pause := 100 * time.Millisecond; ; pause = min(2*pause, c.mostPause) {
		yes, err := holds(ctx)
		switch {
		case errors.Is(context.Cause(ctx), context.Canceled):
			return fmt.Errorf("%s, and waiting for it was broken off", otherwise)
		case ctx.Err() != nil, !c.clock.Now().Before(c.over):
			return fmt.Errorf("%s, and the time to wait for it is over", otherwise)
		case err != nil:
			return err
		case yes:
			return nil
		}
		c.clock.Sleep(ctx, pause)
	}
}

// A scheduler is what Get-ADSyncScheduler says. Builds that lack a property have not that state.
type scheduler struct{ enabled, staging, suspended, running bool }

func (p *provider) scheduler(ctx context.Context) (scheduler, error) {
	var s scheduler
	seen := false
	err := p.call(ctx, powershell.Command{Cmdlet: "Get-ADSyncScheduler"}, func(props map[string]any) {
		seen = true
		is := func(name string) bool { yes, _ := props[name].(bool); return yes }
		s = scheduler{enabled: is("SyncCycleEnabled"), staging: is("StagingModeEnabled"), suspended: is("SchedulerSuspended"), running: is("SyncCycleInProgress")}
	})
	if err == nil && !seen {
		err = errors.New("Get-ADSyncScheduler returned nothing")
	}
	return s, err
}

// vacant is idle as long as a cycle may still be begun: there is no sense in waiting for the end of another one otherwise.
func (c *cycle) vacant(ctx context.Context) (bool, error) {
	if err := providers.Leave(ctx); err != nil {
		return false, err
	}
	return c.idle(ctx)
}

// idle says whether nothing runs: neither a cycle nor a connector by itself.
func (c *cycle) idle(ctx context.Context) (bool, error) {
	s, err := c.scheduler(ctx)
	if err != nil || s.running {
		return false, err
	}
	idle := true
	err = c.call(ctx, powershell.Command{Cmdlet: "Get-ADSyncConnectorRunStatus"}, func(map[string]any) { idle = false })
	return idle && err == nil, err
}

// ended says whether nothing runs any more and something has run.
func (c *cycle) ended(ctx context.Context) (bool, error) {
	idle, err := c.idle(ctx)
	if err != nil || !idle {
		return false, err
	}
	results, err := c.results(ctx)
	return len(results) > 0 && err == nil, err
}

// A result is how one run profile ended: "Export" of a connector, "success".
type result struct{ id, connector, profile, result string }

// remember notes what had ended before.
func (c *cycle) remember(ctx context.Context) error {
	c.before = map[string]bool{}
	results, err := c.results(ctx)
	for _, r := range results {
		c.before[r.id] = true
	}
	return err
}

// results are the run profiles that have ended since.
func (c *cycle) results(ctx context.Context) ([]result, error) {
	var results []result
	last := powershell.Command{Cmdlet: "Get-ADSyncRunProfileResult", Params: []powershell.Param{{Name: "NumberRequested", Value: 20}}}
	err := c.call(ctx, last, func(props map[string]any) {
		text := func(name string) string {
			if props[name] == nil {
				return ""
			}
			return fmt.Sprint(props[name])
		}
		r := result{id: text("RunHistoryId"), connector: text("ConnectorName"), profile: text("RunProfileName"), result: text("Result")}
		if complete, told := props["IsRunComplete"].(bool); (complete || !told) && !c.before[r.id] {
			results = append(results, r)
		}
	})
	return results, err
}

// verdict is nil where every run profile has ended well.
func (c *cycle) verdict(ctx context.Context) error {
	results, err := c.results(ctx)
	if err != nil {
		return err
	}
	var failed []string
	for _, r := range results {
		if !well(r.result) && !c.accepted[r.result] {
			failed = append(failed, fmt.Sprintf("%s of %s: %s", r.profile, r.connector, r.result))
		}
	}
	if len(failed) == 0 {
		return nil
	}
	slices.Sort(failed)
	return fmt.Errorf("the cycle ended with errors: %s. Look at it in the Synchronization Service Manager on %s; where it has nothing to do with these users, name the result in accept",
		strings.Join(failed, "; "), c.host)
}

// well says whether a run profile's result is no failure.
func well(result string) bool {
	switch result {
	case "", "success", "completed-no-objects", "completed-warnings":
		return true
	}
	return false
}
