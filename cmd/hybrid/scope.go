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
type scope struct{ target, exclude []string }

func (s *scope) flags(c *cobra.Command) {
	c.Flags().StringArrayVar(&s.target, "target", nil, "plan only this `address`: a kind, a block or an instance of it; may be repeated")
	c.Flags().StringArrayVar(&s.exclude, "exclude", nil, "leave this `address` out; may be repeated")
}

// resolve checks that every address names something.
func (s *scope) resolve(c *config.Config) (engine.Scope, error) {
	if len(s.target)+len(s.exclude) == 0 {
		return engine.Scope{}, nil
	}
	for _, text := range append(append([]string{}, s.target...), s.exclude...) {
		if !names(c, text) {
			return engine.Scope{}, fmt.Errorf("there is no %s in %s; `hybrid graph %s` lists what there is", text, c.Name, c.Dir)
		}
	}
	return engine.Scope{Only: func(a planner.Address) bool {
		return (len(s.target) == 0 || matchesAny(s.target, a)) && !matchesAny(s.exclude, a)
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
