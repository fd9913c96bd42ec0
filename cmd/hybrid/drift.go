package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/hashicorp/hcl/v2"

	"hybrid/internal/engine"
	"hybrid/internal/journal"
	"hybrid/internal/notify"
	"hybrid/internal/render"
	"hybrid/planner"
)

// exitDrift is the exit code of plan --drift where something was changed by hand.
const exitDrift = 2

// driftFits refuses what plan --drift cannot be asked for at the same time.
func (o planOptions) driftFits() error {
	switch {
	case o.drift && o.detailed:
		return errors.New("--drift has exit codes of its own (2: something was changed by hand), so leave out --detailed-exitcode")
	case o.drift && o.lower:
		return errors.New("--drift compares with the whole plan, and --lower-ttl makes another one: leave one of them out")
	}
	return nil
}

// measure holds a plan against what stood when the runs of the journal ended.
func (a *app) measure(ctx context.Context, s *session, p *planner.Plan) (*render.Drift, error) {
	if err := s.journal().Refresh(ctx); err != nil {
		return nil, err
	}
	drift, past, err := engine.Drift(p, journalFolder(s))
	if err != nil {
		return nil, err
	}
	d := &render.Drift{Drift: drift, Since: map[string]string{}}
	for id, run := range past {
		d.Since[id] = since(run)
	}
	return d, nil
}

// since is how people know a run.
func since(run *journal.Past) string {
	text := run.Started.UTC().Format("2006-01-02 15:04:05") + " UTC"
	if run.Who != "" {
		text += " by " + run.Who
	}
	return text + " (" + run.ID + ")"
}

// endDrift tells whom the configuration wants told, and gives the exit code. What could not be read has its own errors, and is
// never taken for no drift.
func (a *app) endDrift(ctx context.Context, s *session, p *planner.Plan, d *render.Drift, diags hcl.Diagnostics) error {
	hands, total := d.Hands(notify.MostListed, render.Redact(p))
	if total > 0 {
		a.tellAll(ctx, s, driftMessage(s, p, d, hands, total), func(warning string) { fmt.Fprintln(a.err, "Warning:", warning) })
	}
	switch unknown := d.NotKnown(); {
	case diags.HasErrors():
		return &invalid{diags, s.config.Sources}
	case len(d.Unread) > 0:
		return fmt.Errorf("whether all stands as the last run left it is not known: %s could not be read", several(d.Unread))
	case total > 0:
		return &withCode{code: exitDrift}
	case unknown > 0:
		what := "1 difference whether it was"
		if unknown > 1 {
			what = fmt.Sprintf("%d differences whether they were", unknown)
		}
		return fmt.Errorf("nobody knows of %s made by hand: a run was cut off, or it is about what is not recorded, such as secrets. "+
			"After the next apply there is something to compare with", what)
	}
	return nil
}

// several is "a, b and 3 more".
func several(names []string) string {
	switch len(names) {
	case 1:
		return names[0]
	case 2:
		return names[0] + " and " + names[1]
	}
	return fmt.Sprintf("%s, %s and %d more", names[0], names[1], len(names)-2)
}

func driftMessage(s *session, p *planner.Plan, d *render.Drift, hands []render.Hand, total int) notify.Message {
	m := message(s, notify.Drift)
	m.Summary = fmt.Sprintf("%d changes by hand", total)
	if total == 1 {
		m.Summary = "1 change by hand"
	}
	m.Changed = &notify.Changed{Count: total, More: total - len(hands), Known: len(d.Unread) == 0, Plan: p.Count().Changes(), Run: d.Newest()}
	for _, h := range hands {
		m.Changed.List = append(m.Changed.List, notify.Hand{
			Address: h.Address, Attribute: h.Attribute, Was: notify.Bounded(h.Was), Is: notify.Bounded(h.Is),
		})
	}
	return m
}

// message begins a message of this configuration.
func message(s *session, occasion string) notify.Message {
	host, _ := os.Hostname() // "" is then left out
	return notify.Message{
		Event: occasion, Configuration: s.config.Name, Who: who(), Host: host, Time: time.Now().UTC().Truncate(time.Second), Lab: s.lab != nil,
	}
}

// record is a run that does nothing but to write down what stands, so that later plans have something to be compared with:
// where that was asked for, or where lists are accepted from which something is missing.
func (a *app) record(ctx context.Context, r *applying, d decision) error {
	s, planned := r.session, d.planned
	book, err := a.begin(ctx, r, d)
	if err != nil {
		return err
	}
	sink, finish := a.events(r.flags.json, s.engine.Clock.Now)
	tellOverrides(sink, d.overrides)
	if err := finish(); err != nil {
		return errors.Join(err, book.End(journal.Summary{Result: journal.Failed, Message: err.Error()}))
	}
	end := journal.Summary{Result: journal.Done, Message: "nothing was to be done; what stands was recorded", Seen: s.engine.Seen()}
	failure := s.engine.Record(planned, book, render.Redact(planned.Plan))
	if failure != nil {
		end.Result, end.Message = journal.Failed, failure.Error()
	}
	if err := book.End(end); failure == nil {
		failure = err
	}
	if failure == nil {
		fmt.Fprintf(a.err, "Recorded what stands. Journal: %s\n", seenFromHere(book.Path()))
	}
	return failure
}
