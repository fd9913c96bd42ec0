package render

import (
	"bytes"
	"strings"
	"testing"

	"hybrid/planner"
)

// What was read and cannot be kept as it is declared is refused, in every format, and none of them says that it was not read.
func TestWhatCannotBeKeptIsRefusedAndNotUnread(t *testing.T) {
	t.Parallel()
	p := estate()
	for i := range p.Changes {
		if c := &p.Changes[i]; c.Action == planner.Unknown {
			c.Unkept, c.Reason = true, "Cloudflare takes a TTL from 60 to 86400 seconds"
		}
	}
	if unkeptOf(p) == 0 {
		t.Fatal("the estate has nothing that is not known")
	}
	for _, format := range Formats() {
		if format == "json" { // its readers know "unknown", with the reason
			continue
		}
		var out bytes.Buffer
		if err := Write(&out, format, p, Options{Steps: issued}); err != nil {
			t.Fatal(format, err)
		}
		if got := out.String(); !strings.Contains(got, "is refused, so nothing is planned: Cloudflare takes a TTL") || strings.Contains(got, "could not be read, so") || strings.Contains(got, "object could not be read") {
			t.Errorf("%s:\n%s", format, got)
		}
	}
}
