package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The program runs in three ways in tests: within the test, which is quickest; as a process that can be killed or interrupted; and
// built as it is shipped, where it is measured.

// hybrid runs the program within this process and holds it to an exit code.
func hybrid(t *testing.T, code int, args ...string) string {
	t.Helper()
	var told bytes.Buffer
	if got := run(args, os.Stdin, &told, &told); got != code {
		t.Fatalf("hybrid %s ended with %d, not %d:\n%s", strings.Join(args, " "), got, code, told.String())
	}
	return told.String()
}

// process is this test's program as `hybrid`, with arguments: [TestMain] tells by the name.
func process(env []string, args ...string) *exec.Cmd {
	self, err := os.Executable()
	if err != nil {
		panic(err)
	}
	return &exec.Cmd{Path: self, Args: append([]string{"hybrid"}, args...), Env: append(os.Environ(), env...)}
}

// built is the program, built for a benchmark.
func built(b *testing.B) string {
	b.Helper()
	binary := filepath.Join(b.TempDir(), "hybrid")
	if out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	return binary
}

// runBinary runs a command that is to succeed.
func runBinary(b *testing.B, binary string, args ...string) {
	b.Helper()
	if out, err := exec.Command(binary, args...).CombinedOutput(); err != nil {
		b.Fatalf("%q: %v: %s", args, err, out)
	}
}
