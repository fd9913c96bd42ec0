package wsman

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func read(t *testing.T, name string) []byte {
	t.Helper()
	body, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

func TestOutput(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		want    output
		failure string
	}{
		{name: "running.xml", want: output{stdout: []byte("That's all folks!!!"), stderr: []byte("Warning")}},
		{name: "done.xml", want: output{stdout: []byte("last"), done: true, exit: -1}},
		{name: "done-without-code.xml", want: output{done: true}},
		{name: "damaged.xml", want: output{stdout: []byte("good")}, failure: "the output is damaged: stdout: illegal base64"},
	} {
		answer, err := parse(read(t, c.name))
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		got, err := answer.output()
		if diff := cmp.Diff(c.want, got, cmp.AllowUnexported(output{})); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
		if (err == nil) != (c.failure == "") || err != nil && !strings.Contains(err.Error(), c.failure) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestFaults(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		want Fault
	}{
		{"timeout.xml", Fault{
			Code: CodeOperationTimeout, Subcode: "w:TimedOut", Machine: "fe01",
			Reason: "The WS-Management service cannot complete the operation within the time specified in OperationTimeout",
		}},
		{"provider.xml", Fault{Code: CodePathTooLong, Subcode: "w:InternalError", Machine: "fe01", Reason: "The filename or extension is too long"}},
		{"wmi.xml", Fault{
			Code: CodeTooManyOperations, Subcode: "w:InternalError",
			Reason: "The maximum number of concurrent operations for this user has been exceeded",
		}},
	} {
		answer, err := parse(read(t, c.name))
		if err != nil || answer.Body.Fault == nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		c.want.Address = "fe01:5986"
		if diff := cmp.Diff(&c.want, answer.Body.Fault.error("fe01:5986")); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
	// The library's client, used over our transport, knows a timeout by this word only.
	if f := (&Fault{Code: CodeOperationTimeout, Reason: "within OperationTimeout"}); !f.TimedOut() || !strings.Contains(f.Error(), "OperationTimeout") {
		t.Error(f)
	}
}

func TestShellIdentifierFromServerIsEscaped(t *testing.T) {
	t.Parallel()
	if got := escape(`a"b<c>&d`); got != `a&quot;b&lt;c>&amp;d` {
		t.Error(got)
	}
}

func FuzzAnswer(f *testing.F) {
	for _, name := range []string{"running.xml", "done.xml", "damaged.xml", "timeout.xml", "provider.xml", "wmi.xml", "created.xml"} {
		body, err := os.ReadFile("testdata/" + name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		answer, err := parse(body)
		if err != nil {
			return
		}
		if answer.Body.Fault != nil && answer.Body.Fault.error("h").Error() == "" {
			t.Error("a fault without a message")
		}
		if id, err := answer.shell(); err == nil && strings.TrimSpace(id) == "" {
			t.Error("a shell without an identifier")
		}
		if id, err := answer.command(); err == nil && strings.TrimSpace(id) == "" {
			t.Error("a command without an identifier")
		}
		if _, err := answer.output(); err == nil && answer.Action == "" {
			t.Error("output without an action")
		} else if err != nil && errors.Is(err, errNotAnswer) == (strings.TrimSpace(answer.Action) == receiveResponse) {
			t.Errorf("wrong refusal: %v", err)
		}
	})
}
