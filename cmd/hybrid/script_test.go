package main

import (
	"encoding/json"
	"encoding/pem"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"hybrid/internal/journal"
)

var update = flag.Bool("update", false, "rewrite the outputs in testdata/script that cmp compares with")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"hybrid": func() { atHour(); atTerm(); main() }})
}

// TestScript runs the stories in testdata/script, each in a folder of its own.
func TestScript(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir:                "testdata/script",
		UpdateScripts:      *update,
		RequireUniqueNames: true,
		Condition:          condition,
		Setup: func(env *testscript.Env) error { // what scripts are run in is in no repository, even where all temporary files are
			env.Setenv("GIT_CEILING_DIRECTORIES", filepath.Dir(env.WorkDir))
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":        exits,
			"example":      example,
			"replace":      replace,
			"freeport":     freePort,
			"closedwindow": closedWindow,
			"certificate":  certificate,
			"journalled":   journalled,
			"listed":       listed,
			"named":        named,
			"damage":       damage,
			"tear":         tear,
			"lock":         lock,
			"expand":       expand,
			"answers":      answers,
			"appears":      appears,
			"labkeys":      labKeys,
			"json":         jsonLines,
			"secretless":   secretless,
			"nameserver":   nameServer,
			"resolver":     resolver,
			"azurite":      azurite,
			"hook":         hook,
			"issued":       issued,
			"explained":    explained,
			"private":      private,
		},
	})
}

// condition says what this machine can do: [azurite] holds where Azure's emulator is on PATH; [elsewhere] holds where a program can be run under another host name by another
// user, as unshare(1) does.
func condition(name string) (bool, error) {
	if name == "azurite" {
		_, err := exec.LookPath("azurite-blob")
		return err == nil, nil
	}
	if name != "elsewhere" {
		return false, fmt.Errorf("there is no condition %q", name)
	}
	return exec.Command("unshare", "--user", "--map-root-user", "--uts", "sh", "-c", "hostname other && exec unshare --user --map-user=65534 true").Run() == nil, nil
}

// exits CODE PROGRAM [ARG]... runs a program and holds it to an exit code.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM [ARG]...")
	}
	code := 0
	var exit *exec.ExitError
	if err := ts.Exec(args[1], args[2:]...); errors.As(err, &exit) {
		code = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if strconv.Itoa(code) != args[0] {
		ts.Fatalf("exit code %d, not %s", code, args[0])
	}
}

// example NAME copies one of the repository's examples into the folder of the script.
func example(ts *testscript.TestScript, neg bool, args []string) {
	only(ts, neg, args, 1, "example NAME")
	ts.Check(os.CopyFS(ts.MkAbs(args[0]), os.DirFS(filepath.Join("..", "..", "examples", args[0]))))
}

// replace FILE OLD NEW edits a file. It fails where OLD does not stand in it.
func replace(ts *testscript.TestScript, neg bool, args []string) {
	only(ts, neg, args, 3, "replace FILE OLD NEW")
	content := ts.ReadFile(args[0])
	if !strings.Contains(content, args[1]) {
		ts.Fatalf("%s does not hold %q", args[0], args[1])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(strings.ReplaceAll(content, args[1], args[2])), 0o600))
}

// expand FILE TO copies a file with the values of the script's variables in place of ${NAME}.
func expand(ts *testscript.TestScript, neg bool, args []string) {
	only(ts, neg, args, 2, "expand FILE TO")
	content := os.Expand(ts.ReadFile(args[0]), ts.Getenv)
	ts.Check(os.MkdirAll(filepath.Dir(ts.MkAbs(args[1])), 0o700))
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(content), 0o600))
}

// freePort NAME... sets variables to ports that nobody listens on.
func freePort(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: freeport NAME...")
	}
	for _, name := range args {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		ts.Check(err)
		defer l.Close()
		ts.Setenv(name, strconv.Itoa(l.Addr().(*net.TCPAddr).Port))
	}
}

// closedWindow NAME sets a variable to a time of day, HH:MM in UTC, twelve hours from now.
func closedWindow(ts *testscript.TestScript, neg bool, args []string) {
	only(ts, neg, args, 1, "closedwindow NAME")
	ts.Setenv(args[0], time.Now().UTC().Add(12*time.Hour).Format("15:04"))
}

// answers PORT waits until somebody listens on a port of this machine.
func answers(ts *testscript.TestScript, neg bool, args []string) {
	only(ts, neg, args, 1, "answers PORT")
	for deadline := time.Now().Add(30 * time.Second); ; {
		c, err := net.Dial("tcp", net.JoinHostPort("127.0.0.1", args[0]))
		if err == nil {
			ts.Check(c.Close())
			return
		}
		if time.Now().After(deadline) {
			ts.Fatalf("nobody listens on port %s: %v", args[0], err)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// appears TEXT DIR waits until a text stands in one of the files of a folder.
func appears(ts *testscript.TestScript, neg bool, args []string) {
	only(ts, neg, args, 2, "appears TEXT DIR")
	for deadline := time.Now().Add(30 * time.Second); ; {
		files, err := filepath.Glob(filepath.Join(ts.MkAbs(args[1]), "*"))
		ts.Check(err)
		for _, file := range files {
			if content, err := os.ReadFile(file); err == nil && strings.Contains(string(content), args[0]) {
				return
			}
		}
		if time.Now().After(deadline) {
			ts.Fatalf("%q stands in none of the %d files in %s", args[0], len(files), args[1])
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// labKeys DIR gives a script what it needs to be a client of the lab of DIR: the password in $LAB_PASSWORD, the key of
// the name servers in $LAB_TSIG, and the certificate of the authority in DIR/ca.pem.
func labKeys(ts *testscript.TestScript, neg bool, args []string) {
	only(ts, neg, args, 1, "labkeys DIR")
	var keys struct{ CA, Password, TSIG string }
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(filepath.Join(args[0], ".hybrid", "lab.keys.json"))), &keys))
	if block, _ := pem.Decode([]byte(keys.CA)); block == nil || keys.Password == "" || keys.TSIG == "" {
		ts.Fatalf("the keys of the lab are not whole")
	}
	ts.Setenv("LAB_PASSWORD", keys.Password)
	ts.Setenv("LAB_TSIG", keys.TSIG)
	ts.Check(os.WriteFile(ts.MkAbs(filepath.Join(args[0], "ca.pem")), []byte(keys.CA), 0o600))
}

// jsonLines FILE checks that every line of a file (stdout, too) is a JSON document, or that the whole is one.
func jsonLines(ts *testscript.TestScript, neg bool, args []string) {
	only(ts, neg, args, 1, "json FILE")
	content := strings.TrimSpace(ts.ReadFile(args[0]))
	if content == "" {
		ts.Fatalf("%s is empty", args[0])
	}
	if json.Valid([]byte(content)) {
		return
	}
	for n, line := range strings.Split(content, "\n") {
		if !json.Valid([]byte(line)) {
			ts.Fatalf("%s:%d: neither the whole nor this line is JSON: %s", args[0], n+1, line)
		}
	}
}

// secretless TEXT DIR fails where a text stands in any file below a folder, or where there is no file.
func secretless(ts *testscript.TestScript, neg bool, args []string) {
	only(ts, neg, args, 2, "secretless TEXT DIR")
	files := 0
	ts.Check(filepath.WalkDir(ts.MkAbs(args[1]), func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		files++
		if strings.Contains(ts.ReadFile(path), args[0]) {
			ts.Fatalf("%q stands in %s", args[0], path)
		}
		return nil
	}))
	if files == 0 {
		ts.Fatalf("there is no file in %s", args[1])
	}
}

// journalled TEXT DIR fails unless a text stands in one of the journals in a folder, and sets $JOURNAL to the last of them.
func journalled(ts *testscript.TestScript, neg bool, args []string) {
	only(ts, neg, args, 2, "journalled TEXT DIR")
	runs, _ := journal.List(ts.MkAbs(args[1])) // the latest first; files that are damaged on purpose may lie beside them
	found := false
	for _, run := range runs {
		found = found || strings.Contains(ts.ReadFile(run.Path), args[0])
	}
	if !found {
		ts.Fatalf("%q stands in none of the %d journals in %s", args[0], len(runs), args[1])
	}
	ts.Setenv("JOURNAL", runs[0].Path)
}

// tear FILE leaves of the last line of a file its first half, as a crash may.
func tear(ts *testscript.TestScript, neg bool, args []string) {
	only(ts, neg, args, 1, "tear FILE")
	content := strings.TrimSuffix(ts.ReadFile(args[0]), "\n")
	last := content[strings.LastIndexByte(content, '\n')+1:]
	ts.Check(os.WriteFile(args[0], []byte(content[:len(content)-len(last)/2]), 0o600))
}

// listed DIR fails unless a list of what failed lies in a folder of journals, for its owner only, and sets $LISTED to the last.
func listed(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: listed DIR")
	}
	lists, err := filepath.Glob(filepath.Join(ts.MkAbs(args[0]), "*"+failedSuffix))
	ts.Check(err)
	if (len(lists) == 0) != neg {
		ts.Fatalf("%d lists of what failed in %s", len(lists), args[0])
	}
	if neg {
		return
	}
	last := lists[len(lists)-1]
	info, err := os.Stat(last)
	ts.Check(err)
	if mode := info.Mode().Perm(); runtime.GOOS != "windows" && mode != 0o600 {
		ts.Fatalf("%s has mode %o", last, mode)
	}
	ts.Setenv("LISTED", last)
}

// lock DIR begins a run in a folder of journals and does not end it before the script does.
func lock(ts *testscript.TestScript, neg bool, args []string) {
	only(ts, neg, args, 1, "lock DIR")
	book, err := journal.Begin(ts.MkAbs(args[0]), journal.Run{Command: "apply", Who: "somebody else"})
	ts.Check(err)
	ts.Defer(func() { ts.Check(book.End(journal.Summary{Result: "done"})) })
}

// only checks how a command was called; none of these can be negated.
func only(ts *testscript.TestScript, neg bool, args []string, n int, usage string) {
	if neg || len(args) != n {
		ts.Fatalf("usage: %s", usage)
	}
}
