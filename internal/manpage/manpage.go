// Package manpage writes commands as manual pages, from the same texts that --help prints.
//
// Pages are in the macros of man(7), as groff_man(7) and mandoc's man(7) both describe them. They hold no time but the one that
// they are given, so that equal programs give equal pages.
package manpage

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// Edition is what stands at the edges of every page, and what commands share.
type Edition struct {
	Source string   // at the foot: "hybrid 1.2.0"
	Date   string   // at the foot: "2026-11-22"; "" where it is not known
	Exits  []Status // the exit codes, in order
}

// Status is an exit code and what it means, a sentence without its full stop.
type Status struct {
	Code    int
	Meaning string
}

// Pages are the pages of a command and of all that are below it, by file name: "hybrid-lab-serve.1". Hidden commands, help itself
// and what is deprecated have none.
func Pages(root *cobra.Command, e Edition) map[string]string {
	pages := map[string]string{dashed(root) + ".1": e.page(root)}
	for _, below := range visible(root) {
		for name, page := range Pages(below, e) {
			pages[name] = page
		}
	}
	return pages
}

// page is the page of one command.
func (e Edition) page(c *cobra.Command) string {
	c.InitDefaultHelpFlag()
	var b strings.Builder
	fmt.Fprintf(&b, ".TH %s 1 \"%s\" %s %s\n", quoted(strings.ToUpper(dashed(c))), e.Date, quoted(e.Source), quoted(c.Root().Name()))
	section(&b, "NAME", escaped(dashed(c))+` \- `+escaped(c.Short)+"\n")
	section(&b, "SYNOPSIS", synopsis(c))
	section(&b, "DESCRIPTION", prose(cmp.Or(c.Long, c.Short)))
	section(&b, "COMMANDS", commands(c))
	section(&b, "OPTIONS", options(c.NonInheritedFlags()))
	section(&b, "OPTIONS OF EVERY COMMAND", options(c.InheritedFlags()))
	section(&b, "EXAMPLES", literal(c.Example))
	section(&b, "EXIT STATUS", e.exits())
	section(&b, "SEE ALSO", related(c))
	return b.String()
}

// section writes one that has something in it.
func section(b *strings.Builder, title, body string) {
	if body != "" {
		fmt.Fprintf(b, ".SH %s\n%s", quoted(title), body)
	}
}

// synopsis is how the command is written: its name bold, flags and arguments after it.
func synopsis(c *cobra.Command) string {
	line := strings.TrimPrefix(c.UseLine(), c.CommandPath())
	return ".nh\n.B " + escaped(c.CommandPath()) + "\n" + escaped(strings.TrimSpace(line)) + "\n.hy\n"
}

func commands(c *cobra.Command) string {
	var b strings.Builder
	for _, below := range visible(c) {
		fmt.Fprintf(&b, ".TP\n.B %s\n%s\n", escaped(below.Name()), escaped(below.Short))
	}
	return b.String()
}

// options are flags with the words that --help puts where their values go.
func options(flags *pflag.FlagSet) string {
	var b strings.Builder
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Hidden || f.Deprecated != "" {
			return
		}
		value, usage := pflag.UnquoteUsage(f)
		names := `\fB\-\-` + escaped(f.Name) + `\fR`
		if f.Shorthand != "" {
			names = `\fB\-` + escaped(f.Shorthand) + `\fR, ` + names
		}
		if value != "" {
			names += ` \fI` + escaped(value) + `\fR`
		}
		fmt.Fprintf(&b, ".TP\n%s\n%s%s\n", names, escaped(usage), escaped(otherwise(f)))
	})
	return b.String()
}

// otherwise is what a flag is where it is not said, if that says something.
func otherwise(f *pflag.Flag) string {
	if slices.Contains([]string{"", "0", "0s", "false", "[]"}, f.DefValue) {
		return ""
	}
	return " (default " + f.DefValue + ")"
}

func (e Edition) exits() string {
	var b strings.Builder
	for _, s := range e.Exits {
		fmt.Fprintf(&b, ".TP\n.B %d\n%s.\n", s.Code, escaped(s.Meaning))
	}
	return b.String()
}

// related are the command above and those below, as pages.
func related(c *cobra.Command) string {
	all := visible(c)
	if c.HasParent() {
		all = append([]*cobra.Command{c.Parent()}, all...)
	}
	var names []string
	for _, other := range all {
		names = append(names, ".BR "+escaped(dashed(other))+" (1)")
	}
	if len(names) == 0 {
		return ""
	}
	return strings.Join(names, " ,\n") + "\n"
}

// visible are the commands below that a user is shown.
func visible(c *cobra.Command) []*cobra.Command {
	var shown []*cobra.Command
	for _, below := range c.Commands() {
		if below.IsAvailableCommand() && !below.IsAdditionalHelpTopicCommand() && below.Name() != "help" {
			shown = append(shown, below)
		}
	}
	return shown
}

// dashed is the name of a command's page: hybrid-lab-serve.
func dashed(c *cobra.Command) string { return strings.ReplaceAll(c.CommandPath(), " ", "-") }
