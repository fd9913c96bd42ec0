// Package secrets fetches secrets from where they are kept: by a vault's own client, and from the system's keyring. Nobody is
// asked for anything where nobody sits at a terminal, nothing takes for ever, and no error holds what was fetched.
package secrets

import (
	"context"
	"strings"
	"sync"
	"time"
)

// Sources are where secrets are fetched. Each is asked once, whatever comes of it; a run has one Sources.
type Sources struct {
	// Attended says that somebody sits at a terminal: whoever is asked for a secret may ask there for what opens it.
	Attended bool
	// Keys is the keyring that is asked; nil means the system's.
	Keys Keys

	mu      sync.Mutex
	answers map[string]answered
}

// An Answer is what a source gave.
type Answer struct {
	Text string // the secret
	Said string // what the program wrote beside, to standard error, shortened; "" for nothing
}

type answered struct {
	Answer
	err error
}

// Command runs a program and gives what it prints, without the line breaks at its end. argv is the program and its arguments, which no
// shell reads; one whose path is relative, and its working directory, are dir's. Errors say what to do.
func (s *Sources) Command(ctx context.Context, dir string, argv []string) (Answer, error) {
	return s.once("command\x00"+dir+"\x00"+strings.Join(argv, "\x00"), func() (Answer, error) {
		ctx, stop := context.WithTimeout(ctx, s.patience())
		defer stop()
		return s.run(ctx, dir, argv)
	})
}

// Keyring gives the secret that the system's keyring has for a user of a service. Errors say what to do.
func (s *Sources) Keyring(ctx context.Context, service, user string) (Answer, error) {
	return s.once("keyring\x00"+service+"\x00"+user, func() (Answer, error) {
		ctx, stop := context.WithTimeout(ctx, s.patience())
		defer stop()
		text, err := s.fromKeyring(ctx, service, user)
		return Answer{Text: text}, err
	})
}

// patience is how long a source may take: longer where somebody may have to touch a key or type what opens a vault.
func (s *Sources) patience() time.Duration {
	if s.Attended {
		return 2 * time.Minute
	}
	return 30 * time.Second
}

// once asks a source if it has not been asked before. Sources are asked one after another, so that no two ask somebody at once.
func (s *Sources) once(key string, ask func() (Answer, error)) (Answer, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if known, is := s.answers[key]; is {
		return known.Answer, known.err
	}
	answer, err := ask()
	if s.answers == nil {
		s.answers = map[string]answered{}
	}
	s.answers[key] = answered{answer, err}
	return answer, err
}
