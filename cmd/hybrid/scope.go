package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"hybrid/internal/config"
	"hybrid/internal/engine"
	"hybrid/planner"
)

// scope is --target and --exclude.
type scope struct {
	Target  []string `json:"target,omitempty"`
	Exclude []string `json:"exclude,omitempty"`
	// Users are the SIP addresses of those whom the plan is about alone; none for all. No flag sets it: a plan that mends users does.
	Users []string `json:"users,omitempty"`
}

func (s *scope) flags(c *cobra.Command) {
	c.Flags().StringArrayVar(&s.Target, "target", nil, "plan only this `address`: a kind, a block or an instance of it; may be repeated")
	c.Flags().StringArrayVar(&s.Exclude, "exclude", nil, "leave this `address` out; may be repeated")
}

// resolve checks that every address names something.
func (s *scope) resolve(c *config.Config) (engine.Scope, error) {
	if len(s.Users) > 0 {
		c.OnlyUsers(s.Users)
	}
	if len(s.Target)+len(s.Exclude) == 0 {
		return engine.Scope{}, nil
	}
	for _, text := range append(append([]string{}, s.Target...), s.Exclude...) {
		if !names(c, text) {
			return engine.Scope{}, fmt.Errorf("there is no %s in %s; `hybrid graph %s` lists what there is", text, c.Name, c.Dir)
		}
	}
	return engine.Scope{Only: func(a planner.Address) bool {
		return (len(s.Target) == 0 || matchesAny(s.Target, a)) && !matchesAny(s.Exclude, a)
	}}, nil
}

func names(c *config.Config, text string) bool {
	for i := range c.Objects {
		if matchesAny([]string{text}, c.Objects[i].Address) {
			return true
		}
	}
	return false
}

func matchesAny(texts []string, a planner.Address) bool {
	for _, text := range texts {
		text = strings.TrimSpace(text)
		if text == a.String() || text == a.Block().String() || text == a.Kind {
			return true
		}
	}
	return false
}
