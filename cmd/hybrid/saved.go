package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"hybrid/internal/engine"
	"hybrid/internal/estimate"
	"hybrid/planner"
)

// planFormat is the format of saved plans that this program writes and reads.
const planFormat = "hybrid-plan-2"

// mostPlan is how large a plan file may be, in bytes: one of 100,000 users has some 100 MB.
const mostPlan = 2 << 30

// A plan file is three lines of JSON: a seal, what is known of the plan's making, and the plan. The ID in the seal is the
// SHA-256 of the other two, which anybody can hold against it: tail -n +2 saturday.plan | sha256sum.
type seal struct {
	Format string `json:"format"`
	ID     string `json:"id"`
}

// making is what is known of how a saved plan was made.
type making struct {
	Version       string    `json:"version"`          // of the program
	Name          string    `json:"name"`             // of the configuration
	Header        string    `json:"header,omitempty"` // where it leads: "contoso (skype fe01.contoso.com)"
	Configuration string    `json:"configuration"`    // its digest
	Commit        *revision `json:"commit,omitempty"` // nil where the configuration is in no repository, or git is not there
	Who           string    `json:"who,omitempty"`
	Host          string    `json:"host,omitempty"`
	At            time.Time `json:"at"` // when live state had been read, UTC

	Lab      bool `json:"lab,omitempty"`       // made of the lab's estate, and good for nothing else
	LowerTTL bool `json:"lower_ttl,omitempty"` // only of TTLs, ahead of the plan proper
	scope

	Refusals  []planner.Refusal  `json:"refusals,omitempty"`  // the guards that the plan does not pass
	Overrides []planner.Override `json:"overrides,omitempty"` // those that are set aside with it
	Shrunk    []engine.Shrunk    `json:"shrunk,omitempty"`    // lists that are taken for the truth though they are shorter than at the last run

	Read       []engine.Read      `json:"read"` // what was read, by source
	RoundTrips int64              `json:"round_trips,omitempty"`
	Estimate   *estimate.Estimate `json:"estimate,omitempty"`
	Changes    string             `json:"approves"` // their digest: that of the approval
}

// saved is a plan file that has been read.
type saved struct {
	seal
	making
	plan             *planner.Plan
	nodes            []*planner.Node
	steps            func(planner.Change) planner.Steps
	planner.Approval // what the plan approves
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return !errors.Is(err, fs.ErrNotExist)
}

// refuse is a refusal before anything was done.
func refuse(format string, args ...any) error {
	return &engine.Refused{Reasons: []string{fmt.Sprintf(format, args...)}}
}

// fits refuses a saved plan that another build has made, or that is of another configuration.
func (f *saved) fits(s *session) error {
	switch {
	case f.Version != build():
		return refuse("the plan was made by hybrid %s, and this is hybrid %s, which may do it otherwise. Plan again with this version, or apply with that one.", f.Version, build())
	case f.Configuration != s.config.Digest:
		return refuse("the configuration is not the one that was planned%s: its files, or the values of its variables, have changed. %sApply with the files, --var and --var-file that it was planned with, or plan again.", f.Commit.from(), f.elsewhere(s))
	}
	return nil
}

// estateFits refuses a plan of the lab for the real estate, and the other way round.
func (f *saved) estateFits(lab bool) error {
	switch {
	case f.Lab && !lab:
		return refuse("the plan was made in the lab and says nothing about the real estate. Plan without --lab.")
	case !f.Lab && lab:
		return refuse("the plan was made of the real estate, not of the lab. Leave out --lab, or plan with it.")
	}
	return nil
}

// elsewhere says that a saved plan was made in a folder of another name, which may as well hold the same; otherwise it is empty.
func (f *saved) elsewhere(s *session) string {
	if f.Name == s.config.Name {
		return ""
	}
	return fmt.Sprintf("The plan is of %s, and this is %s. ", f.Name, s.config.Name)
}

// origin says in a sentence who made a plan, when, and of what.
func (f *saved) origin() string {
	text := "Planned " + f.At.Format("2006-01-02 15:04 MST")
	if f.Who != "" {
		text += " by " + f.Who
	}
	if f.Host != "" {
		text += " on " + f.Host
	}
	return fmt.Sprintf("%s%s; plan %.12s.", text, f.Commit.from(), f.ID)
}
