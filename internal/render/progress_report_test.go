package render

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hybrid/internal/event"
)

func night() *event.Report {
	return &event.Report{
		Blocks: []event.Block{
			{Address: "hosting_provider.LyncOnline", Action: "create", Done: 1, Millis: 312},
			{Address: `partner_application["a-name-that-is-longer-than-its-column-can-be"]`, Action: "create", Skipped: 1},
			{Address: "user_homing.pilot", Action: "move", Users: true, Done: 11_800, Failed: 150, NotShown: 20, Doubt: 10, Skipped: 20, Millis: 3_600_000},
			{Address: "user.all", Action: "create", Update: 3, Users: true, Done: 7, Millis: 10},
		},
		Causes: []event.Cause{
			{Cause: "Error=(507), Description=(no licence)", Remedy: "Assign one, or wait.", Users: 178, First: []string{"sip:a@contoso.com", "sip:b@contoso.com", "sip:c@contoso.com"}},
			{Cause: "the answer was lost", Users: 1, Others: 1, First: []string{"sip:d@contoso.com", "dns_record.x"}},
		},
		List: "journal/20261122T220000Z-apply-1a2b-failed.csv",
	}
}

func TestReportAfterARun(t *testing.T) {
	t.Parallel()
	got := paint(false).report(night(), 80)
	for n, line := range strings.Split(got, "\n") {
		if wide(line) > 80 {
			t.Errorf("line %d has %d columns: %s", n, wide(line), line)
		}
	}
	want := `
! 178 users: Error=(507), Description=(no licence)
  sip:a@contoso.com, sip:b@contoso.com, sip:c@contoso.com and 175 more
  Assign one, or wait.

! 1 user, 1 object: the answer was lost
  sip:d@contoso.com, dns_record.x

All that failed: journal/20261122T220000Z-apply-1a2b-failed.csv

`
	if !strings.HasPrefix(got, want) {
		t.Errorf("(-want +got):\n%s", cmp.Diff(want, got))
	}
	for _, line := range []string{
		"Users: 11,800 moved, 150 not moved, 20 carried out but not shown, 10 in doubt,\n  20 not started; 7 enabled or changed.\n",
		"Objects: 1 done, 1 not started.\n",
		"partner_application[\"a-name-that-is-longer-than-its-column-can-be\"]\n  ",
	} {
		if !strings.Contains(got, line) {
			t.Errorf("%q is missing in:\n%s", line, got)
		}
	}
}

// Columns that nothing is in are left out, and a run of one or two objects that went well has no table.
func TestTable(t *testing.T) {
	t.Parallel()
	blocks := []event.Block{
		{Address: "dns_record.a", Action: "create", Done: 40, Millis: 4000},
		{Address: "user_homing.pilot", Action: "move", Users: true, Done: 2, Failed: 1, Millis: 62_000},
	}
	want := `
                                                       done  failed         time
dns_record.a                                             40                  4 s
user_homing.pilot                                         2       1    1 min 2 s
Users: 2 moved, 1 not moved.
Objects: 40 done.

`
	if diff := cmp.Diff(want, paint(false).report(&event.Report{Blocks: blocks}, 0)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, quiet := range [][]event.Block{nil, {{Address: "a", Done: 2}}, {{Address: "a", Done: 1}, {Address: "b", Done: 1}}, {{Address: "a", Failed: 1}}} {
		if got := paint(false).report(&event.Report{Blocks: quiet}, 80); got != "" {
			t.Errorf("%+v: %q", quiet, got)
		}
	}
}

// A column of times that nothing is in has no head.
func TestTableWithoutTimes(t *testing.T) {
	t.Parallel()
	blocks := []event.Block{{Address: "a", Done: 1, Millis: 20}, {Address: "b", Done: 1}, {Address: "c", Done: 1}}
	want := `
                                                               done
a                                                                 1
b                                                                 1
c                                                                 1
Objects: 3 done.

`
	if diff := cmp.Diff(want, paint(false).report(&event.Report{Blocks: blocks}, 80)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Where there are many blocks, those without failures are one row.
func TestTableOfManyBlocks(t *testing.T) {
	t.Parallel()
	var blocks []event.Block
	for n := range 500 {
		blocks = append(blocks, event.Block{Address: fmt.Sprintf("dns_record.r%03d", n), Action: "create", Done: 2, Millis: 100})
	}
	blocks[17].Done, blocks[17].Failed = 1, 1
	want := `
                                                       done  failed         time
dns_record.r017                                           1       1        0.1 s
499 blocks without failures                             998                 50 s
Objects: 999 done, 1 failed.

`
	if diff := cmp.Diff(want, paint(false).report(&event.Report{Blocks: blocks}, 80)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A thousand users who fail alike are a few lines, a minute's line counts them by cause, and a host that hangs is told of.
func TestFailuresDoNotFlood(t *testing.T) {
	t.Parallel()
	out, tick := &screen{}, make(chan time.Time)
	c := &clock{now: time.Unix(0, 0)}
	p := NewProgress(out, ProgressOptions{Now: c.Now, Tick: tick})
	p.Event(event.Event{Type: event.Start, Address: "user_homing.p", Action: "move", Total: 3000, Users: true})
	for n := range 1000 {
		sip := fmt.Sprintf("sip:u%d@contoso.com", n)
		cause := "Move-CsUser: Error=(507)"
		if n%10 == 0 {
			cause = "Move-CsUser: no such user in the directory"
		}
		what := event.Failed
		if n%100 == 0 {
			what = event.Doubt
		}
		p.Event(event.Event{Type: what, Address: `user_homing.p["` + sip + `"]`, Block: "user_homing.p", User: sip, Action: "move", Cause: cause, Message: cause})
	}
	p.Event(event.Event{
		Type: event.Progress, Address: "user_homing.p", Action: "move", Total: 3000, Failed: 990, Doubt: 10, Users: true, Millis: 1000,
		Rate: 312.4, InFlight: 4, LeftMillis: 384_000, Closes: time.Date(2026, 11, 22, 4, 0, 0, 0, time.UTC),
	})
	c.pass(59 * time.Second)
	tick <- time.Time{}
	tick <- time.Time{} // whoever takes the second has done with the first
	if got := strings.Count(out.String(), "\n"); got != 9 {
		t.Errorf("%d lines:\n%s", got, out.String())
	}
	c.pass(time.Second)
	tick <- time.Time{}
	tick <- time.Time{}
	const line = "> user_homing.p  0 of 3,000 users moved in 1 min, 990 failed (900 Error 507, 90 no such user in the…), 10 in doubt;" +
		" 312 a minute, 4 under way, about 6 min left, the window closes at 04:00 UTC\n"
	if !strings.HasSuffix(out.String(), line) || strings.Count(out.String(), "\n") != 10 {
		t.Errorf("%q is not the end of:\n%s", line, out.String())
	}
	if more := "! user_homing.p  more users alike are counted from here on, and the journal has each: Move-CsUser: Error=(507)\n"; strings.Count(out.String(), more) != 1 {
		t.Errorf("%q is missing in:\n%s", more, out.String())
	}
	p.Event(event.Event{Type: event.Progress, Address: "user_homing.p", Action: "move", Total: 3000, Done: 2000, Failed: 1000, Users: true, Rate: 300})
	c.pass(time.Hour)
	tick <- time.Time{}
	tick <- time.Time{}
	if !strings.HasSuffix(out.String(), line) {
		t.Errorf("users who wait to be read back are told of:\n%s", out.String())
	}
	p.Event(event.Event{Type: event.Done, Address: "user_homing.p", Action: "move", Total: 3000, Users: true})
	if err := p.Close(); err != nil {
		t.Error(err)
	}
}

// A slow rate is told by the hour: rounded to whole users a minute it would be another one.
func TestASlowRateIsByTheHour(t *testing.T) {
	t.Parallel()
	for rate, want := range map[float64]string{0.4: "24 an hour", 0.001: "1 an hour", 1.5: "90 an hour", 4.99: "299 an hour", 5: "5 a minute", 312.4: "312 a minute"} {
		if got := pace(event.Event{Total: 9, Rate: rate}); len(got) != 1 || got[0] != want {
			t.Errorf("%v is told as %q, want %q", rate, got, want)
		}
	}
	c := crowd{last: event.Event{Total: 9, Rate: 0.4}}
	if got := c.parts(time.Minute); got[1].text != "24/h" {
		t.Errorf("on a bar: %v", got)
	}
}

// A bar's line is never wider than the terminal, and what matters most is left where there is little room.
func TestBarLine(t *testing.T) {
	t.Parallel()
	c := crowd{last: event.Event{
		Type: event.Progress, Address: "user_homing.first-wave-of-sales", Action: "move", Total: 12_000, Done: 4800, Failed: 120, Doubt: 7,
		Users: true, Rate: 312.4, InFlight: 8, LeftMillis: 5_000_000, Closes: time.Date(2026, 11, 22, 4, 0, 0, 0, time.UTC),
	}}
	c.failed("Error=(507)")
	name := paint(true).name(c.last)
	for width := 1; width < 300; width++ {
		if got := c.barLine(name, width, time.Hour); wide(got) > width {
			t.Errorf("%d columns in %d: %s", wide(got), width, got)
		}
	}
	for width, want := range map[int]string{
		200: "> user_homing.first-wave-of-sales  [================>                       ]  4,800 of 12,000  120 failed (Error 507)  7 in doubt  312/min  8 under way  1 h 23 min left  window to 04:00  for 1 h",
		120: "> user_homing.first-wave-of-sales  [====>      ]  4,800 of 12,000  120 failed  312/min  1 h 23 min left  window to 04:00",
		80:  "> first-wave-of-sales  [===>     ]  4,800 of 12,000  120 failed  1 h 23 min left",
		40:  "> first-wave…  4,800 of 12,000",
		20:  "> …  4,800 of 12,000",
	} {
		if got := c.barLine(paint(false).name(c.last), width, time.Hour); got != want {
			t.Errorf("%d:\n%s\nwant\n%s", width, got, want)
		}
	}
}

// The last event of a run brings the report before its own line.
func TestProgressEndsWithTheReport(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	p := NewProgress(&out, ProgressOptions{})
	p.Event(event.Event{Type: event.Finished, Message: "Applied.", Report: night()})
	if got := out.String(); !strings.HasPrefix(got, "\n! 178 users") || !strings.HasSuffix(got, "Objects: 1 done, 1 not started.\n\nApplied.\n") {
		t.Errorf("%s", got)
	}
}
