package render

import "testing"

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
	} {
		if got := fold(tt.text, tt.columns); got != tt.want {
			t.Errorf("%d columns: got %q, want %q", tt.columns, got, tt.want)
		}
	}
}
