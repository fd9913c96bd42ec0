package docs_test

import (
	"errors"
	"fmt"
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
//	<!-- checked -->                   the same of the command that the block begins with, after a dollar sign
//	<!-- file: PATH -->                a file
//	<!-- added to: PATH -->            what is added to a file, after an empty line
//	<!-- changed in: PATH -->          lines of a file, "-", and what they become, "+"
//	<!-- folder: NAME -->              the commands by which a reader makes a folder and goes into it
//
// Each page is gone through from top to bottom in a folder of its own: files are written, commands are run in a shell, and
// what they print is compared. That folder holds a copy of examples; tutorials begin in an empty one. The first line of
// a checked block may be the command after a dollar sign. A line "…" stands for any number of lines, a … in a line for any
// text in it.
var blockForm = regexp.MustCompile("(?m)^<!-- (checked|file|added to|changed in|folder)(?:, exit (\\d+))?(?:: (.+))? -->\n```[a-z]*\n((?s:.*?))^```$")

var markForm = regexp.MustCompile(`(?m)^<!-- (checked|file|added to|changed in|folder)\b`)

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
		if marks := len(markForm.FindAllString(text, -1)); marks != len(blocks) {
			t.Errorf("%s has %d marks and %d blocks behind them", page, marks, len(blocks))
		}
		checked += len(blocks)
		t.Run(filepath.Base(page), func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			if !isTutorial(page) {
				copyExamples(t, dir)
			}
			walk(t, shell, dir, blocks)
		})
	}
	if checked < 20 {
		t.Errorf("only %d blocks are checked", checked)
	}
}

func copyExamples(t *testing.T, dir string) {
	t.Helper()
	if err := os.CopyFS(filepath.Join(dir, "examples"), os.DirFS(filepath.Join("..", "examples"))); err != nil {
		t.Fatal(err)
	}
}

// walk goes through the blocks of a page, which begins in the folder dir.
func walk(t *testing.T, shell, dir string, blocks [][]string) {
	for _, b := range blocks {
		kind, exit, what, content := b[1], b[2], b[3], b[4]
		switch kind {
		case "folder":
			dir = filepath.Join(dir, what)
			if err := os.Mkdir(dir, 0o700); err != nil {
				t.Fatal(err)
			}
		case "file":
			write(t, filepath.Join(dir, what), content)
		case "added to":
			write(t, filepath.Join(dir, what), read(t, filepath.Join(dir, what))+"\n"+content)
		case "changed in":
			changed, err := change(read(t, filepath.Join(dir, what)), content)
			if err != nil {
				t.Errorf("%s: %v", what, err)
			}
			write(t, filepath.Join(dir, what), changed)
		default:
			command, want := shown(what, content)
			hold(t, shell, dir, command, exit, want)
		}
	}
}

// shown are the command of a checked block, by its mark or its first line, and what it prints.
func shown(mark, content string) (command, output string) {
	if mark != "" {
		return mark, strings.TrimPrefix(content, "$ "+mark+"\n")
	}
	first, rest, _ := strings.Cut(content, "\n")
	return strings.TrimPrefix(first, "$ "), rest
}

// hold runs a command and holds it to its exit code, 0 where the page gives none, and to what it prints.
func hold(t *testing.T, shell, dir, command, exit, want string) {
	t.Helper()
	if missing := missingTool(command); missing != "" {
		t.Logf("NOT TESTED: %s: there is no %s on PATH", command, missing)
		return
	}
	got, code := run(t, shell, dir, command)
	if exit == "" {
		exit = "0"
	}
	if strconv.Itoa(code) != exit {
		t.Errorf("$ %s\nended with %d, not %s:\n%s", command, code, exit, got)
	} else if !matches(want, got) {
		t.Errorf("$ %s\n(-the page +the program):\n%s", command, cmp.Diff(changing.ReplaceAllString(want, ""), changing.ReplaceAllString(got, "")))
	}
}

// change replaces the lines of a text that a difference takes away by those that it adds. They must be there once.
func change(text, difference string) (string, error) {
	var before, after strings.Builder
	for line := range strings.Lines(difference) {
		sign, rest := line[:1], line[1:]
		if sign == "-" || sign == " " {
			before.WriteString(rest)
		}
		if sign == "+" || sign == " " {
			after.WriteString(rest)
		}
	}
	text, old := "\n"+text, "\n"+before.String()
	at := strings.Index(text, old)
	if before.Len() == 0 || at < 0 || strings.LastIndex(text, old) != at {
		return text[1:], fmt.Errorf("these lines are not there once:\n%s", before.String())
	}
	return (text[:at] + "\n" + after.String() + text[at+len(old):])[1:], nil
}

func TestChange(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, difference, want string }{
		{"a\nb\nc\n", "-b\n+x\n", "a\nx\nc\n"},
		{"a\nb\nc\n", "-a\n b\n+x\n", "b\nx\nc\n"},
		{"a\nb\n", "-b\n", "a\n"},
		{"a\na\n", "-a\n+b\n", ""},
		{"ab\n", "-b\n+x\n", ""},
		{"a\n", "+b\n", ""},
	} {
		got, err := change(c.text, c.difference)
		if failed := err != nil; failed != (c.want == "") || !failed && got != c.want {
			t.Errorf("%q, %q: %q, %v", c.text, c.difference, got, err)
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
	return strings.ReplaceAll(string(out), "\r\n", "\n"), c.ProcessState.ExitCode() // a page does not show how lines end
}

// changing is what no two runs have in common: how long something took and whether a table has a column for it, how many
// sessions were opened side by side, and the names of runs.
var changing = regexp.MustCompile(`(?m) +time$| (in|after) \d+\.\d s| \d+ round trips|\d{8}T\d{6}Z-(?:apply|rollback)-[0-9a-f]{4}`)

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
