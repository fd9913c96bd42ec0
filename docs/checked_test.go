package docs_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A page may say of a fenced block what it is, in a comment on the line before:
//
//	<!-- checked: COMMAND -->          what COMMAND prints, on standard output and error
//	<!-- checked, exit 3: COMMAND -->  the same of a command that ends with an exit code
//	<!-- file: PATH -->                a file
//
// Each page is gone through from top to bottom in a folder of its own that holds a copy of examples: files are written,
// commands are run in a shell, and what they print is compared. The first line of a checked block may be the command
// after a dollar sign. A line "…" stands for any number of lines, a … in a line for any text in it.
var blockForm = regexp.MustCompile("(?m)^<!-- (checked|file)(?:, exit (\\d+))?: (.+) -->\n```[a-z]*\n((?s:.*?))^```$")

// TestWhatPagesShow runs every marked block.
func TestWhatPagesShow(t *testing.T) {
	t.Parallel()
	shell, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("NOT TESTED: there is no sh on PATH to run the commands of the pages with")
	}
	checked := 0
	for page, text := range pages(t) {
		blocks := blockForm.FindAllStringSubmatch(text, -1)
		if marks := strings.Count(text, "\n<!-- checked") + strings.Count(text, "\n<!-- file:"); marks != len(blocks) {
			t.Errorf("%s has %d marks and %d blocks behind them", page, marks, len(blocks))
		}
		checked += len(blocks)
		t.Run(filepath.Base(page), func(t *testing.T) {
			t.Parallel()
			walk(t, shell, blocks)
		})
	}
	if checked < 20 {
		t.Errorf("only %d blocks are checked", checked)
	}
}

// walk goes through the blocks of a page.
func walk(t *testing.T, shell string, blocks [][]string) {
	dir := t.TempDir()
	if err := os.CopyFS(filepath.Join(dir, "examples"), os.DirFS(filepath.Join("..", "examples"))); err != nil {
		t.Fatal(err)
	}
	for _, b := range blocks {
		kind, exit, what, content := b[1], b[2], b[3], b[4]
		if kind == "file" {
			write(t, filepath.Join(dir, what), content)
			continue
		}
		if missing := missingTool(what); missing != "" {
			t.Logf("NOT TESTED: %s: there is no %s on PATH", what, missing)
			continue
		}
		want := strings.TrimPrefix(content, "$ "+what+"\n")
		got, code := run(t, shell, dir, what)
		if exit == "" {
			exit = "0"
		}
		if strconv.Itoa(code) != exit {
			t.Errorf("$ %s\nended with %d, not %s:\n%s", what, code, exit, got)
		} else if !matches(want, got) {
			t.Errorf("$ %s\n(-the page +the program):\n%s", what, cmp.Diff(changing.ReplaceAllString(want, ""), changing.ReplaceAllString(got, "")))
		}
	}
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(content), 0o600)); err != nil {
		t.Fatal(err)
	}
}

// missingTool names a program that a command needs and this machine lacks.
func missingTool(command string) string {
	for _, tool := range []string{"jq"} {
		if _, err := exec.LookPath(tool); err != nil && strings.Contains(command, tool+" ") {
			return tool
		}
	}
	return ""
}

// run runs a command as a page shows it, without the environment of whoever runs the tests.
func run(t *testing.T, shell, dir, command string) (string, int) {
	t.Helper()
	c := exec.Command(shell, "-c", command)
	c.Dir = dir
	c.Env = []string{"PATH=" + filepath.Dir(hybrid) + string(os.PathListSeparator) + os.Getenv("PATH"), "HOME=" + dir}
	out, err := c.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return string(out), c.ProcessState.ExitCode()
}

// changing is what no two runs have in common: how long something took, how many sessions were opened side by side, and
// the names of runs.
var changing = regexp.MustCompile(` (in|after) \d+\.\d s| \d+ round trips|\d{8}T\d{6}Z-(?:apply|rollback)-[0-9a-f]{4}`)

func matches(want, got string) bool {
	var form strings.Builder
	for line := range strings.Lines(changing.ReplaceAllString(want, "")) {
		if strings.TrimSpace(line) == "…" {
			form.WriteString(`(?:.*\n)*?`)
			continue
		}
		form.WriteString(strings.ReplaceAll(regexp.QuoteMeta(line), "…", ".*"))
	}
	return regexp.MustCompile(`\A` + form.String() + `\z`).MatchString(changing.ReplaceAllString(got, ""))
}

func TestMatches(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		want, got string
		same      bool
	}{
		{"created in 0.1 s\n", "created\n", true},
		{"a\n…\nd\n", "a\nb\nc\nd\n", true},
		{"a\n…\nd\n", "a\nb\nc\n", false},
		{"a … z\n", "a b c z\n", true},
		{"a\n", "a\nb\n", false},
		{"a.c\n", "abc\n", false},
		{"Read in 3 round trips.\n", "Read in 4 round trips.\n", true},
		{"Journal: 20261122T071533Z-apply-268a.jsonl\n", "Journal: 20261201T000000Z-apply-ffff.jsonl\n", true},
	} {
		if matches(c.want, c.got) != c.same {
			t.Errorf("%q and %q", c.want, c.got)
		}
	}
}
