package powershell

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"hybrid/internal/bounded"
)

// Call runs one cmdlet and hands on what it returns, answer by answer. Errors are *[CmdletError], *[LostError], an error
// of Row or Object, or say why the command cannot be sent at all; a host that takes no more for now (see [Throttled]) has
// been sent nothing, and the session goes on. When ctx ends, or the deadline passes, the session
// is given up.
func (s *Session) Call(ctx context.Context, c Command, options CallOptions) error {
	take, err := options.taker()
	if err != nil {
		return err
	}
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	case <-ctx.Done():
		return &LostError{Host: s.host, Err: context.Cause(ctx)}
	}
	s.serial++
	line, err := callLine(s.serial, c, options.Select)
	if err != nil {
		return err
	}
	limit := options.Deadline
	if limit <= 0 {
		limit = s.options.Deadline
	}
	bounded, cancel := context.WithTimeoutCause(ctx, limit, &hungError{c.Cmdlet, limit})
	defer cancel()
	began := time.Now()
	err = s.serve(bounded, &exchange{what: c.Cmdlet, line: line, take: take, warn: options.Warning, secrets: c.secrets()})
	s.options.Log.Debug("call", "cmdlet", c.Cmdlet, "host", s.host, "ms", time.Since(began).Milliseconds(), "ok", err == nil)
	return err
}

// taker gives the function that takes rows as they come.
func (o CallOptions) taker() (func(any) error, error) {
	switch {
	case len(o.Select) > 0 && o.Row != nil && o.Object == nil:
		return o.row, nil
	case len(o.Select) > 0 || o.Row != nil:
		return nil, errors.New("a call takes Select together with Row, and not with Object")
	case o.Object != nil:
		return o.object, nil
	}
	return func(any) error { return nil }, nil
}

func (o CallOptions) row(row any) error {
	cells, ok := row.([]any)
	if !ok || len(cells) != len(o.Select) {
		return malformed("a row of %d selected properties is a %T", len(o.Select), row)
	}
	return o.Row(cells)
}

func (o CallOptions) object(row any) error {
	switch v := row.(type) {
	case map[string]any:
		return o.Object(v)
	case []any:
		return malformed("an object is a list of %d", len(v))
	}
	return o.Object(map[string]any{"value": row})
}

func malformed(format string, args ...any) error {
	return &ProtocolError{Reason: fmt.Sprintf(format, args...)}
}

// An exchange is one request under way.
type exchange struct {
	what    string // the cmdlet
	line    []byte
	take    func(row any) error
	warn    func(string) // nil: warnings are dropped
	secrets secrets
	objects int      // so far
	bytes   int64    // so far
	failed  error    // the first that take returned
	console []string // the last few lines that were no answers
}

// explained adds to the error of a call that was not answered what the far end said instead.
func (x *exchange) explained(err error) error {
	if len(x.console) == 0 {
		return err
	}
	return fmt.Errorf("%w; on its console it said: %s", err, strings.Join(x.console, " / "))
}

// serve sends one request and reads its answers to the last.
func (s *Session) serve(ctx context.Context, x *exchange) error {
	if s.Lost() {
		return &LostError{Host: s.host, Err: s.why()}
	}
	if ctx.Err() != nil {
		return &LostError{Host: s.host, Err: context.Cause(ctx)}
	}
	s.options.calls.Add(1)
	if n, err := s.process.WriteContext(ctx, x.line); err != nil {
		sent := delivered(n, err)
		if !sent && Throttled(err) && ctx.Err() == nil {
			return err // nothing of it was taken, and the session goes on
		}
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		return s.lose(sent, err)
	}
	for {
		a, err := s.next(ctx, x)
		if err == nil {
			err = s.accept(a, x)
		}
		switch {
		case err != nil:
			return s.lose(true, x.explained(err))
		case a.Done && x.failed == nil && a.Error != nil:
			return a.Error.error(x)
		case a.Done:
			return x.failed
		}
	}
}

// accept hands on what an answer holds. An error ends the session; the taker's is kept for the end of the call.
func (s *Session) accept(a *answer, x *exchange) error {
	switch {
	case a.ID == nil && a.Error != nil:
		return &ProtocolError{Host: s.host, Reason: "the agent could not read the request", Err: errors.New(x.secrets.hide(a.Error.Message))}
	case a.ID == nil || *a.ID != s.serial:
		return &ProtocolError{Host: s.host, Reason: "an answer belongs to another request"}
	}
	if a.Warning != nil && x.warn != nil {
		x.warn(x.secrets.hide(*a.Warning))
	}
	if x.objects += len(a.Rows); x.objects > maxObjects {
		return &ProtocolError{Host: s.host, Reason: fmt.Sprintf("its answer to %s has no end, and was given up after %d objects", x.what, maxObjects)}
	}
	for _, row := range a.Rows {
		if x.failed == nil {
			x.failed = x.take(row)
		}
	}
	var broken *ProtocolError
	if errors.As(x.failed, &broken) && broken.Host == "" {
		broken.Host = s.host
	}
	return nil
}

// next reads output up to an answer. Whatever else a cmdlet writes to its console belongs in the log.
func (s *Session) next(ctx context.Context, x *exchange) (*answer, error) {
	for {
		line, err := s.line(ctx)
		if err != nil {
			return nil, err
		}
		if x.bytes += int64(len(line)); x.bytes > maxCall {
			return nil, &ProtocolError{Host: s.host, Reason: fmt.Sprintf("its answer to %s has no end, and was given up after %s", x.what, bounded.Size(maxCall))}
		}
		a, err := readAnswer(line)
		if err != nil {
			return nil, &ProtocolError{Host: s.host, Reason: "its answer is damaged", Lines: []string{x.secrets.hide(excerpt(line))}, Err: err}
		}
		if a != nil {
			return a, nil
		}
		if text := excerpt(line); text != "" {
			text = x.secrets.hide(text)
			x.console = append(x.console[max(0, len(x.console)-2):], text)
			s.options.Log.Debug("console", "host", s.host, "cmdlet", x.what, "text", text)
		}
	}
}

// lose gives the session up.
func (s *Session) lose(sent bool, err error) error {
	s.drop()
	return &LostError{Sent: sent, Host: s.host, Err: err}
}

// why says what ended a session that is lost already.
func (s *Session) why() error {
	for {
		select {
		case _, more := <-s.lines:
			if !more && s.cause != nil {
				return s.cause
			}
			if !more {
				return errSessionClosed
			}
		default:
			return errSessionClosed
		}
	}
}
