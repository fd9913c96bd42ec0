package engine

import (
	"fmt"

	"github.com/hashicorp/hcl/v2"

	"hybrid/internal/config"
	"hybrid/planner"
	"hybrid/planner/guard"
)

// Guards names the guards of the configuration, policies that only warn left out: what can be set aside.
func (e *Engine) Guards() []string {
	names := guard.Names()
	for _, p := range e.Config.Policies {
		if !p.Warns {
			names = append(names, guard.Policy+p.Name)
		}
	}
	return names
}

// guard holds a plan against every guard. Policies that only warn give diagnostics, and so do those that cannot be held
// against any plan. Of a plan that does nothing there is nothing to refuse, so all policies only warn of it.
func (e *Engine) guard(p *planner.Plan) ([]planner.Refusal, hcl.Diagnostics) {
	refusals := guard.Check(p, limits(e.Config.Settings.Guard))
	if len(e.Config.Policies) == 0 {
		return refusals, nil
	}
	var diags hcl.Diagnostics
	plan, undecided := guard.Facts(p), guard.Undecided(p)
	idle := p.Count().Changes()+p.Count().Unknown == 0
	for _, policy := range e.Config.Policies {
		said, wrong := policy.Judge(plan, undecided)
		diags = append(diags, wrong...)
		switch {
		case said == "":
		case policy.Warns, idle:
			diags = append(diags, &hcl.Diagnostic{Severity: hcl.DiagWarning, Summary: fmt.Sprintf("Policy %q", policy.Name), Detail: said, Subject: &policy.Range})
		default:
			refusals = append(refusals, broken(policy, said))
		}
	}
	return refusals, diags
}

func broken(p *config.Policy, said string) planner.Refusal {
	return planner.Refusal{Guard: guard.Policy + p.Name, Range: p.Range, Text: said + "\nChange what is planned, or the policy."}
}

// limits are the guards that every configuration has.
func limits(g config.Guard) []guard.Guard {
	return []guard.Guard{
		guard.MaxDeletes{Limit: g.MaxDeletes, Range: g.Ranges[guard.Deletes]},
		guard.MaxMoves{Limit: g.MaxMoves, Range: g.Ranges[guard.Moves]},
		guard.MaxChangeRatio{Limit: g.MaxChangeRatio, Range: g.Ranges[guard.ChangeRatio]},
		guard.PreventDestroy{},
		guard.ProtectedUsers{Patterns: g.ProtectedUsers, Range: g.Ranges[guard.Users]},
		guard.ProtectedDomains{Names: g.ProtectedDomains, Range: g.Ranges[guard.Domains]},
	}
}
