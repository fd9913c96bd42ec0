package render

import (
	"bufio"
	"strings"
	"testing"
)

func TestProseEndsItsLinesBetweenWords(t *testing.T) {
	t.Parallel()
	const note = "meetings that they organised online are not moved and must be scheduled anew"
	for _, tt := range []struct {
		width int
		color bool
		want  string
	}{
		{0, false, "  user_homing.pilot: " + note + "\n"},
		{50, false, "  user_homing.pilot: meetings that they\n    organised online are not moved and must be\n    scheduled anew\n"},
		{50, true, "  \x1b[33muser_homing.pilot:\x1b[0m meetings that they\n    organised online are not moved and must be\n    scheduled anew\n"},
	} {
		var b strings.Builder
		w := &text{Writer: bufio.NewWriter(&b), o: Options{Width: tt.width}, paint: paint(tt.color)}
		w.prose("  ", "user_homing.pilot: ", note)
		w.Flush()
		if strings.ReplaceAll(b.String(), "\x1b[39m", "\x1b[0m") != tt.want {
			t.Errorf("%d columns: %q", tt.width, b.String())
		}
	}
}
