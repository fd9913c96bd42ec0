package main

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"sync"

	"hybrid/internal/config"
	"hybrid/internal/event"
	"hybrid/internal/journal"
	"hybrid/internal/notify"
	"hybrid/schema"
)

// tellAll tells everybody whom the configuration wants told of an occasion, side by side, and says of whom it was not
// possible. That is never an error: what was to be done has been done.
func (a *app) tellAll(ctx context.Context, s *session, m notify.Message, warn func(string)) {
	var wait sync.WaitGroup
	warnings := make([]string, len(s.config.Notify))
	for n, block := range s.config.Notify {
		if !slices.Contains(block.On, m.Event) {
			continue
		}
		wait.Go(func() { warnings[n] = tell(ctx, block, m) })
	}
	wait.Wait()
	for _, warning := range warnings {
		if warning != "" {
			warn(a.hidden(warning))
		}
	}
}

// tell tells one, and says why it was not possible; "" where it was. From the lab nothing is sent to another machine.
func tell(ctx context.Context, block config.Notify, m notify.Message) string {
	t := target(block)
	if m.Lab && !onThisMachine(t) {
		return fmt.Sprintf("notify %q: not told, since this is the lab, which tells this machine only", block.Name)
	}
	if err := notify.Send(context.WithoutCancel(ctx), t, m); err != nil {
		return err.Error()
	}
	return ""
}

// target is a block with its secrets in plain text, just before it is told.
func target(block config.Notify) notify.Target {
	v := block.Values.AsValueMap()
	t := notify.Target{
		Name: block.Name, Type: block.Type, URL: schema.Text(v["url"]), Secret: schema.Text(v["secret"]),
		Server: schema.Text(v["server"]), TLS: schema.Text(v["tls"]), Username: schema.Text(v["username"]), Password: schema.Text(v["password"]),
		From: schema.Text(v["from"]), To: schema.Texts(v["to"]),
	}
	if port, _ := v["port"].Unmark(); port.IsKnown() && !port.IsNull() {
		n, _ := port.AsBigFloat().Int64()
		t.Port = int(n)
	}
	return t
}

// onThisMachine says whether a target is on this machine.
func onThisMachine(t notify.Target) bool {
	if t.Type == "mail" {
		return config.Loopback(t.Server)
	}
	u, err := url.Parse(t.URL)
	return err == nil && config.Loopback(u.Hostname())
}

// tellRun tells how a run has ended.
func (a *app) tellRun(ctx context.Context, s *session, book *journal.Journal, command, reason string, end journal.Summary, counts string, sink event.Sink) {
	m := message(s, notify.Run)
	m.Summary = command + " has ended: " + end.Result
	if counts != "" {
		m.Summary += ", " + counts
	}
	m.Ended = &notify.Ended{
		ID: book.ID(), Result: end.Result, Reason: notify.Bounded(reason),
		Message: notify.Bounded(end.Message), Done: end.Done, Failed: end.Failed, NotShown: end.NotShown, Doubt: end.Doubt, Skipped: end.Skipped,
	}
	a.tellAll(ctx, s, m, func(warning string) { sink(event.Event{Type: event.Warning, Message: warning}) })
}
