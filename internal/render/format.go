package render

import (
	"fmt"
	"io"
	"slices"

	"hybrid/planner"
	"hybrid/schema"
)

// A format is a way to write a plan.
type format struct {
	name  string
	write func(io.Writer, *planner.Plan, Options) error
}

// formats are all ways to write a plan, the first being what people see on a terminal.
func formats() []format {
	return []format{
		{"text", Text},
		{"json", JSON},
		{"markdown", Markdown},
		{"html", HTML},
		{"sarif", SARIF},
		{"ps1", Script},
	}
}

// Formats names the formats that [Write] knows.
func Formats() []string {
	var names []string
	for _, f := range formats() {
		names = append(names, f.name)
	}
	return names
}

// Known refuses a format that there is not.
func Known(name string) error {
	if slices.Contains(Formats(), name) {
		return nil
	}
	return notAFormat(name, Formats())
}

// notAFormat refuses a name that none of some formats has.
func notAFormat(name string, all []string) error {
	return fmt.Errorf("--format %q: there are %s.%s", name, schema.List(all, "and"), schema.DidYouMean(name, all))
}

// Write writes a plan in the format of a name.
func Write(w io.Writer, name string, p *planner.Plan, o Options) error {
	for _, f := range formats() {
		if f.name == name {
			return f.write(w, p, o)
		}
	}
	return Known(name)
}
