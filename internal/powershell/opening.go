package powershell

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"hybrid/internal/amount"
)

// Open says what a session is opened for.
type Open struct {
	Modules    []string    // to import on the host, where there is no Endpoint
	Endpoint   string      // "https://pool01.contoso.com/OcsPowershell"
	Credential *Credential // for the endpoint
	Cmdlets    []string    // all that will be called; nothing else can be
	Optional   []string    // further ones that may be called where the host has them; a call of one that is missing is refused
	Then       []Command   // run in order as soon as the session is open, such as one that signs in; their output is dropped
}

// needs are all cmdlets that must be there: those that will be called, and those that make the session ready.
func (o Open) needs() []string {
	names := slices.Clone(o.Cmdlets)
	for _, c := range o.Then {
		if !slices.Contains(names, c.Cmdlet) {
			names = append(names, c.Cmdlet)
		}
	}
	return names
}

// begin feeds the agent to PowerShell and opens what is asked for.
func (s *Session) begin(ctx context.Context, began time.Time) error {
	if err := s.greet(ctx); err != nil {
		return err
	}
	s.Opened.Greeted = s.options.clock.Since(began)
	s.serial++
	line, err := openLine(s.serial, s.open)
	if err != nil {
		return err
	}
	collect := func(row any) error {
		name, ok := row.(string)
		if !ok {
			return fmt.Errorf("a cmdlet's name is %T", row)
		}
		s.found = append(s.found, name)
		return nil
	}
	opening := &exchange{what: "opening the session", line: line, take: collect, secrets: s.open.secrets()}
	if err := s.serve(ctx, opening); err != nil {
		return s.explainOpen(err)
	}
	if missing := lacking(s.open.needs(), s.found); len(missing) > 0 {
		return &MissingError{Host: s.host, Modules: s.open.Modules, Cmdlets: missing, Endpoint: s.open.Endpoint}
	}
	return s.ready(ctx)
}

// ready runs what the session needs before it can be used.
func (s *Session) ready(ctx context.Context) error {
	for _, c := range s.open.Then {
		s.serial++
		line, err := callLine(s.serial, c, nil)
		if err != nil {
			return err
		}
		dropped := func(any) error { return nil }
		err = s.serve(ctx, &exchange{what: c.Cmdlet, line: line, take: dropped, secrets: c.secrets()})
		if refused := (*CmdletError)(nil); errors.As(err, &refused) {
			return &ReadyError{Err: err}
		}
		if err != nil {
			return fmt.Errorf("%s: %w", c.Cmdlet, unsent(err))
		}
	}
	return nil
}

// greet waits for the agent's first answer. Credentials are not sent before.
func (s *Session) greet(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, helloDeadline)
	defer cancel()
	if _, err := s.process.WriteContext(ctx, agentLine()); Throttled(err) {
		return err
	} else if err != nil {
		return s.refusal(ctx, err)
	}
	var strange []string
	for {
		line, err := s.line(ctx)
		if err != nil {
			return s.notAgent(strange, err)
		}
		a, err := readAnswer(line)
		switch {
		case err == nil && a != nil && a.Hello == 1:
			s.Opened.Version = a.Version
			return nil
		case err == nil && a != nil:
			err = errors.New("it speaks another version of the protocol")
		}
		if len(strange) < 5 {
			strange = append(strange, excerpt(line))
		}
		if err != nil {
			return s.notAgent(strange, err)
		}
	}
}

// refusal explains why the agent could not even be sent. What ended instead of taking its input may have said why.
func (s *Session) refusal(ctx context.Context, failed error) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	var strange []string
	for {
		line, err := s.line(ctx)
		var ended *endedError
		switch {
		case errors.As(err, &ended):
			return s.notAgent(strange, err)
		case err != nil:
			return failed
		case len(strange) < 5:
			strange = append(strange, excerpt(line))
		}
	}
}

// notAgent explains a failed greeting. A transport's own failure stays what it is.
func (s *Session) notAgent(lines []string, err error) error {
	reason := "PowerShell did not start it"
	var ended *endedError
	switch {
	case errors.As(err, &ended):
		reason, err = "it ended at once", ended
	case errors.Is(err, context.DeadlineExceeded):
		reason, err = fmt.Sprintf("no greeting came within %s", amount.Lasting(helloDeadline)), nil
	case len(lines) == 0 || errors.Is(err, context.Canceled):
		return err
	}
	return &ProtocolError{Host: s.host, Reason: reason, Lines: lines, Stderr: readable(s.process.Stderr()), Err: err}
}

// excerpt bounds a line for a message.
func excerpt(line []byte) string {
	const most = 200
	text := strings.ToValidUTF8(strings.TrimSpace(string(line)), "?")
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}

// explainOpen names a missing module and an endpoint that does not open as such.
func (s *Session) explainOpen(err error) error {
	var refused *CmdletError
	switch {
	case !errors.As(err, &refused):
		return err
	case strings.HasPrefix(refused.Kind, "Modules_ModuleNotFound"):
		return &MissingError{Host: s.host, Modules: s.open.Modules, NoModule: true, Err: err}
	case s.open.Endpoint != "":
		return &EndpointError{Host: s.host, Endpoint: s.open.Endpoint, Username: s.open.Credential.Username, Err: refused}
	}
	return err
}

// lacking lists what is wanted and was not found. PowerShell's names know no case.
func lacking(wanted, found []string) []string {
	have := map[string]bool{}
	for _, name := range found {
		have[strings.ToLower(name)] = true
	}
	var missing []string
	for _, name := range wanted {
		if !have[strings.ToLower(name)] {
			missing = append(missing, name)
		}
	}
	return missing
}
