package powershell

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/go-hclog"
)

var get = Command{Cmdlet: "Get-CsX"}

func TestChatterIsNoAnswer(t *testing.T) {
	t.Parallel()
	s := open(t, served(func(f *far, id int64, _ string) {
		f.say("hello from a cmdlet\r\n\nWARNING: #hybrid j is not at the start")
		f.say("#hybrid j {\"id\":%d,\"rows\":[\"bare\",{\"A\":1}]}\r", id)
		f.zip(fmt.Sprintf(`{"id":%d,"done":true}`, id))
	}))
	var got []map[string]any
	err := s.Call(t.Context(), get, CallOptions{Object: func(o map[string]any) error { got = append(got, o); return nil }})
	if err != nil || len(got) != 2 || got[0]["value"] != "bare" || fmt.Sprint(got[1]["A"]) != "1" {
		t.Errorf("%v, %v", got, err)
	}
}

// Rows are handed on as they come: nothing waits for the last.
func TestRowsStream(t *testing.T) {
	t.Parallel()
	seen := make(chan struct{})
	s := open(t, served(func(f *far, id int64, _ string) {
		f.say(`#hybrid j {"id":%d,"rows":[["a"]]}`, id)
		<-seen
		f.say(`#hybrid j {"id":%d,"rows":[["b"]]}`, id)
		f.say(`#hybrid j {"id":%d,"done":true}`, id)
	}))
	var rows []any
	err := s.Call(t.Context(), get, CallOptions{Select: []string{"A"}, Row: func(cells []any) error {
		if rows = append(rows, cells[0]); len(rows) == 1 {
			close(seen)
		}
		return nil
	}})
	if diff := cmp.Diff([]any{"a", "b"}, rows); diff != "" || err != nil {
		t.Error(diff, err)
	}
}

func TestErrorOfRowEndsTheCallNotTheSession(t *testing.T) {
	t.Parallel()
	s := open(t, served(func(f *far, id int64, _ string) {
		f.say(`#hybrid j {"id":%d,"rows":[["a"],["b"]]}`, id)
		f.say(`#hybrid j {"id":%d,"done":true}`, id)
	}))
	enough, calls := errors.New("enough"), 0
	for range 2 {
		err := s.Call(t.Context(), get, CallOptions{Select: []string{"A"}, Row: func([]any) error { calls++; return enough }})
		if !errors.Is(err, enough) || s.Lost() {
			t.Errorf("%v, lost %v", err, s.Lost())
		}
	}
	if calls != 2 {
		t.Errorf("Row was called %d times", calls)
	}
	err := s.Call(t.Context(), get, CallOptions{Select: []string{"A", "B"}, Row: func([]any) error { return nil }})
	var broken *ProtocolError
	if !errors.As(err, &broken) || !strings.Contains(err.Error(), "what answers on fe01 is not the host agent: a row of 2 selected properties") {
		t.Errorf("a short row: %v", err)
	}
	if err := s.Call(t.Context(), get, CallOptions{Select: []string{"A"}}); err == nil || !strings.Contains(err.Error(), "Select together with Row") {
		t.Errorf("Select alone: %v", err)
	}
}

func TestHungCmdletEndsAtDeadline(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := open(t, served(func(f *far, _ int64, _ string) { <-f.done }))
		err := within(t, time.Second, func() error { return s.Call(t.Context(), get, CallOptions{Deadline: 20 * time.Millisecond}) })
		var lost *LostError
		if !errors.As(err, &lost) || !lost.Sent || !errors.Is(err, context.DeadlineExceeded) {
			t.Fatalf("%v", err)
		}
		want := "the session on fe01 was lost (the request had been sent, whether it was carried out is not known): Get-CsX had not answered after 20ms"
		if err.Error() != want {
			t.Errorf("got  %s\nwant %s", err, want)
		}
		err = s.Call(t.Context(), get, CallOptions{})
		if !errors.As(err, &lost) || lost.Sent {
			t.Errorf("a call of a lost session: %v", err)
		}
	})
}

func TestCancelledCallReturns(t *testing.T) {
	t.Parallel()
	for name, run := range map[string]func(cancel func()) func(*far){
		"while it works": func(cancel func()) func(*far) {
			return served(func(f *far, _ int64, _ string) { cancel(); <-f.done })
		},
		"while it takes input": func(cancel func()) func(*far) {
			return func(f *far) { f.hello(); time.AfterFunc(30*time.Millisecond, cancel); <-f.done }
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				s := open(t, run(cancel))
				err := within(t, time.Second, func() error { return s.Call(ctx, get, CallOptions{}) })
				var lost *LostError
				if !errors.As(err, &lost) || !errors.Is(err, context.Canceled) || lost.Sent != (name == "while it works") {
					t.Errorf("%v", err)
				}
			})
		})
	}
}

func TestSessionThatEnds(t *testing.T) {
	t.Parallel()
	host := &fakeHost{t: t, name: "fe01", exit: 3, stderr: "#< CLIXML\r\n<Objs Version=\"1.1.0.1\" xmlns=\"http://schemas.microsoft.com/powershell/2004/04\"><Obj S=\"progress\" RefId=\"0\"><TN RefId=\"0\"/></Obj><S S=\"Error\">Out of memory_x000D__x000A_</S></Objs>"}
	host.run = func(f *far) { f.hello(); f.line(); f.say(`#hybrid j {"id":2,"rows":[]}`) }
	s, err := Start(t.Context(), host, Open{}, SessionOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	err = s.Call(t.Context(), get, CallOptions{})
	var lost *LostError
	if !errors.As(err, &lost) || !lost.Sent || !strings.HasSuffix(err.Error(), ": PowerShell has ended with exit code 3: Out of memory") {
		t.Errorf("%v", err)
	}
	if err := s.Call(t.Context(), get, CallOptions{}); !errors.As(err, &lost) || lost.Sent {
		t.Errorf("the next call: %v", err)
	}
}

func TestAnswersThatDoNotFit(t *testing.T) {
	t.Parallel()
	for answer, want := range map[string]string{
		`#hybrid j {"id":1,"done":true}`:                   "an answer belongs to another request",
		`#hybrid j {"done":true}`:                          "an answer belongs to another request",
		`#hybrid j {"id":2,`:                               "its answer is damaged",
		`#hybrid z H4sIAAAAAAAA`:                           "its answer is damaged",
		`#hybrid j {"id":null,"error":{"message":"bad"}}`:  "the agent could not read the request: bad",
		"#hybrid z " + pack(`{"id":2,"done":true}`)[:30]:   "its answer is damaged",
		"#hybrid z " + pack(`{"id":2,"done":true}{}`):      "is followed by something else",
		`#hybrid j {"id":2,"done":true,"rows":"not rows"}`: "its answer is damaged",
	} {
		s := open(t, served(func(f *far, _ int64, _ string) { f.say("%s", answer) }))
		err := s.Call(t.Context(), get, CallOptions{})
		var lost *LostError
		if !errors.As(err, &lost) || !lost.Sent || !strings.Contains(err.Error(), want) || !s.Lost() {
			t.Errorf("%s: %v, want %s", answer, err, want)
		}
	}
}

func TestNotTheAgent(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, stderr string
		run          func(*far)
		want         []string
	}{
		{"another program", "", func(f *far) { f.line(); f.say("Welcome\nto BusyBox") }, []string{"what answers on fe01 is not the host agent: it ended at once", "  | Welcome\n  | to BusyBox"}},
		{"nothing there", "'powershell.exe' is not recognized", func(f *far) {}, []string{"it ended at once", "'powershell.exe' is not recognized"}},
		{"constrained", "#< CLIXML\r\n<Objs><S S=\"Error\">Cannot invoke method.</S></Objs>", func(f *far) { f.line() }, []string{"exit code 1", "Cannot invoke method."}},
		{"another version", "", func(f *far) { f.line(); f.say(`#hybrid j {"hello":2}`); <-f.done }, []string{"it speaks another version of the protocol", `  | #hybrid j {"hello":2}`}},
		{"endless", "", func(f *far) { f.line(); f.say("%s", strings.Repeat("x", 500)) }, []string{"  | " + strings.Repeat("x", 200) + "\u2026"}},
		{"silent", "", func(f *far) { f.line() }, []string{"PowerShell has ended with exit code 1. It wrote nothing; is Windows PowerShell there"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			host := &fakeHost{t: t, name: "fe01", run: c.run, exit: 1, stderr: c.stderr}
			_, err := Start(t.Context(), host, Open{Credential: &Credential{"u", "hunter2"}}, SessionOptions{})
			var strange *ProtocolError
			if !errors.As(err, &strange) {
				t.Fatalf("%v", err)
			}
			for _, want := range c.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("got %s\nwant %s", err, want)
				}
			}
		})
	}
}

func TestMissing(t *testing.T) {
	t.Parallel()
	refusing := func(answer string) func(*far) {
		return func(f *far) {
			f.line()
			f.say(`#hybrid j {"hello":1}`)
			f.line()
			f.say("%s", answer)
			f.line()
		}
	}
	for _, c := range []struct {
		open   Open
		answer string
		want   string
	}{
		{Open{Cmdlets: []string{"Get-CsUser", "Move-CsUser"}, Optional: []string{"Get-CsRare"}}, "#hybrid j {\"id\":1,\"rows\":[\"get-csuser\"]}\n#hybrid j {\"id\":1,\"done\":true}", "fe01 has no cmdlet Move-CsUser. Check that the administrative tools"},
		{Open{Cmdlets: []string{"Get-CsUser"}, Endpoint: "https://pool01/OcsPowershell", Credential: &Credential{"u", "p"}}, `#hybrid j {"id":1,"done":true}`, "https://pool01/OcsPowershell does not offer Get-CsUser to this account"},
		{Open{Modules: []string{"SkypeForBusiness"}}, `#hybrid j {"id":1,"done":true,"error":{"kind":"Modules_ModuleNotFound,Microsoft.PowerShell.Commands.ImportModuleCommand","message":"no"}}`, "fe01 has no PowerShell module SkypeForBusiness. Install"},
	} {
		_, err := Start(t.Context(), &fakeHost{t: t, name: "fe01", run: refusing(c.answer)}, c.open, SessionOptions{})
		var missing *MissingError
		if !errors.As(err, &missing) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, want %s", err, c.want)
		}
	}
	_, err := Start(t.Context(), &fakeHost{t: t, name: "fe01", run: refusing(`#hybrid j {"id":1,"done":true,"error":{"message":"Access is denied."}}`)}, Open{}, SessionOptions{})
	if err == nil || err.Error() != "opening the session: Access is denied." {
		t.Errorf("%v", err)
	}
}

// Whatever a cmdlet or PowerShell repeats of a request, the password is not in errors, warnings or the log.
func TestPasswordsAreHidden(t *testing.T) {
	t.Parallel()
	const password = "hunt\u00e9r2"
	log := &bytes.Buffer{}
	host := &fakeHost{t: t, name: "fe01", run: served(func(f *far, id int64, line string) {
		if !strings.Contains(line, `hunt\u00e9r2`) {
			t.Errorf("the password did not arrive: %s", line)
		}
		f.say("console says %s", password)
		f.say(`#hybrid j {"id":%d,"warning":"with hunt\u00e9r2"}`, id)
		f.say(`#hybrid j {"id":%d,"done":true,"error":{"message":"cannot use hunt\\u00e9r2 or hunt\u00e9r2","kind":"hunt\u00e9r2"}}`, id)
	})}
	s, err := Start(t.Context(), host, Open{}, SessionOptions{Log: hclog.New(&hclog.LoggerOptions{Level: hclog.Trace, Output: log})})
	if err != nil {
		t.Fatal(err)
	}
	var warning string
	command := Command{"Move-CsUser", []Param{{"Credential", Credential{"u", password}}}}
	err = s.Call(t.Context(), command, CallOptions{Warning: func(text string) { warning = text }})
	if want := "Move-CsUser: cannot use (hidden) or (hidden)"; err == nil || err.Error() != want || warning != "with (hidden)" {
		t.Errorf("%v, warning %q", err, warning)
	}
	if text := fmt.Sprintf("%#v", err); strings.Contains(text, "hunt") {
		t.Error(text)
	}
	_ = s.Close()
	if text := log.String(); strings.Contains(text, "hunt") || !strings.Contains(text, "console says (hidden)") || !strings.Contains(text, "cmdlet=Move-CsUser") {
		t.Errorf("log: %s", text)
	}
}

func TestSessionServesOneCallAtATime(t *testing.T) {
	t.Parallel()
	working := make(chan struct{}, 1)
	s := open(t, served(func(f *far, id int64, _ string) {
		select {
		case working <- struct{}{}:
		default:
			t.Error("two calls at once")
		}
		f.say(`#hybrid j {"id":%d,"rows":[["x"]]}`, id)
		<-working
		f.say(`#hybrid j {"id":%d,"done":true}`, id)
	}))
	done := make(chan error)
	for range 10 {
		go func() {
			done <- s.Call(t.Context(), get, CallOptions{Select: []string{"A"}, Row: func([]any) error { return nil }})
		}()
	}
	for range 10 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}
