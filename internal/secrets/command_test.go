//go:build unix

package secrets

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// a script of a shell, which this machine has
func sh(script string) []string { return []string{"sh", "-c", script} }

func TestCommandGivesWhatAProgramPrints(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		argv       []string
		text, said string
	}{
		"line breaks at the end go": {sh(`printf 'pa ss\nword\r\n\n'`), "pa ss\nword", ""},
		"what it says beside":       {sh(`printf 'hush'; printf '\033[31mnew version\033[0m\n of op\n' >&2`), "hush", "[31mnew version[0m of op"},
		"no shell reads arguments":  {[]string{"printf", "%s", "$HOME `id` $(id) ; | & *"}, "$HOME `id` $(id) ; | & *", ""},
		"input is empty":            {sh(`cat; printf end`), "end", ""},
		"as long as may be":         {sh(`head -c 65536 /dev/zero | tr '\0' x`), strings.Repeat("x", 65536), ""},
	} {
		s := &Sources{}
		got, err := s.Command(t.Context(), t.TempDir(), c.argv)
		if err != nil || got.Text != c.text || got.Said != c.said {
			t.Errorf("%s: %.80q, %.80q, %v", name, got.Text, got.Said, err)
		}
	}
}

func TestCommandsFailWithWhatToDo(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "plain.txt"), []byte("no program"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		argv []string
		says []string
	}{
		"none":          {nil, []string{"no program is named", `["op", "read"`}},
		"unknown":       {[]string{"no-such-vault", "read"}, []string{`no program "no-such-vault" on this machine's PATH`, "its whole path"}},
		"not a program": {[]string{"./plain.txt"}, []string{"plain.txt cannot be run"}},
		"fails":         {sh("echo Planted; echo 'not signed in.' >&2; exit 3"), []string{`"sh" failed (exit status 3); it said: not signed in. Nobody sits at a terminal`, "its input closed"}},
		"fails quietly": {sh("exit 1"), []string{`"sh" failed (exit status 1). Nobody sits`}},
		"killed":        {sh("kill -9 $$"), []string{"killed"}},
		"prints none":   {sh("echo"), []string{`"sh" printed nothing`}},
		"too much":      {sh("head -c 65537 /dev/zero | tr '\\0' x"), []string{"more than 64 kB"}},
		"no text":       {sh(`printf 'Planted\377'`), []string{"not UTF-8 text"}},
		"zeros":         {sh(`printf 'Planted\000x'`), []string{"not UTF-8 text"}},
		"a long story":  {sh("head -c 9000 /dev/zero | tr '\\0' y >&2; exit 1"), []string{"yyyy"}},
	} {
		s := &Sources{}
		got, err := s.Command(t.Context(), dir, c.argv)
		if err == nil || got.Text != "" {
			t.Errorf("%s: %.80q, %v", name, got.Text, err)
			continue
		}
		for _, want := range c.says {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %q is missing in: %.400s", name, want, err)
			}
		}
		if strings.Contains(err.Error(), "Planted") || len(err.Error()) > 3000 {
			t.Errorf("%s: the error holds what was printed, or too much: %.400s", name, err)
		}
	}
}

func TestACommandRunsOnce(t *testing.T) {
	t.Parallel()
	dir, s := t.TempDir(), &Sources{}
	for _, argv := range [][]string{sh("echo x >>runs; echo secret"), sh("echo x >>runs; exit 1"), sh("echo x >>runs; echo other")} {
		for range 3 {
			_, _ = s.Command(t.Context(), dir, argv)
		}
	}
	if runs, err := os.ReadFile(filepath.Join(dir, "runs")); err != nil || string(runs) != "x\nx\nx\n" {
		t.Errorf("%q, %v: a distinct command runs once, whatever comes of it", runs, err)
	}
}

// What hangs ends with all that it has started, and nothing waits for it.
func TestAHangingCommandIsStopped(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(t.Context())
	dir := t.TempDir()
	go func() {
		for {
			if _, err := os.Stat(filepath.Join(dir, "begun")); err == nil {
				stop()
				return
			}
			time.Sleep(5 * time.Millisecond)
		}
	}()
	begun := time.Now()
	_, err := (&Sources{}).Command(ctx, dir, sh("sleep 600 & echo x >begun; sleep 600"))
	if err == nil || !strings.Contains(err.Error(), "hybrid was interrupted") || time.Since(begun) > time.Minute {
		t.Errorf("%v after %s", err, time.Since(begun))
	}
	ctx, stop = context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer stop()
	_, err = (&Sources{}).Command(ctx, dir, sh("echo Planted; sleep 600"))
	if err == nil || !strings.Contains(err.Error(), "did not end within 30s and was stopped") || strings.Contains(err.Error(), "Planted") {
		t.Errorf("%v", err)
	}
}

// Where nobody sits at a terminal a program is in a session of its own: it has no terminal that it could ask on.
func TestNobodyIsAskedWhereNobodySits(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("SKIPPED: sessions of processes are read from /proc, which Linux has")
	}
	session := sh("cut -d ' ' -f 6 /proc/$$/stat; echo $$")
	for attended, own := range map[bool]bool{false: true, true: false} {
		got, err := (&Sources{Attended: attended}).Command(t.Context(), t.TempDir(), session)
		id, process, _ := strings.Cut(got.Text, "\n")
		if err != nil || process == "" || (id == process) != own {
			t.Errorf("attended %v: session %q of process %q, %v", attended, id, process, err)
		}
	}
	_, err := (&Sources{}).Command(t.Context(), t.TempDir(), sh("printf 'Passphrase: ' >/dev/tty && read x </dev/tty && echo $x"))
	if err == nil || !strings.Contains(err.Error(), "Nobody sits at a terminal") {
		t.Errorf("a program could ask: %v", err)
	}
}

func TestBatchFilesTakeNoCommandsInArguments(t *testing.T) {
	t.Parallel()
	for _, path := range []string{`C:\x\az.cmd`, "az.BAT"} {
		if err := batch(path, []string{"keyvault", "secret", "show", "--id", "https://v.vault.azure.net/secrets/a b"}); err != nil {
			t.Error(err)
		}
		for _, arg := range []string{"a&calc", `a"b`, "%PATH%", "a|b", "a>b", "a\nb", "a^b", "a!b"} {
			if err := batch(path, []string{arg}); err == nil || strings.Contains(err.Error(), arg) {
				t.Errorf("%q: %v", arg, err)
			}
		}
	}
	if err := batch(`C:\x\op.exe`, []string{"a&b"}); err != nil {
		t.Error(err)
	}
}
