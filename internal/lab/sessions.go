package lab

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
)

// Sessions counts the shells of the hosts since the estate was made.
type Sessions struct {
	Opened  int `json:"opened"`
	Closed  int `json:"closed"`  // by who opened them
	Lost    int `json:"lost"`    // with their host, or by a fault
	Expired int `json:"expired"` // by their idle timeout
}

// Left is how many were neither closed nor ended in another way: they are open yet, or were when the lab ended.
func (s Sessions) Left() int { return s.Opened - s.Closed - s.Lost - s.Expired }

func sessionsPath(path string) string { return strings.TrimSuffix(path, ".json") + ".sessions.json" }

// LoadSessions reads the counts that are kept beside the estate's file; none where there is no such file.
func LoadSessions(path string) (s Sessions, err error) {
	if path == "" {
		return Sessions{}, nil
	}
	data, err := os.ReadFile(sessionsPath(path))
	if errors.Is(err, os.ErrNotExist) {
		return Sessions{}, nil
	}
	if err == nil {
		err = json.Unmarshal(data, &s)
	}
	if err != nil {
		return Sessions{}, fmt.Errorf("the lab's counts of sessions cannot be read: %w", err)
	}
	return s, nil
}

// ForgetSessions sets the counts to zero.
func ForgetSessions(path string) error {
	if err := os.Remove(sessionsPath(path)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("the lab's counts of sessions cannot be removed: %w", err)
	}
	return nil
}

// tally counts shells, with the service's lock held, and keeps the counts, so that a client's or the lab's own sudden end loses
// none.
func (s *service) tally(count func(*Sessions)) {
	count(&s.sessions)
	if s.path == "" {
		return
	}
	if err := s.sessions.keep(sessionsPath(s.path)); err != nil {
		s.log.Error("the counts of sessions are not kept", "error", err)
	}
}

// keep writes the counts to a file. Who reads it meanwhile finds those from before or these, never a part.
func (s Sessions) keep(path string) error {
	data, err := json.Marshal(s)
	if err != nil {
		return err
	}
	if err := os.WriteFile(path+".new", data, 0o600); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}

// Sessions are the counts of shells.
func (l *Lab) Sessions() Sessions {
	l.service.mu.Lock()
	defer l.service.mu.Unlock()
	return l.service.sessions
}
