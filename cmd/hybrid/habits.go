package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"hybrid/schema"
)

// habits are words of other programs, and the command here that does what they do.
var habits = map[string][]string{
	"plan":     {"diff", "preview", "refresh"},
	"apply":    {"up", "deploy", "push"},
	"validate": {"lint", "test"},
	"runs":     {"history", "force-unlock", "unlock", "log", "logs"},
	"rollback": {"undo", "revert", "restore"},
	"check":    {"doctor", "diagnose"},
	"schema":   {"providers", "docs", "kinds"},
	"import":   {"export", "get-preview", "pull"},
}

// foreign are commands of other programs that have no counterpart, and what stands in their place.
var foreign = map[string]string{
	"destroy": "hybrid takes nothing away as a whole. Write ensure = \"absent\" in the blocks of what is to go, and plan;\n" +
		"or take back what a run did: hybrid rollback.",
	"state":  "hybrid keeps no state: live state is the truth. hybrid plan compares with it, hybrid import writes it as configuration.",
	"output": "hybrid has no outputs. What is live is shown by hybrid plan, and with --lab by hybrid lab run.",
}

// teachHabits makes the root suggest what is meant by words of other programs.
func teachHabits(root *cobra.Command) {
	for _, c := range root.Commands() {
		c.SuggestFor = habits[c.Name()]
	}
	for name, instead := range foreign {
		root.AddCommand(&cobra.Command{
			Use: name, Hidden: true, DisableFlagParsing: true,
			RunE: func(c *cobra.Command, args []string) error {
				return &withCode{exitFailed, fmt.Sprintf("Error: there is no command %q\n%s", c.CommandPath(), instead)}
			},
		})
	}
}

// misspelt says which flag is meant by one that is unknown: another by a letter or two, or one with a single dash, as Terraform
// has them. It is empty where nobody can tell.
func misspelt(c *cobra.Command, err error) string {
	var names []string
	c.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	text := err.Error()
	if _, given, single := strings.Cut(text, "unknown shorthand flag: "); single {
		_, given, _ = strings.Cut(given, " in -")
		if strings.Contains(c.Use, " -- ") {
			return ". Write -- before the cmdlet, so that what follows is not taken for flags: " + c.UseLine()
		}
		name, _, _ := strings.Cut(given, "=")
		if near := schema.Nearest(name, names); near != "" {
			return fmt.Sprintf(". Flags have two dashes here. Did you mean --%s?", near)
		}
		return ". Flags have two dashes here"
	}
	if _, given, unknown := strings.Cut(text, "unknown flag: --"); unknown {
		if near := schema.Nearest(given, names); near != "" {
			return fmt.Sprintf(". Did you mean --%s?", near)
		}
	}
	return ""
}
