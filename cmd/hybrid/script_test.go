package main

import (
	"encoding/json"
	"encoding/pem"
	"errors"
	"flag"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "rewrite the outputs in testdata/script that cmp compares with")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"hybrid": main})
}

// TestScript runs the stories in testdata/script, each in a folder of its own.
func TestScript(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir:                "testdata/script",
		UpdateScripts:      *update,
		RequireUniqueNames: true,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":      exits,
			"example":    example,
			"replace":    replace,
			"freeport":   freePort,
			"expand":     expand,
			"answers":    answers,
			"labkeys":    labKeys,
			"json":       jsonLines,
			"secretless": secretless,
		},
	})
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
	ts.Check(os.CopyFS(ts.MkAbs(args[0]), os.DirFS(filepath.Join(repository, "examples", args[0]))))
}

// repository is the root of the source tree; tests run in their package's folder.
var repository = func() string {
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		panic(err)
	}
	return root
}()

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

// only checks how a command was called; none of these can be negated.
func only(ts *testscript.TestScript, neg bool, args []string, n int, usage string) {
	if neg || len(args) != n {
		ts.Fatalf("usage: %s", usage)
	}
}
