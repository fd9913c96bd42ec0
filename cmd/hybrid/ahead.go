package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/spf13/cobra"

	"hybrid/internal/engine"
	"hybrid/internal/journal"
	"hybrid/planner"
	"hybrid/providers/dns"
)

// The flag --lower-ttl: of a plan only what makes it quick later, which is that records which change or go are remembered
// for a short time.

const lowerTTLFlag = "lower-ttl"

func lowerTTL(c *cobra.Command, lower *bool) {
	c.Flags().BoolVar(lower, lowerTTLFlag, false, "of DNS records that change or go lower the TTL only, a while ahead of the switch; nothing else is done")
}

// A planning reads what is live and plans, once or again.
type planning func(context.Context) (*engine.Planned, hcl.Diagnostics)

func (s *session) planner(scope engine.Scope, lower bool) planning {
	return func(ctx context.Context) (*engine.Planned, hcl.Diagnostics) {
		if lower {
			return s.engine.PlanAhead(ctx, scope)
		}
		planned, diags := s.engine.Plan(ctx, scope)
		early := s.early(planned.Plan)
		planned.Plan.Warnings = append(planned.Plan.Warnings, early...)
		return planned, append(diags, early...)
	}
}

// early warns of a switch before the old TTLs have run out that a run has lowered ahead of it: they are low by now, and the plan has
// nothing else to say of them. Where the journal cannot be read, that is told elsewhere.
func (s *session) early(p *planner.Plan) hcl.Diagnostics {
	if p == nil || !dns.Switches(p) {
		return nil
	}
	runs, _ := journal.List(journalFolder(s))
	now := s.engine.Clock.Now()
	for _, run := range runs {
		if run.End != nil && run.End.Remembered.After(now) {
			return hcl.Diagnostics{{
				Severity: hcl.DiagWarning, Summary: "Old TTLs may still be remembered",
				Detail: fmt.Sprintf("Run %s has lowered TTLs. Until %s others may go on with those of before, and with the records: what is switched earlier arrives everywhere only then.",
					run.ID, run.End.Remembered.In(now.Location()).Format("Mon 2 Jan 15:04 MST")),
			}}
		}
	}
	return nil
}

// nothingToLower says that there is nothing to do ahead of a plan.
func nothingToLower(w io.Writer) {
	fmt.Fprintln(w, "There is no TTL to lower: no DNS record that the plan changes or deletes has one over 300 s. Where TTLs were lowered a while ago, wait until the old ones have run out.")
}

// whenSafe is what to say once TTLs have been lowered; "" for any other plan.
func whenSafe(p *engine.Planned, at time.Time) string {
	if p.Later == nil {
		return ""
	}
	return dns.Lowered(p.Plan, p.Later, at)
}

// lowers refuses a saved plan that is not of the sort that was asked for, and says of which sort it is.
func (f *saved) lowers(asked bool, path string) (bool, error) {
	if asked && !f.LowerTTL {
		return false, &engine.Refused{Reasons: []string{fmt.Sprintf("%s was not planned with --%s: it makes the switch itself. To lower TTLs ahead of it: hybrid plan --%s --out FILE", path, lowerTTLFlag, lowerTTLFlag)}}
	}
	return f.LowerTTL, nil
}
