package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hybrid/internal/engine"
	"hybrid/internal/render"
	"hybrid/planner"
)

// planned plans a configuration in a lab of its own.
func planned(t testing.TB, dir string) (*app, *session, *engine.Planned) {
	t.Helper()
	a := &app{lab: true, out: io.Discard, err: io.Discard, logs: logWriter{w: io.Discard}, warned: map[string]bool{}}
	s, err := a.open(context.Background(), dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.close(); err != nil {
			t.Error(err)
		}
	})
	p, diags := s.engine.Plan(context.Background(), engine.Scope{})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	return a, s, p
}

// exampleCopy is one of the repository's examples in a folder of the test.
func exampleCopy(t testing.TB, name string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), name)
	if err := os.CopyFS(dir, os.DirFS(filepath.Join("..", "..", "examples", name))); err != nil {
		t.Fatal(err)
	}
	return dir
}

// What a saved plan shows, in every format, is what the plan shows, and it approves the same.
func TestASavedPlanIsThePlan(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"contoso", "split-dns", "user-waves", "oauth-trust", "modern-auth", "federation", "teams-only", "decommission"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, s, p := planned(t, exampleCopy(t, name))
			path, err := a.savePlan(t.TempDir(), s, scope{}, p, nil)
			if err != nil {
				t.Fatal(err)
			}
			f, err := readPlan(path)
			if err != nil {
				t.Fatal(err)
			}
			if want := fmt.Sprintf("%s-%.12s.plan", name, f.ID); filepath.Base(path) != want {
				t.Errorf("saved as %s, not as %s", path, want)
			}
			if diff := cmp.Diff(planner.Approve(p.Plan), f.Approval); diff != "" {
				t.Errorf("approves something else (-plan +saved):\n%s", diff)
			}
			explainsAlike(t, s, p, f)
			for _, format := range render.Formats() {
				o := render.Options{Header: "x", Users: true, ShowCommands: true, Steps: s.engine.Steps, Nodes: s.config.Nodes}
				live := written(t, format, p.Plan, o)
				o.Steps, o.Nodes = f.steps, f.nodes
				if diff := cmp.Diff(live, written(t, format, f.plan, o)); diff != "" {
					t.Errorf("%s (-plan +saved):\n%s", format, diff)
				}
			}
		})
	}
}

// explainsAlike asks why of every block, of the plan and of the saved one.
func explainsAlike(t *testing.T, s *session, p *engine.Planned, f *saved) {
	t.Helper()
	for _, node := range f.nodes {
		address := node.Address.String()
		live, err := render.Explain(p.Plan, address, render.WhyOptions{Nodes: s.config.Nodes, Objects: s.config.Objects, Steps: s.engine.Steps})
		kept, failed := render.Explain(f.plan, address, render.WhyOptions{Nodes: f.nodes, Steps: f.steps})
		if err != nil || failed != nil {
			if fmt.Sprint(err) != fmt.Sprint(failed) {
				t.Errorf("%s: %v, saved %v", address, err, failed)
			}
			continue
		}
		var texts [2]bytes.Buffer
		for n, all := range [][]render.Why{live, kept} {
			if err := render.WhyText(&texts[n], all, render.WhyOptions{}); err != nil {
				t.Fatal(err)
			}
		}
		if diff := cmp.Diff(texts[0].String(), texts[1].String()); diff != "" {
			t.Errorf("why %s (-plan +saved):\n%s", address, diff)
		}
	}
}

func written(t *testing.T, format string, p *planner.Plan, o render.Options) string {
	t.Helper()
	var b bytes.Buffer
	if err := render.Write(&b, format, p, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// Whatever is done to a plan file, it is refused, or it is not a plan any more.
func TestNoChangeToASavedPlanGoesUnseen(t *testing.T) {
	t.Parallel()
	a, s, p := planned(t, exampleCopy(t, "oauth-trust"))
	path, err := a.savePlan(filepath.Join(t.TempDir(), "a.plan"), s, scope{}, p, nil)
	if err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for at := 0; at < len(whole); at += 1 + len(whole)/500 {
		torn := bytes.Clone(whole)
		torn[at] ^= 1
		for what, content := range map[string][]byte{"a bit flipped": torn, "cut off": whole[:at]} {
			if _, err := parsePlan(content, "a.plan"); err == nil {
				t.Errorf("%s at %d: taken for a plan", what, at)
			}
		}
	}
	for want, content := range map[string][]byte{
		"its lines end as those of Windows": bytes.ReplaceAll(whole, []byte("\n"), []byte("\r\n")),
		"a byte order mark":                 append([]byte("\xef\xbb\xbf"), whole...),
		"UTF-16":                            utf16LE(whole),
		"was changed after it was made":     bytes.Replace(whole, []byte(" "), []byte("\x00"), 1),
	} {
		if _, err := parsePlan(content, "a.plan"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
	if _, err := parsePlan(append(whole, '\n'), "a.plan"); err == nil {
		t.Error("a line more: taken for a plan")
	}
}

// utf16LE is a text of ASCII as Windows PowerShell redirects it.
func utf16LE(text []byte) []byte {
	wide := []byte("\xff\xfe")
	for _, b := range text {
		wide = append(wide, b, 0)
	}
	return wide
}

// A plan is saved over another plan, and over nothing else that there is.
func TestAPlanIsNotSavedOverAnythingElse(t *testing.T) {
	t.Parallel()
	dir := exampleCopy(t, "oauth-trust")
	a, s, p := planned(t, dir)
	path := filepath.Join(t.TempDir(), "a.plan")
	for range 2 {
		if _, err := a.savePlan(path, s, scope{}, p, nil); err != nil {
			t.Fatal(err)
		}
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.hcl"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, other := range []string{files[0], os.DevNull} {
		before, _ := os.Stat(other)
		if _, err := a.savePlan(other, s, scope{}, p, nil); err == nil || !strings.Contains(err.Error(), "is not a saved plan, so it is left as it is") {
			t.Errorf("%s: %v", other, err)
		}
		if after, err := os.Stat(other); err != nil || after.Mode() != before.Mode() || after.Size() != before.Size() {
			t.Errorf("%s is not as it was", other)
		}
	}
}
