package kerberos

import (
	"crypto/sha256"
	"strings"
	"sync"
	"time"
)

// A door is what an account is let in by, in a process: what a realm has refused is not tried again at once by whoever else has the same
// name and the same password or keytab, for accounts lock after a few tries, and a configuration has a block for each system.
type door struct {
	mutex   sync.Mutex // one knocks at a time
	refused error      // what the realm said; nil where it has not refused
	until   time.Time
}

// closed is how long a door stays closed: longer than it takes to open the blocks of a configuration, and shorter than whoever looks at
// the estate again and again waits between two looks.
const closed = 5 * time.Minute

var doors sync.Map // by what is tried, which is not kept itself: [sha256.Size]byte to *door

func doorOf(i *Identity) *door {
	tried := strings.Join([]string{i.realm, i.principal.PrincipalNameString(), i.options.Password, i.options.Keytab}, "\x00")
	d, _ := doors.LoadOrStore(sha256.Sum256([]byte(tried)), &door{})
	return d.(*door)
}

// try signs in, unless the same was refused a short time ago.
func (d *door) try(signIn func() error) error {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	if d.refused != nil && time.Now().Before(d.until) {
		return d.refused
	}
	err := signIn()
	d.refused = nil
	if Refused(err) {
		d.refused, d.until = err, time.Now().Add(closed)
	}
	return err
}
