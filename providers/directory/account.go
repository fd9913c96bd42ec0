package directory

import (
	"fmt"
	"sync"

	"hybrid/internal/kerberos"
)

// An account is who signs in to domain controllers by Kerberos. The identity is made at the first sign-in, so that a keytab or a
// cache which is not there costs no more than reading over LDAP; all domains share it, and its tickets.
type account struct {
	make func() (*kerberos.Identity, error)

	mu   sync.Mutex
	made *kerberos.Identity // nil before
}

// identity is who signs in.
func (a *account) identity() (_ *kerberos.Identity, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.made == nil {
		if a.made, err = a.make(); err != nil {
			return nil, fmt.Errorf("nobody can be signed in by Kerberos: %w", err)
		}
	}
	return a.made, nil
}

// close forgets tickets and keys.
func (a *account) close() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.made == nil {
		return nil
	}
	return a.made.Close()
}
