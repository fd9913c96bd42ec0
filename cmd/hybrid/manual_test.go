package main

import (
	"io"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"hybrid/internal/manpage"
)

// Every command that does something has a page, with an example and what its exit codes mean.
func TestManualPages(t *testing.T) {
	t.Parallel()
	root := (&app{out: io.Discard, err: io.Discard}).root()
	pages := manpage.Pages(root, manpage.Edition{Source: "hybrid 1.2.0", Date: "2026-11-22", Exits: statuses})
	var each func(*cobra.Command)
	each = func(c *cobra.Command) {
		name := strings.ReplaceAll(c.CommandPath(), " ", "-") + ".1"
		page, there := pages[name]
		if there == (c.Hidden || c.Name() == "help") {
			t.Errorf("%s is there: %t; hidden: %t", name, there, c.Hidden)
		}
		for _, want := range []string{".SH \"EXAMPLES\"\n.RS 4\n.EX\nhybrid ", ".SH \"EXIT STATUS\"\n.TP\n.B 0\ndone", ".B 130\n"} {
			if there && c.Runnable() && !strings.Contains(page, want) {
				t.Errorf("%s does not hold %q", name, want)
			}
		}
		for _, below := range c.Commands() {
			each(below)
		}
	}
	each(root)
	if len(pages) < 25 {
		t.Errorf("%d pages", len(pages))
	}
}

// A page's date is the commit's, as a day, and none where nobody knows it: never today.
func TestDay(t *testing.T) {
	t.Parallel()
	for at, want := range map[string]string{"2026-11-22T23:30:00-02:00": "2026-11-23", "2026-11-22T10:30:38Z": "2026-11-22", "": "", "yesterday": ""} {
		if got := day(at); got != want {
			t.Errorf("%q: %q, not %q", at, got, want)
		}
	}
}
