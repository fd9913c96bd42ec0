package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/spf13/cobra"

	"hybrid/internal/bounded"
	"hybrid/internal/config"
	"hybrid/internal/render"
	"hybrid/internal/roster"
	"hybrid/providers"
)

// The commands that contact nothing.

func (a *app) validateCommand() *cobra.Command {
	c := &cobra.Command{
		Use:     "validate [flags] [DIR]",
		Short:   "Check everything that can be known offline; nothing is contacted",
		Example: "  hybrid validate examples/contoso",
		Args:    arguments(0, 1),
		RunE: func(c *cobra.Command, args []string) error {
			cfg, err := a.load(folder(args))
			if err != nil {
				return err
			}
			a.warnOfLacks(cfg)
			_, err = fmt.Fprintf(a.out, "%s is valid: %s.\n", cfg.Name, inventory(cfg))
			return err
		},
	}
	a.configFlags(c)
	return c
}

// warnOfLacks says which provider blocks can be rehearsed in the lab, and not be opened as they stand.
func (a *app) warnOfLacks(cfg *config.Config) {
	if a.lab {
		return
	}
	lacking := map[string]func(providers.Settings) error{}
	for _, s := range systems() {
		lacking[s.Schema.Name] = s.Lacks
	}
	var diags hcl.Diagnostics
	for _, block := range cfg.Providers {
		lacks := lacking[block.System.Name]
		if lacks == nil || block.Values.IsNull() || !block.Values.IsKnown() {
			continue
		}
		if err := lacks(providers.Settings{Name: block.Name, Values: block.Values, Dir: cfg.Dir}); err != nil {
			diags = append(diags, &hcl.Diagnostic{
				Severity: hcl.DiagWarning, Summary: "Only the lab can be planned with as it stands", Subject: block.Range.Ptr(),
				Detail: err.Error() + ".\nplan --lab and apply --lab do without; plan and apply will refuse this block.",
			})
		}
	}
	a.warn(cfg, diags)
}

// inventory counts what a configuration holds: "5 blocks, 3 objects, 25 users".
func inventory(cfg *config.Config) string {
	objects, late := 0, 0
	var tables []*roster.Table
	for i := range cfg.Objects {
		switch o := &cfg.Objects[i]; {
		case o.Kind.Rows == nil:
			objects++
		case o.UsersLate:
			late++
		default:
			tables = append(tables, o.Users)
		}
	}
	text := strings.Join([]string{counted(len(cfg.Nodes), "block"), counted(objects, "object"), counted(people(tables), "user")}, ", ")
	switch late {
	case 0:
		return text
	case 1:
		return text + " besides those of one block, who are known when planned"
	}
	return fmt.Sprintf("%s besides those of %d blocks, who are known when planned", text, late)
}

// people counts users once, however many tables have them.
func people(tables []*roster.Table) int {
	slices.SortFunc(tables, func(a, b *roster.Table) int { return b.Len() - a.Len() })
	if len(tables) == 0 {
		return 0
	}
	largest, further := tables[0], map[string]bool{}
	for _, t := range tables[1:] {
		for row := range t.Len() {
			sip := t.SIP(row)
			if _, has := largest.Lookup(sip); !has {
				further[sip] = true
			}
		}
	}
	return largest.Len() + len(further)
}

// counted is a number of things: "1 block", "2 blocks".
func counted(n int, thing string) string {
	if n != 1 {
		thing += "s"
	}
	return fmt.Sprintf("%d %s", n, thing)
}

func (a *app) graphCommand() *cobra.Command {
	var format string
	c := &cobra.Command{
		Use:     "graph [flags] [DIR]",
		Short:   "Print the order of blocks and its reasons as DOT, or draw it",
		Example: "  hybrid graph --format svg examples/contoso >order.svg\n  hybrid graph examples/contoso | dot -Tpdf >order.pdf",
		Args:    arguments(0, 1),
		RunE: func(c *cobra.Command, args []string) error {
			cfg, err := a.load(folder(args))
			if err != nil {
				return err
			}
			return render.Graph(a.out, format, cfg.Nodes)
		},
	}
	c.Flags().StringVar(&format, "format", "dot", "`name` of the format: "+strings.Join(render.GraphFormats(), ", "))
	a.configFlags(c)
	return c
}

// format is what fmt is told.
type format struct{ check, diff, recursive bool }

func (a *app) fmtCommand() *cobra.Command {
	var f format
	c := &cobra.Command{
		Use:     "fmt [flags] [DIR]",
		Short:   "Bring the files of a configuration into canonical layout",
		Example: "  hybrid fmt --check --recursive .",
		Args:    arguments(0, 1),
		RunE:    func(c *cobra.Command, args []string) error { return a.format(folder(args), f) },
	}
	c.Flags().BoolVar(&f.check, "check", false, "change nothing; exit 1 where a file is not in canonical layout")
	c.Flags().BoolVar(&f.diff, "diff", false, "show what changes")
	c.Flags().BoolVar(&f.recursive, "recursive", false, "folders below, too")
	return c
}

func (a *app) format(dir string, f format) error {
	files, err := hclFiles(dir, f.recursive)
	if err != nil {
		return err
	}
	changed := 0
	for _, path := range files {
		different, err := a.formatFile(path, f)
		if err != nil {
			return err
		}
		if different {
			changed++
			fmt.Fprintln(a.out, path)
		}
	}
	if f.check && changed > 0 {
		return &withCode{exitFailed, fmt.Sprintf("not in canonical layout: %d of %d files; `hybrid fmt` brings them into it", changed, len(files))}
	}
	return nil
}

// hclFiles lists the files of a folder, or of a single file its own name.
func hclFiles(dir string, recursive bool) ([]string, error) {
	if !exists(dir) {
		return nil, fmt.Errorf("there is no folder or file %s", dir)
	}
	var files []string
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && path != dir && (!recursive || strings.HasPrefix(entry.Name(), ".")):
			return fs.SkipDir
		case !entry.IsDir() && filepath.Ext(path) == ".hcl":
			files = append(files, path)
		}
		return nil
	})
	slices.Sort(files)
	return files, err
}

func (a *app) formatFile(path string, f format) (bool, error) {
	before, err := bounded.File(path, config.MostFile)
	if err != nil {
		return false, err
	}
	after, diags := config.Format(before, path)
	if diags.HasErrors() {
		return false, &invalid{diags, map[string][]byte{path: before}}
	}
	if bytes.Equal(before, after) {
		return false, nil
	}
	if f.diff {
		a.printDiff(path, before, after)
	}
	if f.check {
		return true, nil
	}
	info, err := os.Stat(path)
	if err != nil {
		return false, err
	}
	return true, os.WriteFile(path, after, info.Mode().Perm())
}

// printDiff shows the lines that change. Formatting moves no line, so lines compare by number.
func (a *app) printDiff(path string, before, after []byte) {
	old, now := strings.Split(string(before), "\n"), strings.Split(string(after), "\n")
	fmt.Fprintf(a.out, "--- %s\n+++ %s\n", path, path)
	for n := range max(len(old), len(now)) {
		was, is := line(old, n), line(now, n)
		if was != is {
			fmt.Fprintf(a.out, "@@ line %d @@\n-%s\n+%s\n", n+1, was, is)
		}
	}
}

func line(lines []string, n int) string {
	if n < len(lines) {
		return lines[n]
	}
	return ""
}
