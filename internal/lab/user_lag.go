package lab

import "time"

// An agedAccount is an account as it was until a time.
type agedAccount struct {
	account *Account
	until   time.Time
}

// age keeps an account that is replaced for readers who are behind. It is forgotten when the lab ends.
func (e *Estate) age(row int) {
	if e.Replication.Users == 0 {
		return
	}
	if e.aged == nil {
		e.aged = map[int][]agedAccount{}
	}
	e.aged[row] = append(e.aged[row], agedAccount{e.Accounts[row], e.now()})
}

// shown is an account as the domain controller has it that is read from. What is as old as the lag has arrived.
func (e *Estate) shown(row int) *Account {
	aged := e.aged[row]
	for len(aged) > 0 && !e.now().Before(aged[0].until.Add(time.Duration(e.Replication.Users))) {
		aged = aged[1:]
	}
	if len(aged) == 0 {
		delete(e.aged, row)
		return e.Accounts[row]
	}
	e.aged[row] = aged
	return aged[0].account
}
