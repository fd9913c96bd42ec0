package main

import (
	"bufio"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"hybrid/internal/bounded"
	"hybrid/internal/config"
)

// templates are small configurations that work in the lab as they stand; each folder is one.
//
//go:embed all:templates
var templates embed.FS

func (a *app) initCommand() *cobra.Command {
	var (
		template string
		live     bool
		from     fromLive
	)
	c := &cobra.Command{
		Use:   "init [flags] [DIR]",
		Short: "Write a small commented configuration that works in the lab",
		Long: "init writes the files of a template into a folder. It overwrites nothing.\n\nWith --from-live it writes provider blocks and then, like import, what lives behind them. Passwords are taken from\n" +
			"environment variables, HYBRID_SKYPE_PASSWORD for one, never from the command line.\n\nTemplates:\n" + templateList(),
		Example: "  hybrid init --template users my-estate\n  hybrid apply --lab my-estate\n" +
			"  hybrid init --from-live --set skype.hosts=fe01.contoso.com,fe02.contoso.com --set skype.username=svc-hybrid my-estate",
		Args: arguments(0, 1),
		RunE: func(c *cobra.Command, args []string) error {
			if !live && len(from.providers)+len(from.set) > 0 {
				return errors.New("--provider and --set describe provider blocks, which only --from-live writes: add it")
			}
			if live {
				return a.initFromLive(c.Context(), folder(args), from)
			}
			if template == "" {
				var err error
				if template, err = a.askTemplate(); err != nil {
					return err
				}
			}
			return a.init(folder(args), template)
		},
	}
	c.Flags().StringVar(&template, "template", "", "which: "+strings.Join(templateNames(), ", "))
	c.Flags().BoolVar(&live, "from-live", false, "write provider blocks and what is live behind them; asks for the blocks where no flag describes them")
	c.Flags().StringArrayVar(&from.providers, "provider", nil, "with --from-live: write this `block`, skype or dns.external; may be repeated")
	c.Flags().StringArrayVar(&from.set, "set", nil, "with --from-live: an argument of one, `block.argument=value`, lists separated by commas; may be repeated")
	from.flags(c)
	c.MarkFlagsMutuallyExclusive("from-live", "template")
	return c
}

// templateNames lists the templates.
func templateNames() []string {
	entries, err := fs.ReadDir(templates, "templates")
	if err != nil {
		panic(err) // embedded
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// templateList is the templates with the first line of each, which says what it is for.
func templateList() string {
	var b strings.Builder
	for _, name := range templateNames() {
		content, err := templates.ReadFile("templates/" + name + "/main.hcl")
		if err != nil {
			panic(err) // embedded
		}
		first, _, _ := strings.Cut(string(content), "\n")
		fmt.Fprintf(&b, "  %-8s %s\n", name, strings.TrimPrefix(first, "# "))
	}
	return b.String()
}

func (a *app) askTemplate() (string, error) {
	if !terminal(a.in) {
		return "", fmt.Errorf("there is no terminal to ask on: say --template, one of %s", strings.Join(templateNames(), ", "))
	}
	fmt.Fprintf(a.err, "Which template?\n%sTemplate: ", templateList())
	answer, err := bufio.NewReader(a.in).ReadString('\n')
	return strings.TrimSpace(answer), err
}

func (a *app) init(dir, template string) error {
	if !slices.Contains(templateNames(), template) {
		return fmt.Errorf("there is no template %q; there are %s", template, strings.Join(templateNames(), ", "))
	}
	files, err := fs.Sub(templates, "templates/"+template)
	if err != nil {
		return err
	}
	if taken := existing(dir, files); taken != "" {
		return fmt.Errorf("%s exists already, and init overwrites nothing: choose another folder", taken)
	}
	if err := os.CopyFS(dir, files); err != nil {
		return unwritable(dir, err)
	}
	if err := a.ignoreRuns(dir); err != nil {
		return err
	}
	if dir == "." { // the folder that commands take of themselves; "Written to .." would be another one
		fmt.Fprint(a.out, "Written to this folder. Try it:\n\n  hybrid apply --lab\n")
		return nil
	}
	fmt.Fprintf(a.out, "Written to %s. Try it:\n\n  hybrid apply --lab %s\n", dir, dir)
	return nil
}

// unwritable is what came of writing files into a folder, and what helps.
func unwritable(dir string, err error) error {
	return fmt.Errorf("not everything could be written into %s: %w.\nName a folder that you may write to, and that has room", dir, err)
}

// ignored is what runs leave beside a configuration, as .gitignore names it.
var ignored = []string{".hybrid/", "/journal/", "*.plan"}

// ignoreRuns keeps what runs leave beside a configuration out of its repository: it names users. A .gitignore that is there already is
// left as it is, and what it lacks is said.
func (a *app) ignoreRuns(dir string) error {
	f, err := os.OpenFile(filepath.Join(dir, ".gitignore"), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return a.lacking(filepath.Join(dir, ".gitignore"))
	}
	if err != nil {
		return err
	}
	_, err = f.WriteString("# What runs leave here names users: the lab and copies of journals, the journal, saved plans.\n" + strings.Join(ignored, "\n") + "\n")
	return errors.Join(err, f.Close())
}

// lacking says which of what runs leave a .gitignore does not name.
func (a *app) lacking(path string) error {
	content, err := bounded.File(path, config.MostFile)
	if err != nil {
		return fmt.Errorf("the files are written, but what runs leave here names users and has to be ignored by Git (%s): %w", strings.Join(ignored, " "), err)
	}
	var there []string
	for line := range strings.Lines(string(content)) {
		there = append(there, pattern(line))
	}
	lacks := slices.DeleteFunc(slices.Clone(ignored), func(line string) bool { return slices.Contains(there, pattern(line)) })
	if len(lacks) > 0 {
		a.say(fmt.Sprintf("Note: %s is left as it is. What runs leave here names users, so add what it lacks: %s", path, strings.Join(lacks, " ")))
	}
	return nil
}

// pattern is a line of a .gitignore without the slashes that only say where, or that a folder is meant.
func pattern(line string) string { return strings.Trim(strings.TrimSpace(line), "/") }

// existing names a file that would be overwritten; "" where there is none.
func existing(dir string, files fs.FS) string {
	found := ""
	walk := func(name string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
				found = filepath.Join(dir, name)
			}
		}
		return err
	}
	if err := fs.WalkDir(files, ".", walk); err != nil {
		panic(err) // embedded
	}
	return found
}
