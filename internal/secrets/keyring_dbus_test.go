//go:build linux

package secrets

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/zalando/go-keyring"
	service "github.com/zalando/go-keyring/secret_service"
)

// inside says that a test runs in a session of its own, with a bus and an unlocked keyring.
const inside = "HYBRID_TEST_KEYRING"

// TestAKeyringOfTheSystem stores a secret in a real GNOME Keyring, on a bus and in a home of their own, and reads it; then the keyring
// is locked, and nobody may be asked to open it.
func TestAKeyringOfTheSystem(t *testing.T) {
	if os.Getenv(inside) != "" {
		inKeyring(t)
		return
	}
	for _, needed := range []string{"dbus-run-session", "gnome-keyring-daemon"} {
		if _, err := exec.LookPath(needed); err != nil {
			t.Skip("SKIPPED: no real keyring was asked: " + needed + " is not installed")
		}
	}
	home := t.TempDir()
	cmd := exec.CommandContext(t.Context(), "dbus-run-session", "--", "sh", "-c",
		`printf 'of the test' | gnome-keyring-daemon --daemonize --unlock --components=secrets >/dev/null || exit 1
		"$0" -test.run '^TestAKeyringOfTheSystem$' -test.v`, os.Args[0])
	cmd.Env = append(os.Environ(), inside+"=yes", "HOME="+home, "XDG_DATA_HOME="+home, "XDG_CONFIG_HOME="+home, "XDG_CACHE_HOME="+home, "XDG_RUNTIME_DIR="+home)
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "--- PASS: TestAKeyringOfTheSystem") {
		t.Errorf("%v\n%s", err, out)
	}
}

func inKeyring(t *testing.T) {
	if err := keyring.Set("hybrid", `CONTOSO\svc`, "hüsh 'hush'"); err != nil {
		t.Fatal(err)
	}
	got, err := (&Sources{}).Keyring(t.Context(), "hybrid", `CONTOSO\svc`)
	if err != nil || got.Text != "hüsh 'hush'" {
		t.Errorf("%q, %v", got.Text, err)
	}
	if _, err := (&Sources{}).Keyring(t.Context(), "hybrid", "nobody"); err == nil || !strings.Contains(err.Error(), "has nothing for user") {
		t.Errorf("%v", err)
	}
	s, err := service.NewSecretService()
	if err != nil {
		t.Fatal(err)
	}
	at := s.GetLoginCollection().Path()
	if call := s.Object("org.freedesktop.secrets", "/org/freedesktop/secrets").Call("org.freedesktop.Secret.Service.Lock", 0, one(at)); call.Err != nil {
		t.Logf("locking: %v", call.Err)
	}
	if _, err := (&Sources{}).Keyring(t.Context(), "hybrid", `CONTOSO\svc`); err == nil || !strings.Contains(err.Error(), "the keyring is locked") {
		t.Errorf("%v", err)
	}
}

// one is a list of one, whatever its type is called.
func one[T any](v T) []T { return []T{v} }

func TestWithoutABusNothingIsStarted(t *testing.T) {
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "")
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
	_, err := (&Sources{}).Keyring(t.Context(), "hybrid", "svc")
	if err == nil || !strings.Contains(err.Error(), "this session has no D-Bus (DBUS_SESSION_BUS_ADDRESS is not set)") {
		t.Errorf("%v", err)
	}
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus")
	if _, err := (&Sources{}).Keyring(t.Context(), "hybrid", "svc"); err == nil || !strings.Contains(err.Error(), "there is no keyring here: D-Bus cannot be reached") {
		t.Errorf("%v", err)
	}
}
