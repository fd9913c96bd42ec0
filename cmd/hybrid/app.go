package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"

	"github.com/hashicorp/go-hclog"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"hybrid/internal/render"
	"hybrid/internal/secrets"
	"hybrid/schema"
)

// app is the streams and the flags that every command has.
type app struct {
	in       *os.File
	out, err io.Writer
	logs     logWriter
	redact   func(string) string // takes known secrets out of what others say; nil before any is known
	warned   map[string]bool     // by text, so that nothing is said twice
	sources  *secrets.Sources    // nil before one was needed

	lab       bool
	logLevel  string
	logFormat string
	vars      []string
	varFiles  []string
}

// root is the command line.
func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "hybrid",
		Short: "Reconcile a Lync or Skype for Business hybrid deployment with what HCL files say",
		Long: "hybrid reads a folder of HCL files that describe the servers, the tenant, users and DNS of a hybrid deployment,\n" +
			"compares it with what is live, and carries the difference out in order.\n\n" +
			exitCodes(),
		Example:       "  hybrid plan --lab examples/contoso\n  hybrid apply --lab examples/contoso",
		SilenceErrors: true, SilenceUsage: true,
		PersistentPreRunE: func(c *cobra.Command, _ []string) error { return a.loggable(c) },
	}
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return &withCode{exitFailed, fmt.Sprintf("Error: %s%s\nSee %q.", plainFlag(err), misspelt(c, err), c.CommandPath()+" --help")}
	})
	flags := root.PersistentFlags()
	flags.StringVar(&a.logLevel, "log-level", os.Getenv("HYBRID_LOG"), "log to stderr: error, warn, info, debug, trace or off (HYBRID_LOG)")
	flags.StringVar(&a.logFormat, "log-format", "text", "text or json")
	flags.BoolVar(&a.lab, "lab", false, "put the simulated estate behind every provider; its state stays in .hybrid beside the configuration")
	root.AddCommand(
		a.initCommand(), a.validateCommand(), a.fmtCommand(), a.planCommand(), a.applyCommand(), a.whyCommand(), a.graphCommand(),
		a.importCommand(), a.showCommand(), a.runsCommand(), a.rollbackCommand(), a.handoutCommand(), a.labCommand(), a.checkCommand(), a.traceCommand(), a.explainCommand(), a.schemaCommand(), a.manualCommand(), a.versionCommand(),
	)
	teachHabits(root)
	withCompletion(root)
	withHelp(root)
	return root
}

// withCompletion adds cobra's command for completion, with an example for each shell as every command has one.
func withCompletion(root *cobra.Command) {
	root.InitDefaultCompletionCmd()
	for _, c := range root.Commands() {
		if c.Name() != "completion" {
			continue
		}
		c.Args, c.RunE = cobra.ArbitraryArgs, onlyBelow // help instead of an error would end up in the file that shells read
		c.Example = "  hybrid completion bash >/etc/bash_completion.d/hybrid"
		for _, shell := range c.Commands() {
			shell.Example = "  hybrid completion " + shell.Name()
		}
	}
}

// configFlags are those of every command that reads a configuration.
func (a *app) configFlags(c *cobra.Command) {
	c.Flags().StringArrayVar(&a.vars, "var", nil, "set a variable: `name=value`; may be repeated")
	c.Flags().StringArrayVar(&a.varFiles, "var-file", nil, "read variables from a `file`, HCL or JSON; may be repeated")
}

// variables parses --var.
func (a *app) variables() (map[string]string, error) {
	vars := map[string]string{}
	for _, v := range a.vars {
		name, value, ok := strings.Cut(v, "=")
		if !ok || name == "" {
			return nil, fmt.Errorf("--var %q: write it as name=value", v)
		}
		vars[name] = value
	}
	return vars, nil
}

// The levels of the log, least first, and its formats. Without a level, and with off, nothing is logged.
var (
	logLevels  = []string{"error", "warn", "info", "debug", "trace", "off"}
	logFormats = []string{"text", "json"}
)

// loggable refuses a level or a format of the log that there is not.
func (a *app) loggable(c *cobra.Command) error {
	if !slices.Contains(logFormats, a.logFormat) {
		return fmt.Errorf("--log-format %q: there are %s.%s", a.logFormat, schema.List(logFormats, "and"), schema.DidYouMean(a.logFormat, logFormats))
	}
	if a.logLevel == "" || hclog.LevelFromString(a.logLevel) != hclog.NoLevel {
		return nil
	}
	from := "HYBRID_LOG="
	if c.Flags().Changed("log-level") {
		from = "--log-level "
	}
	return fmt.Errorf("%s%q: there are %s.%s", from, a.logLevel, schema.List(logLevels, "and"), schema.DidYouMean(a.logLevel, logLevels))
}

// log is where everything logs to: nowhere, unless asked for.
func (a *app) log() hclog.Logger {
	level := hclog.LevelFromString(a.logLevel)
	if level == hclog.NoLevel {
		return hclog.NewNullLogger()
	}
	return hclog.New(&hclog.LoggerOptions{Name: "hybrid", Level: level, Output: &a.logs, JSONFormat: a.logFormat == "json"})
}

// logWriter is where log lines go: to stderr, or, while bars are on the screen, above them.
type logWriter struct {
	mu     sync.Mutex
	w      io.Writer
	bar    io.Writer
	redact func(string) string // nil before a configuration has been read: until then nobody has been told anything
}

// hiding takes secrets out of every error and every line of the log from now on: servers quote what they were told.
func (a *app) hiding(redact func(string) string) {
	a.redact = redact
	a.logs.redacting(redact)
}

// hidden is a text that others made, without the secrets that are known, and without what moves a terminal's cursor or hides text there.
func (a *app) hidden(text string) string {
	if a.redact == nil {
		return render.Plain(text)
	}
	return render.Plain(a.redact(text))
}

// redacting takes secrets out of every line from now on.
func (l *logWriter) redacting(redact func(string) string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.redact = redact
}

// through leads lines through w; nil leads them straight to stderr again.
func (l *logWriter) through(w io.Writer) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.bar = w
}

func (l *logWriter) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	to, line := l.w, b
	if l.bar != nil {
		to = l.bar
	}
	if l.redact != nil {
		line = []byte(l.redact(string(b)))
	}
	line = []byte(render.Plain(string(line)))
	if _, err := to.Write(line); err != nil {
		return 0, err
	}
	return len(b), nil
}

func (a *app) colorOut() bool { return colored(a.out) }
func (a *app) colorErr() bool { return colored(a.err) }

// colored says whether colour belongs on a stream: only on a terminal that can show it, never with NO_COLOR or a dumb one.
func colored(w io.Writer) bool {
	f, isFile := w.(*os.File)
	return isFile && redrawn(f) && os.Getenv("NO_COLOR") == "" && paintable(f)
}

// redrawn says whether what was written may be written over, as bars are: on a terminal, unless it is a dumb one, which shows
// the sequences for that as letters, or is said to be one by who has the screen read out.
func redrawn(w any) bool { return terminal(w) && os.Getenv("TERM") != "dumb" }

func terminal(w any) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// width is how many columns the terminal behind a stream has; 0 where there is none.
func width(w io.Writer) int {
	if f, ok := w.(*os.File); ok {
		if columns, _, err := term.GetSize(int(f.Fd())); err == nil {
			return columns
		}
	}
	return 0
}

// folder is the configuration folder that a command was given.
func folder(args []string) string {
	if len(args) == 0 {
		return "."
	}
	return args[0]
}
