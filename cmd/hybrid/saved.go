package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"hybrid/internal/engine"
	"hybrid/planner"
)

// planFormat is the format of saved plans that this program writes and reads.
const planFormat = "hybrid-plan-1"

// saved is a plan file: an approval of changes, and of which configuration they are.
type saved struct {
	Format        string `json:"format"`
	Version       string `json:"version"`             // of the program that wrote it
	Name          string `json:"name"`                // of the configuration
	Configuration string `json:"configuration"`       // its digest
	Lab           bool   `json:"lab,omitempty"`       // made of the lab's estate, and good for nothing else
	LowerTTL      bool   `json:"lower_ttl,omitempty"` // only of TTLs, ahead of the plan proper
	// Overrides are the guards that are set aside with the plan, Shrunk the lists that are taken for the truth.
	Overrides []planner.Override `json:"overrides,omitempty"`
	Shrunk    []engine.Shrunk    `json:"shrunk,omitempty"`
	scope
	planner.Approval
}

func savePlan(path string, s *session, sc scope, p *engine.Planned, overrides []planner.Override) error {
	file := saved{
		Format: planFormat, Version: version, Name: s.config.Name, Configuration: s.config.Digest,
		Lab: s.lab != nil, scope: sc, Approval: planner.Approve(p.Plan), LowerTTL: p.Later != nil,
		Overrides: overrides, Shrunk: s.engine.Accepted,
	}
	content, err := json.MarshalIndent(file, "", " ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(content, '\n'), 0o600)
}

// isPlan says whether an argument is a saved plan rather than a folder.
func isPlan(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return !errors.Is(err, fs.ErrNotExist)
}

func readPlan(path string) (*saved, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var file saved
	if err := json.Unmarshal(content, &file); err != nil || file.Format == "" {
		return nil, fmt.Errorf("%s is not a saved plan; `hybrid plan --out FILE` writes one", path)
	}
	if file.Format != planFormat {
		return nil, fmt.Errorf("%s is of the format %s, and this version reads %s: plan again with this version", path, file.Format, planFormat)
	}
	if !file.Intact() {
		return nil, &withCode{exitRefused, fmt.Sprintf("Refused: %s was changed after it was made. Plan again.", path)}
	}
	return &file, nil
}

// fits refuses a saved plan that is of another configuration, or of another estate.
func (f *saved) fits(s *session) error {
	refuse := func(reason string) error { return &engine.Refused{Reasons: []string{reason}} }
	switch {
	case f.Configuration != s.config.Digest:
		return refuse("the configuration is not the one that was planned: its files, or the values of its variables, have changed. Plan again.")
	case f.Lab && s.lab == nil:
		return refuse("the plan was made in the lab and says nothing about the real estate. Plan without --lab.")
	case !f.Lab && s.lab != nil:
		return refuse("the plan was made of the real estate, not of the lab. Leave out --lab, or plan with it.")
	}
	return nil
}
