package docs_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var messageForm = regexp.MustCompile("(?m)^<!-- message: (.+) -->\n```json\n((?s:.*?))^```$")

// TestMessagesAreAsShown lets a run and drift be told to a server, and holds what it hears to the messages that the page shows. A text
// "…" of the page stands for any.
func TestMessagesAreAsShown(t *testing.T) {
	t.Parallel()
	heard := make(chan []byte, 4)
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		heard <- body
	}))
	defer s.Close()
	dir := filepath.Join(t.TempDir(), "federation")
	if err := os.CopyFS(dir, os.DirFS(filepath.Join("..", "examples", "federation"))); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "notify.hcl"), "notify \"ops\" {\n  on   = [\"run\", \"drift\"]\n  type = \"webhook\"\n  url  = \""+s.URL+"\"\n}\n")
	call := func(code int, args ...string) {
		t.Helper()
		c := exec.Command(hybrid, args...)
		c.Env = append(os.Environ(), "NO_PROXY=*")
		out, err := c.CombinedOutput()
		if c.ProcessState == nil || c.ProcessState.ExitCode() != code {
			t.Fatalf("hybrid %v: %v\n%s", args, err, out)
		}
	}
	call(0, "apply", "--lab", "--auto-approve", "--exclude", "allowed_domain", dir)
	<-heard
	call(0, "apply", "--lab", "--auto-approve", "--reason", "CHG-4711", "--target", `allowed_domain.partner["fabrikam.com"]`, dir)
	got := map[string][]byte{"run": <-heard}
	call(0, "apply", "--lab", "--auto-approve", dir)
	drain(heard)
	call(0, "lab", "run", dir, "--", "Set-CsAllowedDomain", "-Identity", "fabrikam.com", "-Comment", "by hand")
	call(2, "plan", "--lab", "--drift", dir)
	got["drift"] = <-heard
	shown := messageForm.FindAllStringSubmatch(pages(t)["notifications.md"], -1)
	if len(shown) != 2 {
		t.Fatalf("the page shows %d messages", len(shown))
	}
	for _, m := range shown {
		if diff := cmp.Diff(tree(t, []byte(m[2])), masked(tree(t, got[m[1]]), tree(t, []byte(m[2])))); diff != "" {
			t.Errorf("%s (-the page +the program):\n%s", m[1], diff)
		}
	}
}

func drain(heard chan []byte) {
	for len(heard) > 0 {
		<-heard
	}
}

func tree(t *testing.T, text []byte) any {
	t.Helper()
	var v any
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return v
}

// masked puts "…" where the page has it and the program a text.
func masked(got, shown any) any {
	if members, ok := got.(map[string]any); ok {
		of, _ := shown.(map[string]any)
		for name, v := range members {
			members[name] = masked(v, of[name])
		}
	}
	if text, ok := got.(string); ok && shown == "…" && text != "" {
		return shown
	}
	return got
}
