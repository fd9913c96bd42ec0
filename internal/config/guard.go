package config

import (
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"hybrid/schema"
)

// Guard bounds what a plan may do.
type Guard struct {
	MaxDeletes     int     // objects deleted or replaced
	MaxMoves       int     // users moved
	MaxChangeRatio float64 // changed part of one kind's live objects, where there are 10 or more
	MaxShrink      float64 // part of what a list held at the last run that may be missing from it, where there were 10 or more

	ProtectedUsers   []string // patterns of SIP addresses, with * and ?
	ProtectedDomains []string // names of DNS domains

	// Ranges is where each limit is set, by argument name; without those left at their defaults.
	Ranges map[string]hcl.Range
}

// defaultGuard is what holds where a configuration says nothing.
func defaultGuard() Guard {
	return Guard{MaxDeletes: 0, MaxMoves: 500, MaxChangeRatio: 0.3, MaxShrink: 0.1, Ranges: map[string]hcl.Range{}}
}

func (g *Guard) read(v cty.Value, ranges map[string]hcl.Range) {
	for name, set := range map[string]func(cty.Value){
		"max_deletes":       func(v cty.Value) { g.MaxDeletes = int(float(v)) },
		"max_moves":         func(v cty.Value) { g.MaxMoves = int(float(v)) },
		"max_change_ratio":  func(v cty.Value) { g.MaxChangeRatio = float(v) },
		"max_shrink":        func(v cty.Value) { g.MaxShrink = float(v) },
		"protected_users":   func(v cty.Value) { g.ProtectedUsers = schema.Texts(v) },
		"protected_domains": func(v cty.Value) { g.ProtectedDomains = schema.Texts(v) },
	} {
		if limit, _ := v.GetAttr(name).UnmarkDeep(); limit.IsWhollyKnown() && !limit.IsNull() {
			set(limit)
			g.Ranges[name] = ranges["guard."+name]
		}
	}
}

func float(v cty.Value) float64 {
	n, _ := v.AsBigFloat().Float64()
	return n
}

func checkCount(v cty.Value) error {
	if f := v.AsBigFloat(); !f.IsInt() || f.Sign() < 0 || f.MantExp(nil) > 31 {
		return fmt.Errorf("%s is no count; write a whole number from 0", f.Text('f', -1))
	}
	return nil
}

func checkRatio(v cty.Value) error {
	if f, _ := v.AsBigFloat().Float64(); f < 0 || f > 1 {
		return fmt.Errorf("%g is no part of a whole; write a number from 0 to 1, 0.3 for 30 %%", f)
	}
	return nil
}

// checkUserPatterns refuses what could never be anybody's SIP address: a guard that protects nobody is worse than none.
func checkUserPatterns(v cty.Value) error {
	for _, pattern := range v.AsValueSlice() {
		switch {
		case pattern.IsNull() || strings.TrimSpace(pattern.AsString()) == "":
			return errors.New("a user is empty; remove it")
		case !strings.ContainsAny(pattern.AsString(), "@*"):
			return fmt.Errorf(`%q is no SIP address; write "sip:user@domain", or "*@domain" for everybody in a domain`, pattern.AsString())
		}
	}
	return nil
}

func checkDomains(v cty.Value) error {
	for _, domain := range v.AsValueSlice() {
		switch {
		case domain.IsNull() || strings.Trim(domain.AsString(), " .") == "":
			return errors.New("a domain is empty; remove it")
		case strings.ContainsAny(domain.AsString(), "*?@: /"):
			return fmt.Errorf(`%q is no domain; write "contoso.com": names below it are protected with it`, domain.AsString())
		}
	}
	return nil
}
