package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"hybrid/internal/config"
	"hybrid/internal/engine"
	"hybrid/planner"
	"hybrid/schema"
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
	if err := cmp.Or(allNamed(c, "--target", s.Target), allNamed(c, "--exclude", s.Exclude)); err != nil {
		return engine.Scope{}, err
	}
	return engine.Scope{Only: func(a planner.Address) bool {
		return (len(s.Target) == 0 || matchesAny(s.Target, a)) && !matchesAny(s.Exclude, a)
	}}, nil
}

// allNamed checks that every address of a flag names something.
func allNamed(c *config.Config, flag string, texts []string) error {
	for _, text := range texts {
		if !names(c, text) {
			return nothingAt(c, flag, text)
		}
	}
	return nil
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

// nothingAt is the error of an address that names no block and no kind: what is most likely meant, in the order of what can be told
// most surely.
func nothingAt(c *config.Config, flag, text string) error {
	var known []string
	for i := range c.Objects {
		at := c.Objects[i].Address
		known = append(known, at.Kind, at.Block().String(), at.String())
	}
	if text = strings.TrimSpace(text); text == "" {
		return fmt.Errorf("%s names nothing: write a kind, a block or an instance of it; `hybrid graph %s` lists what there is", flag, c.Dir)
	}
	meant := slices.IndexFunc(known, func(address string) bool { return bare(address) == bare(text) })
	switch {
	case meant < 0:
	case !strings.Contains(known[meant], `"`):
		return fmt.Errorf("there is no %s in %s: write %s %s", text, c.Name, flag, known[meant])
	default:
		return fmt.Errorf("there is no %s in %s. The address has quotes, and the shell takes them away: write %s '%s' (in Windows PowerShell with \\\" for each of its quotes)",
			text, c.Name, flag, known[meant])
	}
	user := strings.TrimRight(text, `"]`)
	if user = user[strings.LastIndexAny(user, `["`)+1:]; strings.Contains(user, "@") {
		return ofUser(c, flag, text, user)
	}
	near := ";"
	if meant := schema.DidYouMean(text, known); meant != "" {
		near = "." + meant
	}
	return fmt.Errorf("there is no %s in %s%s `hybrid graph %s` lists what there is", text, c.Name, near, c.Dir)
}

// bare is an address without what sets its parts apart, which shells take away and people write in their own way.
func bare(address string) string {
	return strings.NewReplacer(`"`, "", "'", "", "[", ".", "]", "").Replace(address)
}

// ofUser is the error of the address of a user: plans are of blocks.
func ofUser(c *config.Config, flag, text, sip string) error {
	if !strings.HasPrefix(strings.ToLower(sip), "sip:") {
		sip = "sip:" + sip
	}
	var blocks []string
	for i := range c.Objects {
		if users := c.Objects[i].Users; users != nil {
			if _, has := users.Lookup(sip); has {
				blocks = append(blocks, c.Objects[i].Address.String())
			}
		}
	}
	where := "No block names this user"
	if len(blocks) > 0 {
		where = "The user is in " + schema.List(blocks, "and")
	}
	return fmt.Errorf("%s %s: this takes kinds and blocks, and no users. %s; `hybrid why` says what becomes of a user alone", flag, text, where)
}
