package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"hybrid/internal/config"
	"hybrid/planner"
)

// planFormat is the format of saved plans that this program writes and reads.
const planFormat = "hybrid-plan-1"

// saved is a plan file: an approval of changes, and of which configuration they are.
type saved struct {
	Format        string `json:"format"`
	Version       string `json:"version"`       // of the program that wrote it
	Name          string `json:"name"`          // of the configuration
	Configuration string `json:"configuration"` // its digest
	planner.Approval
}

func savePlan(path string, c *config.Config, p *planner.Plan) error {
	file := saved{Format: planFormat, Version: version, Name: c.Name, Configuration: c.Digest, Approval: planner.Approve(p)}
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

// errOtherConfiguration says that a saved plan is of something else.
var errOtherConfiguration = errors.New("the configuration is not the one that was planned: its files, or the values of its variables, have changed. Plan again")
