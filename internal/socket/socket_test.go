package socket

import (
	"errors"
	"io"
	"net"
	"os"
	"syscall"
	"testing"
)

// wrapped is an error as package net gives it.
func wrapped(number int) error {
	return &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connectex", syscall.Errno(number))}
}

func TestErrorsOfEverySystem(t *testing.T) {
	t.Parallel()
	type told struct{ refused, reset, unreachable bool }
	for name, c := range map[string]struct {
		err  error
		want told
	}{
		"refused":                {wrapped(int(syscall.ECONNREFUSED)), told{refused: true}},
		"refused on Windows":     {wrapped(10061), told{refused: true}},
		"reset":                  {wrapped(int(syscall.ECONNRESET)), told{reset: true}},
		"reset on Windows":       {wrapped(10054), told{reset: true}},
		"aborted on Windows":     {wrapped(10053), told{reset: true}},
		"no route":               {wrapped(int(syscall.EHOSTUNREACH)), told{unreachable: true}},
		"no network":             {wrapped(int(syscall.ENETUNREACH)), told{unreachable: true}},
		"no route on Windows":    {wrapped(10065), told{unreachable: true}},
		"no network on Windows":  {wrapped(10051), told{unreachable: true}},
		"the end of the stream":  {io.EOF, told{}},
		"something else":         {errors.New("connection refused"), told{}},
		"none":                   {nil, told{}},
		"another of the numbers": {wrapped(int(syscall.EACCES)), told{}},
	} {
		if got := (told{Refused(c.err), Reset(c.err), Unreachable(c.err)}); got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}

// A connection that is refused in fact is told as such on whatever system this runs.
func TestARealRefusal(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	_ = l.Close()
	if c, err := net.Dial("tcp", address); err == nil {
		_ = c.Close()
		t.Skip("SKIPPED: somebody else listens there by now")
	} else if !Refused(err) {
		t.Errorf("%v", err)
	}
}
