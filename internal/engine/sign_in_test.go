package engine_test

import (
	"strings"
	"testing"
	"time"
)

// A ticket that does not last until the window closes is told by the plan; one that does is not, nor is what does not end.
func TestATicketThatEndsTooSoon(t *testing.T) {
	t.Parallel()
	f, hcl := movers(1, "wave { window = \"night\" }")
	tr := try(t, f, hcl+night)
	afternoon := time.Date(2026, 11, 21, 15, 0, 0, 0, time.UTC) // a Saturday; the window closes at 3 in the night by UTC
	tr.engine.Now = func() time.Time { return afternoon }
	for hours, warned := range map[int]bool{0: false, 2: true, 11: true, 13: false} {
		f.ends = time.Time{}
		if hours > 0 {
			f.ends = afternoon.Add(time.Duration(hours) * time.Hour)
		}
		var said string
		for _, w := range tr.plan().Plan.Warnings {
			said += w.Summary + ": " + w.Detail
		}
		if strings.Contains(said, "The ticket ends before the run may have") != warned {
			t.Errorf("after %d hours: %s", hours, said)
		}
		if warned && !strings.Contains(said, `signs in with the ticket of ada@X.COM in a credential cache, which ends Sat 21 Nov 2026 18:00 CET; the window "night" closes Sun 22 Nov 2026 04:00 CET.`) && hours == 2 {
			t.Error(said)
		}
	}
}
