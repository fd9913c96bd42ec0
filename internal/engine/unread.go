package engine

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"hybrid/internal/phase"
	"hybrid/planner"
	"hybrid/providers"
)

// unread reports what could not be read, once for each cause.
func (e *Engine) unread(live planner.Live) hcl.Diagnostics {
	var diags hcl.Diagnostics
	for _, source := range sources(live) {
		if err := live[source].Err; err != nil {
			diags = append(diags, &hcl.Diagnostic{
				Severity: hcl.DiagError,
				Summary:  "Live state could not be read",
				Detail:   said(err),
				Subject:  e.where(source),
				Extra:    &hindrance{cause: cause(source.Provider, err), errs: []string{err.Error()}},
			})
		}
	}
	return diags
}

// A hindrance is one cause for which something could not be read, as the Extra of the diagnostic that tells it.
type hindrance struct {
	cause string
	errs  []string // what each reading said of it
	also  []string // what it stands in the way of beside objects
}

// cause is what tells one cause from another: a provider that nothing can be read through is one, however many readings
// fail for it. Elsewhere it is the error without what was being read.
func cause(provider string, err error) string {
	var (
		outage providers.Outage
		needs  *needsData
	)
	switch {
	case errors.As(err, &needs):
		return needs.cause
	case errors.As(err, &outage):
		return provider + "\x00" + outage.Error()
	case errors.Unwrap(err) != nil:
		return provider + "\x00" + errors.Unwrap(err).Error()
	}
	return provider + "\x00" + err.Error()
}

// said is an error as people are told it: of an outage it does not matter what was being read, but what to do about it.
func said(err error) string {
	var outage providers.Outage
	if !errors.As(err, &outage) {
		return err.Error()
	}
	_, advice, _ := strings.Cut(err.Error(), outage.Error())
	return outage.Error() + advice
}

// A needsData error is that of a provider block whose arguments come from data that could not be read.
type needsData struct{ provider, data, cause string }

func (n *needsData) Error() string {
	return fmt.Sprintf("provider %s needs %s, which could not be read", n.provider, n.data)
}

// where is the provider block of a source, or the block that reads it where it has none.
func (e *Engine) where(source planner.Source) *hcl.Range {
	for _, p := range e.Config.Providers {
		if p.Name == source.Provider {
			return p.Range.Ptr()
		}
	}
	for i := range e.Config.Objects {
		if o := &e.Config.Objects[i]; o.Provider == source.Provider && o.Kind.Name == source.Kind {
			return o.Range.Ptr()
		}
	}
	return nil
}

// hindered tells each cause once, with all that it stands in the way of, and gives the objects of a plan the same words.
func hindered(plan *planner.Plan, diags hcl.Diagnostics) hcl.Diagnostics {
	var kept hcl.Diagnostics
	for _, d := range diags {
		if !absorbed(kept, d) {
			kept = append(kept, d)
		}
	}
	for _, d := range kept {
		if h, ok := d.Extra.(*hindrance); ok {
			d.Detail += inTheWay(append(h.stops(plan, d.Detail), h.also...)) + "\nNothing is planned from what is not known."
		}
	}
	return kept
}

// absorbed adds a diagnostic to an earlier one of the same cause, where there is one.
func absorbed(earlier hcl.Diagnostics, d *hcl.Diagnostic) bool {
	for _, before := range earlier {
		h, ok := before.Extra.(*hindrance)
		if !ok {
			continue
		}
		switch more := d.Extra.(type) {
		case *hindrance:
			if h.cause == more.cause {
				h.errs = append(h.errs, more.errs...)
				return true
			}
		case *phase.Unread:
			if slices.Contains(h.errs, more.Err.Error()) {
				h.also = append(h.also, "the phase of "+more.Domain)
				return true
			}
		}
	}
	return false
}

// stops lists the objects that a hindrance stands in the way of, and tells each the reason in the same words.
func (h *hindrance) stops(plan *planner.Plan, reason string) []string {
	var addresses []string
	for i := range plan.Changes {
		if c := &plan.Changes[i]; c.Action == planner.Unknown && slices.Contains(h.errs, c.Reason) {
			c.Reason = reason
			addresses = append(addresses, c.Address.String())
		}
	}
	return addresses
}

// inTheWay is the line of what a cause stands in the way of.
func inTheWay(what []string) string {
	const most = 8
	if len(what) == 0 {
		return ""
	}
	if n := len(what) - most; n > 1 {
		what = append(what[:most:most], fmt.Sprintf("and %d more", n))
	}
	return "\nIn the way of: " + strings.Join(what, ", ") + "."
}
