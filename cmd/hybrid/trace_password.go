package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"hybrid/internal/render"
	"hybrid/internal/trace"
)

// tracePassword is the variable that the password of --as may stand in.
const tracePassword = "HYBRID_TRACE_PASSWORD"

// credential gets the password of the user who is walked as; nil where nobody is. It is taken out of everything that is said from
// then on.
func (a *app) credential(ctx context.Context, s *session, user string) (*trace.Credential, error) {
	if user == "" {
		return nil, nil
	}
	password, err := a.password(ctx, s, user)
	if err != nil {
		return nil, err
	}
	before, hide := a.redact, render.Hide([]string{password})
	a.hiding(func(text string) string {
		if before != nil {
			text = before(text)
		}
		return hide(text)
	})
	return &trace.Credential{User: user, Password: password}, nil
}

// password is that of the environment, in a rehearsal the one that everybody has there, or what somebody types.
func (a *app) password(ctx context.Context, s *session, user string) (string, error) {
	if password := os.Getenv(tracePassword); password != "" {
		return password, nil
	}
	if s.lab != nil {
		return s.lab.Endpoints().WinRM.Password, nil
	}
	password, err := a.typed(ctx, "Password of "+user+": ")
	if err == nil && password == "" {
		err = errors.New("there is no password: type it, write it to standard input, or set " + tracePassword)
	}
	return password, err
}

// typed reads one line that is not shown.
func (a *app) typed(ctx context.Context, prompt string) (string, error) {
	shown := terminal(a.in)
	fd := int(a.in.Fd())
	if shown {
		fmt.Fprint(a.err, prompt)
		if state, err := term.GetState(fd); err == nil {
			defer func() { _ = term.Restore(fd, state) }() // also where nobody waits for the line any more
		}
	}
	type line struct {
		text string
		err  error
	}
	read := make(chan line, 1)
	go func() {
		if shown {
			text, err := term.ReadPassword(fd)
			read <- line{string(text), err}
			return
		}
		text, err := bufio.NewReader(a.in).ReadString('\n')
		if errors.Is(err, io.EOF) {
			err = nil
		}
		read <- line{strings.TrimRight(text, "\r\n"), err}
	}()
	select {
	case l := <-read:
		if shown {
			fmt.Fprintln(a.err)
		}
		return l.text, l.err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}
