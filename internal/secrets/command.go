package secrets

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
	"unicode/utf8"
)

// What is read of a program, in bytes. A certificate with its key is some 5,000.
const (
	mostText = 64 << 10
	mostSaid = 2 << 10
)

// run runs a program until it ends or ctx does.
func (s *Sources) run(ctx context.Context, dir string, argv []string) (Answer, error) {
	path, err := program(dir, argv)
	if err != nil {
		return Answer{}, err
	}
	text, said := head{most: mostText}, head{most: mostSaid}
	cmd := exec.CommandContext(ctx, path, argv[1:]...) // standard input is empty
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &text, &said
	cmd.WaitDelay = time.Second // for what has inherited its output
	if !s.Attended {
		apart(cmd)
	}
	err = cmd.Run()
	answer := Answer{Text: strings.TrimRight(text.String(), "\r\n"), Said: plain(said.String())}
	if err := s.fault(ctx, argv[0], cmd, err, &text, answer); err != nil {
		return Answer{}, err
	}
	return answer, nil
}

// program is the file that is run.
func program(dir string, argv []string) (string, error) {
	if len(argv) == 0 || argv[0] == "" {
		return "", errors.New(`no program is named: write it and its arguments, such as ["op", "read", "op://vault/item/password"]`)
	}
	name := argv[0]
	if filepath.Base(name) != name && !filepath.IsAbs(name) {
		name = filepath.Join(dir, name)
	}
	path, err := exec.LookPath(name)
	switch {
	case errors.Is(err, exec.ErrDot):
		return "", fmt.Errorf("%q is in the folder that hybrid was started in, and programs are not taken from there: write its whole path", argv[0])
	case err != nil && filepath.Base(name) == name:
		return "", fmt.Errorf("there is no program %q on this machine's PATH: install it, or write its whole path", name)
	case err != nil:
		return "", fmt.Errorf("%s cannot be run: it does not exist, or is not a program", name)
	}
	if path, err = filepath.Abs(path); err != nil {
		return "", fmt.Errorf("where %q is cannot be told: %w", argv[0], err)
	}
	return path, batch(path, argv[1:])
}

// batch refuses arguments that cmd.exe, which runs batch files, would read as commands: it quotes as nobody else does.
func batch(path string, args []string) error {
	if ext := strings.ToLower(filepath.Ext(path)); ext != ".bat" && ext != ".cmd" {
		return nil
	}
	for _, arg := range args {
		if strings.ContainsAny(arg, "\"%&|<>^!\r\n") {
			return fmt.Errorf(`%s is a batch file, which cmd.exe runs, and cmd.exe would read one of the characters " %% & | < > ^ ! of an argument as a command: leave them out, or name the program that the batch file runs`, filepath.Base(path))
		}
	}
	return nil
}

// fault says what kept a program from giving a secret, nil where nothing did. What it printed is in no error.
func (s *Sources) fault(ctx context.Context, name string, cmd *exec.Cmd, err error, text *head, answer Answer) error {
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return fmt.Errorf("%q did not end within %s and was stopped%s", name, s.patience(), s.advice(answer.Said))
	case ctx.Err() != nil:
		return fmt.Errorf("%q was stopped, since hybrid was interrupted", name)
	case text.full:
		return fmt.Errorf("%q printed more than %d kB, which is no secret: let it print the secret alone", name, mostText>>10)
	case cmd.ProcessState == nil:
		return fmt.Errorf("%q could not be started: %w", name, err)
	case err != nil && !errors.Is(err, exec.ErrWaitDelay):
		return fmt.Errorf("%q failed (%s)%s", name, cmd.ProcessState, s.advice(answer.Said))
	case answer.Text == "":
		return fmt.Errorf("%q printed nothing%s", name, s.advice(answer.Said))
	case !utf8.ValidString(answer.Text) || strings.ContainsRune(answer.Text, 0):
		return fmt.Errorf("%q printed something that is not UTF-8 text: let it print the secret alone, certificates as PEM", name)
	}
	return nil
}

// advice is what the program said, and what to do.
func (s *Sources) advice(said string) string {
	todo := ". Run it by hand in this shell"
	if !s.Attended {
		todo = ". Nobody sits at a terminal here whom it could ask, so it must be signed in already: run it by hand as the account that hybrid runs as, its input closed"
	}
	if said == "" {
		return todo
	}
	return fmt.Sprintf("; it said: %s%s", strings.TrimSuffix(said, "."), todo)
}

// plain is what a program says in one line, without what moves a terminal's cursor.
func plain(said string) string {
	said = strings.Map(func(r rune) rune {
		if r == utf8.RuneError || r < ' ' && r != '\n' || r == 0x7f || r >= 0x80 && r < 0xa0 {
			return -1
		}
		return r
	}, said)
	return strings.Join(strings.Fields(said), " ")
}

// head keeps the beginning of what is written to it, and takes the rest without keeping it.
type head struct {
	kept bytes.Buffer // not embedded: its other methods would keep everything
	most int
	full bool // there was more
}

func (h *head) String() string { return h.kept.String() }

func (h *head) Write(b []byte) (int, error) {
	keep := min(len(b), h.most-h.kept.Len())
	h.full = h.full || keep < len(b)
	_, _ = h.kept.Write(b[:keep]) // never fails
	return len(b), nil
}
