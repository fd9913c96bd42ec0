package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"hybrid/schema"
)

// arguments accepts from least to most arguments of a command; most below 0 is any number.
func arguments(least, most int) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		switch {
		case len(args) < least:
			return misused(c, "an argument is missing")
		case most >= 0 && len(args) > most:
			return misused(c, fmt.Sprintf("%q is one argument too many", args[most]))
		}
		return nil
	}
}

// misused says how a command is written.
func misused(c *cobra.Command, why string) error {
	return &withCode{exitFailed, fmt.Sprintf("Error: %s. Write: %s\nSee %q.", why, c.UseLine(), c.CommandPath()+" --help")}
}

// onlyBelow is for a command that does nothing itself: without arguments it shows its help, and what is none of the commands
// below it is an error.
func onlyBelow(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return c.Help()
	}
	return noCommand(c, args[0])
}

// noCommand is the error of a name that none of the commands below one has.
func noCommand(c *cobra.Command, name string) error {
	var names []string
	for _, below := range c.Commands() {
		if below.IsAvailableCommand() {
			names = append(names, below.Name())
		}
	}
	near := schema.DidYouMean(name, names)
	if near == "" && len(names) > 0 {
		near = " There are " + strings.Join(names, ", ") + "."
	}
	return fmt.Errorf("there is no command %q.%s", c.CommandPath()+" "+name, near)
}

// withHelp makes cobra's command for help fail where there is nothing to help with.
func withHelp(root *cobra.Command) {
	root.InitDefaultHelpCmd()
	help, _, _ := root.Find([]string{"help"}) // which has just been made
	help.Args = func(_ *cobra.Command, args []string) error {
		at := root
		for _, name := range args {
			below, _, err := at.Find([]string{name})
			if err != nil || below == at {
				return noCommand(at, name)
			}
			at = below
		}
		return nil
	}
}

// offers lets shells complete the value of a flag by one of some words.
func offers(c *cobra.Command, flag string, words []string) {
	if err := c.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp)); err != nil {
		panic(err) // the flag is not there
	}
}

// plainFlag is what is wrong with a flag, without what Go's functions for numbers have to say.
func plainFlag(err error) string {
	var number *strconv.NumError
	if !errors.As(err, &number) {
		if text, _, span := strings.Cut(err.Error(), " flag: time: "); span {
			return text + " flag: write a span of time, such as 30s or 2m"
		}
		return err.Error()
	}
	what := "write a number"
	switch number.Func {
	case "ParseInt", "ParseUint", "Atoi":
		what = "write a whole number"
	case "ParseBool":
		what = "write true or false"
	}
	if errors.Is(number.Err, strconv.ErrRange) {
		what = "it is too large"
	}
	return strings.TrimSuffix(err.Error(), number.Error()) + what
}
