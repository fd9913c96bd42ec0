package secrets

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/zalando/go-keyring"
)

// keys is a keyring in memory.
type keys struct {
	texts  map[string]string // by "service user"
	shut   bool
	broken error // there is none
	fails  error // it refuses
	wait   chan struct{}
	asked  int
}

func (k *keys) Locked() (bool, error) { return k.shut, k.broken }

func (k *keys) Get(service, user string) (string, error) {
	k.asked++
	if k.wait != nil {
		<-k.wait
	}
	text, is := k.texts[service+" "+user]
	if !is && k.fails == nil {
		return "", keyring.ErrNotFound
	}
	return text, k.fails
}

func TestKeyring(t *testing.T) {
	t.Parallel()
	has := map[string]string{"hybrid svc": "hush", "hybrid windows": "h\x00\xfc\x00s\x00h\x00", "hybrid none": ""}
	for name, c := range map[string]struct {
		keys     *keys
		user     string
		attended bool
		text     string
		says     []string
	}{
		"a secret":                        {&keys{texts: has}, "svc", false, "hush", nil},
		"as Windows keeps what was typed": {&keys{texts: has}, "windows", false, "hüsh", nil},
		"unknown":                         {&keys{texts: has}, "nobody", false, "", []string{`nothing for user "nobody" of service "hybrid"`, "store"}},
		"empty":                           {&keys{texts: has}, "none", false, "", []string{"is empty"}},
		"none here":                       {&keys{broken: errors.New("this session has no D-Bus")}, "svc", false, "", []string{"there is no keyring here: this session has no D-Bus. Take the secret from env(), secret_file() or secret_command()"}},
		"locked, nobody there":            {&keys{texts: has, shut: true}, "svc", false, "", []string{"the keyring is locked, and nobody sits at a terminal"}},
		"locked, somebody there":          {&keys{texts: has, shut: true}, "svc", true, "hush", nil},
		"refuses":                         {&keys{texts: has, fails: errors.New("no such session")}, "svc", false, "", []string{"the keyring refuses: no such session"}},
	} {
		s := &Sources{Attended: c.attended, Keys: c.keys}
		got, err := s.Keyring(t.Context(), "hybrid", c.user)
		if got.Text != c.text || (err == nil) != (c.says == nil) {
			t.Errorf("%s: %q, %v", name, got.Text, err)
		}
		for _, want := range c.says {
			if err != nil && !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %q is missing in: %v", name, want, err)
			}
		}
		_, again := s.Keyring(t.Context(), "hybrid", c.user)
		if c.keys.asked > 1 || (again == nil) != (err == nil) {
			t.Errorf("%s: asked %d times; %v", name, c.keys.asked, again)
		}
		if c.keys.shut && !c.attended && c.keys.asked > 0 {
			t.Errorf("%s: it was asked, and would have asked somebody", name)
		}
	}
}

func TestAKeyringThatDoesNotAnswer(t *testing.T) {
	t.Parallel()
	slow := &keys{wait: make(chan struct{})}
	defer close(slow.wait)
	ctx, stop := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer stop()
	if _, err := (&Sources{Keys: slow}).Keyring(ctx, "a", "b"); err == nil || !strings.Contains(err.Error(), "did not answer within 30s") {
		t.Errorf("%v", err)
	}
}
