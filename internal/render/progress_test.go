package render

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"hybrid/internal/event"
)

// clock is a time that stands still until it is moved.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

const ada = `user_homing.pilot["sip:ada@contoso.com"]`

// run is an apply as the engine tells it.
var run = []event.Event{
	{Type: event.Start, Address: "hosting_provider.LyncOnline", Action: "create", Total: 1},
	{Type: event.Done, Address: "hosting_provider.LyncOnline", Action: "create", Millis: 312},
	{Type: event.Start, Address: "oauth_server.x", Action: "update", Total: 1},
	{Type: event.Failed, Address: "oauth_server.x", Action: "update", Millis: 1200, Message: "Access denied.\x1b[31m"},
	{Type: event.Doubt, Address: "dns_record.x", Action: "replace", Message: "the answer was lost"},
	{Type: event.Skipped, Address: "partner_application.x", Action: "create", Total: 1, Message: "oauth_server.x comes first, and it failed"},
	{Type: event.Skipped, Address: "user.late", Action: "create", Total: 30, Message: "the run was stopped"},
	{Type: event.Start, Address: "user_homing.pilot", Action: "move", Total: 5000},
	{Type: event.Progress, Address: "user_homing.pilot", Action: "move", Done: 1, Total: 5000, Millis: 900},
	{Type: event.Failed, Address: ada, Action: "move", Message: "no such user", Millis: 2000},
	{Type: event.Progress, Address: "user_homing.pilot", Action: "move", Done: 120, Failed: 1, Total: 5000, Millis: 65_000},
	{Type: event.Done, Address: "user_homing.pilot", Action: "move", Done: 4999, Total: 5000, Millis: 3_600_000},
	{Type: event.Done, Address: "user.new", Action: "create", Done: 2, Total: 2, Millis: 5000},
	{Type: event.Done, Address: "user.old", Action: "delete", Done: 1, Total: 1},
	{Type: event.Done, Address: "dns_record.y", Action: "delete", Message: "the answer was lost; reading shows that it was done"},
	{Type: event.Warning, Address: "user_homing.pilot", Message: "slow"},
	{Type: event.Note, Message: "stopping"},
	{Type: event.Finished, Done: 5004, Failed: 2, Total: 5006, Millis: 3_700_000},
}

var lines = []string{
	"+ hosting_provider.LyncOnline  created in 0.3 s",
	"! oauth_server.x  change failed after 1.2 s: Access denied.\uFFFD[31m",
	"? dns_record.x  in doubt: the answer was lost",
	"· partner_application.x  not started: oauth_server.x comes first, and it failed",
	"· user.late  30 users not started: the run was stopped",
	"> user_homing.pilot  moving 5,000 users",
	"! " + ada + "  move failed after 2 s: no such user",
	"> user_homing.pilot  120 of 5,000 users moved in 1 min 5 s, 1 failed",
	"> user_homing.pilot  4,999 of 5,000 users moved in 1 h",
	"+ user.new  2 users enabled in 5 s",
	"- user.old  1 user disabled",
	"- dns_record.y  deleted (the answer was lost; reading shows that it was done)",
	"Warning: user_homing.pilot: slow",
	"stopping",
	"5,004 of 5,006 changes done, 2 failed in 1 h 2 min.",
}

// Off a terminal there is a line a change, and a line a minute for users.
func TestProgressInLines(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	c := &clock{now: time.Unix(0, 0)}
	p := NewProgress(&out, ProgressOptions{Now: c.Now})
	for _, e := range run {
		p.Event(e)
		c.pass(40 * time.Second)
	}
	if err := p.Close(); err != nil {
		t.Error(err)
	}
	// The first Progress comes 40 s after Start and says nothing; the next comes 80 s later.
	if diff := cmp.Diff(lines, strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestUsersAreToldOnceAMinute(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	c := &clock{now: time.Unix(0, 0)}
	p := NewProgress(&out, ProgressOptions{Now: c.Now})
	p.Event(event.Event{Type: event.Start, Address: "user_homing.p", Action: "move", Total: 600})
	for n := range 600 {
		c.pass(time.Second)
		p.Event(event.Event{Type: event.Progress, Address: "user_homing.p", Action: "move", Done: n + 1, Total: 600})
	}
	if got := strings.Count(out.String(), "\n"); got != 11 {
		t.Errorf("%d lines in ten minutes:\n%s", got, out.String())
	}
}

// What is waited for before a change begins stays on the screen, and makes room for the change itself.
func TestProgressWaitsOnATerminal(t *testing.T) {
	out := &screen{}
	p := NewProgress(out, ProgressOptions{Terminal: true, Width: 120, Columns: 60})
	p.Event(event.Event{Type: event.Waiting, Address: "user_homing.pilot", Action: "move", Message: "not every server has the latest changes yet: edge01.contoso.com"})
	if l := p.live["user_homing.pilot"]; l == nil || !l.waiting {
		t.Errorf("waiting is not on the screen: %+v", l)
	}
	p.Event(event.Event{Type: event.Start, Address: "user_homing.pilot", Action: "move", Total: 25})
	if l := p.live["user_homing.pilot"]; l == nil || l.waiting {
		t.Errorf("the move is not on the screen: %+v", l)
	}
	p.Event(event.Event{Type: event.Done, Address: "user_homing.pilot", Action: "move", Done: 25, Total: 25})
	if err := p.Close(); err != nil || len(p.live) != 0 {
		t.Errorf("%v, %d left", err, len(p.live))
	}
	if want := "> user_homing.pilot  waiting: not every server has the\n  latest changes yet: edge01.contoso.com\n"; !strings.Contains(out.String(), want) {
		t.Errorf("%q is missing in %q", want, out.String())
	}
}

// On a terminal every line is there too, whatever the bars do around it, and in the end no bar is left.
func TestProgressOnATerminal(t *testing.T) {
	others := goleak.IgnoreCurrent() // browsers, of pages that were tested before
	out := &screen{}
	p := NewProgress(out, ProgressOptions{Terminal: true, Width: 120})
	for _, e := range run[:len(run)-1] {
		p.Event(e)
	}
	fmt.Fprintln(p, "a line of the log")
	p.Event(event.Event{Type: event.Start, Address: "left.open", Action: "run", Total: 1})
	p.Event(event.Event{Type: event.Start, Address: "left.too", Action: "move", Total: 10})
	p.Event(run[len(run)-1])
	if err := p.Close(); err != nil {
		t.Error(err)
	}
	text := out.String()
	for _, line := range append(lines, "a line of the log") {
		if strings.HasPrefix(line, "> user_homing.pilot  moving") || strings.HasPrefix(line, "> user_homing.pilot  120 of") {
			continue // these are the bar
		}
		if !strings.Contains(text, line+"\n") {
			t.Errorf("%q is missing in %q", line, text)
		}
	}
	if !strings.HasSuffix(text, lines[len(lines)-1]+"\n") {
		t.Errorf("the last line is not the last: %q", text[max(0, len(text)-200):])
	}
	fmt.Fprintln(p, "after")
	if !strings.HasSuffix(out.String(), "after\n") {
		t.Error("what is written after the end is lost")
	}
	goleak.VerifyNone(t, others)
}

// screen is a writer for several goroutines.
type screen struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (s *screen) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.buf.Write(b)
}

func (s *screen) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.buf.String()
}

func TestProgressInColour(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	p := NewProgress(&out, ProgressOptions{Color: true})
	p.Event(run[1])
	if got := out.String(); got != "\x1b[32m+\x1b[0m hosting_provider.LyncOnline  created in 0.3 s\n" {
		t.Errorf("%q", got)
	}
}

func TestJSONEvents(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	sink := JSONEvents(&out)
	for _, e := range run {
		sink(e)
	}
	var got []event.Event
	dec := json.NewDecoder(strings.NewReader(out.String()))
	for dec.More() {
		var e event.Event
		if err := dec.Decode(&e); err != nil {
			t.Fatal(err)
		}
		got = append(got, e)
	}
	if diff := cmp.Diff(run, got); diff != "" || strings.Count(out.String(), "\n") != len(run) {
		t.Errorf("(-want +got):\n%s", diff)
	}
	JSONEvents(full{})(run[0]) // a reader that has gone away is no panic
}
