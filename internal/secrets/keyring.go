package secrets

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"unicode/utf16"

	"github.com/zalando/go-keyring"
)

// Keys is a keyring.
type Keys interface {
	// Locked says whether somebody would be asked to open it, as far as that can be told without asking. An error means that there
	// is no keyring.
	Locked() (bool, error)
	// Get gives a secret, or keyring.ErrNotFound.
	Get(service, user string) (string, error)
}

// systemKeys are the system's: Credential Manager, Keychain, or a Secret Service on D-Bus.
type systemKeys struct{}

func (systemKeys) Locked() (bool, error) { return locked() }

func (systemKeys) Get(service, user string) (string, error) { return keyring.Get(service, user) }

// fromKeyring asks a keyring, and gives up when ctx ends: D-Bus itself would wait for ever.
func (s *Sources) fromKeyring(ctx context.Context, service, user string) (string, error) {
	type result struct {
		text string
		err  error
	}
	done := make(chan result, 1)
	go func() {
		text, err := s.ask(service, user)
		done <- result{text, err}
	}()
	select {
	case r := <-done:
		return r.text, r.err
	case <-ctx.Done():
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			return "", fmt.Errorf("the keyring did not answer within %s: it may be waiting for somebody to unlock it. Unlock it and try again", s.patience())
		}
		return "", errors.New("the keyring was asked no further, since hybrid was interrupted")
	}
}

func (s *Sources) ask(service, user string) (string, error) {
	keys := s.Keys
	if keys == nil {
		keys = systemKeys{}
	}
	shut, err := keys.Locked()
	switch {
	case err != nil:
		return "", fmt.Errorf("there is no keyring here: %w. Take the secret from env(), secret_file() or secret_command()", err)
	case shut && !s.Attended:
		return "", errors.New("the keyring is locked, and nobody sits at a terminal who could open it. Unlock it in a session of the same user, or take the secret from env(), secret_file() or secret_command()")
	}
	text, err := keys.Get(service, user)
	switch {
	case errors.Is(err, keyring.ErrNotFound):
		return "", fmt.Errorf("the keyring has nothing for user %q of service %q: %s", user, service, storing(service, user))
	case err != nil:
		return "", fmt.Errorf("the keyring refuses: %w", err)
	}
	if text = decoded(text); text == "" {
		return "", fmt.Errorf("what the keyring has for user %q of service %q is empty: %s", user, service, storing(service, user))
	}
	return text, nil
}

// decoded is a text that was kept as UTF-16, as Windows' own Credential Manager keeps what is typed into it: no text has zeros.
func decoded(text string) string {
	if len(text)%2 != 0 || !strings.Contains(text, "\x00") {
		return text
	}
	units := make([]uint16, len(text)/2)
	for n := range units {
		units[n] = binary.LittleEndian.Uint16([]byte(text[2*n:]))
	}
	return string(utf16.Decode(units))
}

// storing is how a secret is put where it is looked for. None of the commands takes it in its command line.
func storing(service, user string) string {
	switch runtime.GOOS {
	case "windows":
		return fmt.Sprintf("store a generic credential under the address %s:%s in Credential Manager, signed in as the account that runs hybrid", service, user)
	case "darwin":
		return fmt.Sprintf("security add-generic-password -s %q -a %q -w stores it, and asks for it", service, user)
	}
	return fmt.Sprintf("secret-tool store --label=hybrid service %q username %q stores it, and asks for it", service, user)
}
