package lab

import (
	"strings"
	"time"
)

// An agedAccount is an account as it was until a time, when it was written to on a domain controller; "" is the one that the
// servers choose.
type agedAccount struct {
	account *Account
	until   time.Time
	at      string
}

// age keeps an account that is replaced for readers who are behind. It is forgotten when the lab ends.
func (e *Estate) age(row int, at string) {
	if e.Replication.Users == 0 {
		return
	}
	if e.aged == nil {
		e.aged = map[int][]agedAccount{}
	}
	e.aged[row] = append(e.aged[row], agedAccount{e.Accounts[row], e.now(), at})
}

// shown is an account as a domain controller has it. Who reads without naming one is served by another than the one that was
// written to; who names the one that was written to sees it at once. What is as old as the lag has arrived everywhere.
func (e *Estate) shown(row int, at string) *Account {
	aged := e.aged[row]
	for len(aged) > 0 && e.arrived(aged[0], "") {
		aged = aged[1:]
	}
	if len(aged) == 0 {
		delete(e.aged, row)
		return e.Accounts[row]
	}
	e.aged[row] = aged
	shown := e.Accounts[row]
	for n := len(aged) - 1; n >= 0 && !e.arrived(aged[n], at); n-- {
		shown = aged[n].account
	}
	return shown
}

// arrived says whether what was written then is to be seen on a domain controller.
func (e *Estate) arrived(a agedAccount, at string) bool {
	return at != "" && sameController(a.at, at) || !e.now().Before(a.until.Add(time.Duration(e.Replication.Users)))
}

// sameController compares the names of two domain controllers.
func sameController(a, b string) bool { return strings.EqualFold(a, b) }

// controller is the domain controller that a call names, "" where the servers choose one.
func (c *call) controller() string { return c.text("DomainController") }

// outdated says whether a fault has the call read what was before the last change of a user. The domain controller on which
// that was made is never behind it.
func (c *call) outdated() bool {
	last := &c.estate.last
	return c.stale && last.account != nil && (c.controller() == "" || !sameController(last.at, c.controller()))
}
