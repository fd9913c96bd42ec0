//go:build linux || netbsd || openbsd || (dragonfly && cgo) || (freebsd && cgo)

package secrets

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	service "github.com/zalando/go-keyring/secret_service"
)

// locked asks the Secret Service. Without the bus of a session nothing is asked: the library would start one, with an empty keyring.
func locked() (bool, error) {
	if !sessionBus() {
		return false, errors.New("this session has no D-Bus (DBUS_SESSION_BUS_ADDRESS is not set), as over SSH, in a container or in a service")
	}
	s, err := service.NewSecretService()
	if err != nil {
		return false, fmt.Errorf("D-Bus cannot be reached: %w", err)
	}
	value, err := s.GetLoginCollection().GetProperty("org.freedesktop.Secret.Collection.Locked")
	if err != nil {
		return false, fmt.Errorf("nothing on D-Bus keeps secrets, such as GNOME Keyring or KWallet, or it has no keyring yet (%w)", err)
	}
	shut, is := value.Value().(bool)
	return shut || !is, nil
}

func sessionBus() bool {
	if os.Getenv("DBUS_SESSION_BUS_ADDRESS") != "" {
		return true
	}
	info, err := os.Stat(filepath.Join(os.Getenv("XDG_RUNTIME_DIR"), "bus"))
	return err == nil && os.Getenv("XDG_RUNTIME_DIR") != "" && info.Mode()&os.ModeSocket != 0
}
