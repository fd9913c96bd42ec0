package render

import (
	"strings"
	"testing"
)

func TestFoldBreaksBetweenWords(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		text    string
		columns int
		want    string
	}{
		{"> a  waiting: one two three four", 0, "> a  waiting: one two three four"},
		{"> a  waiting: one two three four", 20, "> a  waiting: one\n  two three four"},
		{"\x1b[36m>\x1b[39m a  waiting: one two three four", 20, "\x1b[36m>\x1b[39m a  waiting: one\n  two three four"},
		{"> aVeryLongAddressThatFitsNowhere  is here", 20, "> aVeryLongAddressThatFitsNowhere\n  is here"},
		{"one\ntwo", 20, "one\ntwo"},
		{"lower it ahead: hybrid apply --lower-ttl", 30, "lower it ahead:\n  hybrid apply --lower-ttl"},
		{"lower it ahead: hybrid is a word like others", 26, "lower it ahead: hybrid is\n  a word like others"},
	} {
		if got := fold(tt.text, tt.columns); got != tt.want {
			t.Errorf("%d columns: got %q, want %q", tt.columns, got, tt.want)
		}
	}
}

// A command in a paragraph is copied and pasted: it stays on one line, however many columns it has.
func TestCommandsAreNotFolded(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	paragraph(&b, "Do", "On every Edge Server run this:\n  Get-ChildItem Cert:\\LocalMachine\\Root | Where-Object Subject\nIt names what is there.", 34)
	want := "  Do      On every Edge Server run\n" +
		"          this:\n" +
		"            Get-ChildItem Cert:\\LocalMachine\\Root | Where-Object Subject\n" +
		"          It names what is there.\n"
	if b.String() != want {
		t.Errorf("got:\n%swant:\n%s", b.String(), want)
	}
	if got := strings.Join(wrap("lower it ahead: hybrid apply --lower-ttl", 30), "\n"); got != "lower it ahead:\nhybrid apply --lower-ttl" {
		t.Errorf("got %q", got)
	}
}
