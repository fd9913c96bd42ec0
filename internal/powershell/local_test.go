package powershell

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"
)

// The test binary plays PowerShell where this variable names one of children.
const childVariable = "HYBRID_TEST_CHILD"

var children = map[string]func() int{
	"agent": func() int {
		lines := bufio.NewScanner(os.Stdin)
		lines.Buffer(nil, 1<<20)
		f := &far{t: nil, lines: lines, out: os.Stdout}
		f.hello()
		for line, ok := f.line(); ok; line, ok = f.line() {
			var request struct{ ID int64 }
			_ = json.Unmarshal([]byte(line), &request)
			f.say(`#hybrid j {"id":%d,"done":true}`, request.ID)
		}
		return 0
	},
	"fails": func() int { fmt.Fprint(os.Stderr, "no such module"); return 9 },
	"deaf": func() int { // takes no input, and has a child of its own
		sleeper := exec.Command(os.Args[0])
		sleeper.Env = append(os.Environ(), childVariable+"=sleeps")
		sleeper.Stdout = os.Stdout
		_ = sleeper.Start()
		fmt.Println(sleeper.Process.Pid)
		time.Sleep(time.Minute)
		return 0
	},
	"sleeps": func() int { time.Sleep(time.Minute); return 0 },
}

func localHost(t *testing.T, child string) Host {
	t.Setenv(childVariable, child)
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return Local(path)
}

func TestLocalSession(t *testing.T) {
	s, err := Start(t.Context(), localHost(t, "agent"), Open{Cmdlets: []string{"Get-CsX"}}, SessionOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if err := s.Call(t.Context(), get, CallOptions{}); err != nil {
			t.Error(err)
		}
	}
	began := time.Now()
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if code, known := s.process.ExitCode(); code != 0 || !known || time.Since(began) >= closeGrace {
		t.Errorf("the child ended by itself with %d (%v), after %s", code, known, time.Since(began))
	}
}

// Windows PowerShell comes before PowerShell 7 on Windows, also for a service without it on PATH: the management shells are its modules.
func TestWhichPowerShell(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ system, root, want string }{
		{"windows", `C:\Windows`, `powershell.exe C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe pwsh`},
		{"windows", "", "powershell.exe pwsh"},
		{"linux", `C:\Windows`, "pwsh powershell.exe powershell"},
	} {
		if got := strings.Join(candidates(c.system, c.root), " "); got != c.want {
			t.Errorf("%s: %s", c.system, got)
		}
	}
}

func TestLocalChildThatFails(t *testing.T) {
	_, err := Start(t.Context(), localHost(t, "fails"), Open{}, SessionOptions{})
	var strange *ProtocolError
	if !errors.As(err, &strange) || !strings.Contains(err.Error(), "exit code 9") || !strings.Contains(err.Error(), "no such module") {
		t.Errorf("%v", err)
	}
}

// A child that hangs is killed together with what it has started.
func TestLocalChildIsKilledWithItsOwn(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("SKIPPED: looks at process groups of Unix")
	}
	p, err := localHost(t, "deaf").Start(t.Context(), "powershell.exe")
	if err != nil {
		t.Fatal(err)
	}
	first, err := bufio.NewReader(p).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(20*time.Millisecond, cancel)
	err = within(t, 10*time.Second, func() error { _, err := p.WriteContext(ctx, make([]byte, 1<<20)); return err })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("a write that nobody reads: %v", err)
	}
	if err := p.Close(); err != nil {
		t.Error(err)
	}
	grandchild, _ := strconv.Atoi(strings.TrimSpace(first))
	if !gone(grandchild) {
		t.Errorf("process %d lives on", grandchild)
	}
}

func TestLocalWithoutPowerShell(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	_, err := Local("").Start(t.Context(), "powershell.exe")
	if err == nil || !strings.Contains(err.Error(), "there is no PowerShell on PATH") {
		t.Errorf("%v", err)
	}
	_, err = Local("/nowhere/pwsh").Start(t.Context(), "powershell.exe")
	if err == nil || !strings.Contains(err.Error(), "PowerShell could not be started") {
		t.Errorf("%v", err)
	}
}
