package docs_test

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// A picture is what a terminal shows of a command: docs/pictures/NAME.svg.
type picture struct {
	name, title string
	before      []string // commands that make things ready
	command     string
	underWay    func(lines []string) bool // the moment to show; nil is the end
}

const pictureColumns = 100

// terminalPictures are those of the README.
var terminalPictures = []picture{
	{
		name: "plan", title: "hybrid plan on a terminal: the last users move to the cloud, and DNS follows them",
		command: "hybrid plan --lab examples/teams-only",
	},
	{
		name: "apply", title: "hybrid apply on a terminal, while users of the second of three sites are moved",
		before: []string{
			"hybrid lab people 600 >examples/rehearsal/users.csv",
			"hybrid lab reset examples/rehearsal",
			"hybrid lab set examples/rehearsal clock.at=2026-11-28T22:00:00+01:00 clock.skips=true",
			"hybrid lab fault --kind lag --cmdlet Move-CsUser --delay 5s --most 20s examples/rehearsal",
			"hybrid lab set examples/rehearsal tenant.unlicensed=sip:barbara.lovelace000132@contoso.com",
			"hybrid lab fault --kind throttle --from 22:02 --until 22:03 examples/rehearsal",
		},
		command: "hybrid apply --lab --auto-approve examples/rehearsal >plan.txt",
		underWay: func(lines []string) bool {
			m := hamburgForm.FindStringSubmatch(lines[len(lines)-1])
			if m == nil {
				return false
			}
			moved, err := strconv.Atoi(m[1])
			return err == nil && moved > 80 && moved < 170
		},
	},
}

var hamburgForm = regexp.MustCompile(`\["Hamburg"\]  \[=.*\]  (\d+) of 219  .*left`)

// TestPictures runs the commands of the pictures on terminals, and holds every line of the pictures to what is shown there at
// some time. With -update they are drawn anew.
func TestPictures(t *testing.T) {
	t.Parallel()
	for _, p := range terminalPictures {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			at, seen := p.watch(t)
			path := filepath.Join("pictures", p.name+".svg")
			if *update {
				if at == nil {
					t.Fatal("the moment to show was not there: try again")
				}
				prompt := &screen{columns: pictureColumns}
				if _, err := io.WriteString(prompt, "\x1b[2m$\x1b[0m \x1b[1m"+p.command+"\x1b[0m"); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, []byte(drawing(p.title, pictureColumns, append(prompt.lines, at...))), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			lines, err := drawn(read(t, path))
			if err != nil || len(lines) < 10 || lines[0] != "$ "+p.command {
				t.Fatalf("%s has %q, %v", path, lines, err)
			}
			for _, line := range lines[1:] {
				if !seen[alike(line)] {
					t.Errorf("%s shows what the program no longer does; add -update to draw it anew: %s", path, line)
				}
			}
		})
	}
}

var (
	barForm     = regexp.MustCompile(`\[[=>]* *\].*`)
	numbersForm = regexp.MustCompile(`\d+`)
)

// alike is a line without what differs between two runs: numbers, and how far a bar is.
func alike(line string) string {
	line = barForm.ReplaceAllString(strings.TrimRight(line, " "), "[…]")
	return numbersForm.ReplaceAllString(line, "…")
}

// watch runs a picture's command, and returns what is to be seen at its moment, and each line, made alike, that was shown at
// any time.
func (p picture) watch(t *testing.T) (at [][]cell, seen map[string]bool) {
	dir := t.TempDir()
	if err := os.CopyFS(filepath.Join(dir, "examples"), os.DirFS(filepath.Join("..", "examples"))); err != nil {
		t.Fatal(err)
	}
	for _, command := range p.before {
		if out, code := run(t, "sh", dir, command); code != 0 {
			t.Fatalf("%s\n%s", command, out)
		}
	}
	seen = map[string]bool{}
	s := &screen{columns: pictureColumns}
	s.redrawn = func() {
		lines := text(s.lines)
		for _, line := range lines {
			seen[alike(line)] = true
		}
		if p.underWay != nil && p.underWay(lines) {
			at = append([][]cell(nil), s.lines...)
		}
	}
	onTerminal(t, dir, p.command, s)
	s.redrawn()
	if p.underWay == nil {
		at = s.lines
	}
	return at, seen
}

// onTerminal runs a command in a terminal of its own, and writes what it shows to w.
func onTerminal(t *testing.T, dir, command string, w io.Writer) {
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Skip("NOT TESTED: no terminals here to show the pictures' commands on: ", err)
	}
	defer master.Close()
	fd := int(master.Fd())
	number, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0)
	}
	if err == nil {
		err = unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Row: 50, Col: pictureColumns})
	}
	if err != nil {
		t.Fatal(err)
	}
	terminal, err := os.OpenFile("/dev/pts/"+strconv.Itoa(number), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command("sh", "-c", command)
	c.Dir = dir
	c.Env = []string{"PATH=" + filepath.Dir(hybrid) + ":" + os.Getenv("PATH"), "HOME=" + dir, "TERM=xterm-256color"}
	c.Stdin, c.Stdout, c.Stderr = terminal, terminal, terminal
	c.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	terminal.Close()
	_, _ = io.Copy(w, master) // ends with an error when the last who has the terminal open is gone (pty(7))
	if err := c.Wait(); err != nil && c.ProcessState.ExitCode() != 4 {
		t.Errorf("%s: %v", command, err)
	}
}
