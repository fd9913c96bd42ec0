package main

import (
	"context"
	"fmt"
	"slices"

	"hybrid/internal/check"
	"hybrid/internal/render"
)

// fixUsers saves a plan of the blocks that may mend what was found, for those users alone.
func (a *app) fixUsers(ctx context.Context, s *session, dir string, found userFindings, f checkUserFlags) error {
	sc := found.mending(s)
	if len(sc.Users) == 0 {
		fmt.Fprintf(a.err, "--fix: no plan is saved, since the configuration mends none of this. %s\n", found.byHand())
		return nil
	}
	restricted, err := sc.resolve(s.config)
	if err != nil {
		return err
	}
	planned, diags := s.engine.Plan(ctx, restricted)
	a.hiding(render.Redact(planned.Plan))
	if diags.HasErrors() {
		return &invalid{diags, s.config.Sources}
	}
	if planned.Plan.Count().Changes() == 0 {
		fmt.Fprintf(a.err, "--fix: no plan is saved: the configuration names whom it is about, and has nothing to change of them. %s\n", found.byHand())
		return nil
	}
	guards := judge(planned.Refusals, nil)
	if f.format == "text" {
		fmt.Fprintln(a.out)
		if err := a.showPlan(s, planned, view{format: "text", users: true}, guards); err != nil {
			return err
		}
	}
	path, err := a.savePlan(f.fix, s, sc, planned, nil)
	if err != nil {
		return err
	}
	a.tellSaved(path, dir, guards)
	return nil
}

// mending is what a plan is about that mends the causes which the configuration can mend.
func (u userFindings) mending(s *session) scope {
	var sc scope
	for _, j := range u.users {
		addresses := j.Mending(s.config)
		if len(addresses) == 0 {
			continue
		}
		sc.Users = append(sc.Users, j.SIP)
		for _, address := range addresses {
			if !slices.Contains(sc.Target, address) {
				sc.Target = append(sc.Target, address)
			}
		}
	}
	return sc
}

// byHand points to what there is to do.
func (u userFindings) byHand() string {
	for _, j := range u.users {
		if j.Cause() != nil {
			return "What to do is said above, and has to be done by hand."
		}
	}
	for _, f := range u.estate {
		if f.Verdict == check.Fail {
			return "What is wrong concerns the estate: plan as usual."
		}
	}
	return "Nothing was found to be wrong."
}
