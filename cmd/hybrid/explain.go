package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode/utf16"

	"github.com/spf13/cobra"

	"hybrid/internal/bounded"
	"hybrid/internal/catalogue"
	"hybrid/internal/render"
)

// mostExplained is how long a text may be that is to be explained, in bytes: a log of a long night.
const mostExplained = 64 << 20

func (a *app) explainCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "explain [flags] TEXT|FILE|-",
		Short: "Say what is known of an error: its cause, what helps, what looks into it",
		Long: "explain takes an error as it was copied from a console, a mail or an event, a file of them such as a log, or with - what\n" +
			"comes on standard input, and says what is known of it. It works by codes and by what no language changes, contacts\n" +
			"nothing, and needs no configuration. What nothing is known of is shown word for word, and the exit code is 1 where that is all.\n\n" +
			"Exit codes: 0 something is known, 1 nothing is, or the text cannot be read.",
		Example: "  hybrid explain \"HostedMigration fault: Error=(510)\"\n  hybrid explain saturday.log\n  Get-Clipboard | hybrid explain -",
		Args:    arguments(1, -1),
		RunE:    func(_ *cobra.Command, args []string) error { return a.explain(args, asJSON) },
	}
	c.Flags().BoolVar(&asJSON, "json", false, "one JSON object")
	return c
}

func (a *app) explain(args []string, asJSON bool) error {
	text, err := a.explainable(args)
	if err != nil {
		return err
	}
	if strings.TrimSpace(text) == "" {
		return errors.New("there is no text to explain: write it in quotes, name a file, or pipe it in with -")
	}
	x := catalogue.Explain(text)
	if asJSON {
		err = a.printJSON(render.ExplanationJSON(x))
	} else {
		err = render.Explanation(a.out, x, render.ExplanationOptions{Color: a.colorOut(), Columns: width(a.out)})
	}
	if err == nil && len(x.Findings) == 0 {
		return &withCode{exitFailed, "Search for its code word for word, and mind that the text around it may be translated."}
	}
	return err
}

// explainable is the text that the arguments stand for: words, one file, or standard input.
func (a *app) explainable(args []string) (string, error) {
	if len(args) > 1 {
		return strings.Join(args, " "), nil
	}
	if args[0] == "-" {
		return whole("standard input", a.in)
	}
	f, err := os.Open(args[0])
	switch {
	case err == nil:
		defer f.Close()
		return whole(args[0], f)
	case looksLikeFile(args[0]):
		return "", fmt.Errorf("%w.\nTo explain a text, write it in quotes", err)
	}
	return args[0], nil
}

// looksLikeFile says whether somebody who wrote a word meant a file that is not there.
func looksLikeFile(text string) bool {
	return !strings.ContainsAny(text, " \n") && (strings.HasSuffix(text, ".log") || strings.HasSuffix(text, ".txt") || strings.HasSuffix(text, ".jsonl"))
}

// whole reads all of a text that is not endless.
func whole(name string, r io.Reader) (string, error) {
	content, err := bounded.Read(r, mostExplained)
	if bounded.TooLarge(err) {
		return "", fmt.Errorf("%s is longer than %d MB: cut out the part that matters", name, mostExplained>>20)
	}
	if err != nil {
		return "", fmt.Errorf("%s cannot be read: %w", name, err)
	}
	return decoded(content), nil
}

// decoded is the text of a file as Windows may have written it: PowerShell's > writes UTF-16.
func decoded(content []byte) string {
	if len(content) < 2 || content[0] != 0xff || content[1] != 0xfe {
		return string(content)
	}
	units := make([]uint16, 0, len(content)/2)
	for n := 2; n+1 < len(content); n += 2 {
		units = append(units, uint16(content[n])|uint16(content[n+1])<<8)
	}
	return string(utf16.Decode(units))
}
