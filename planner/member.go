package planner

import "slices"

// A Member is one user of a block, and how the user stands with the plan.
type Member struct {
	SIP     string // the canonical address
	Change  int    // the number among those that change, -1 where the user does not
	Blocked string // why the user is not as wanted and must not be changed, "" for everybody else
	Live    int    // the row of what was read, -1 where the user does not exist
}

// Member finds a user of the block by SIP address in any spelling; false where the block has no such user.
func (u *UserChanges) Member(sip string) (Member, bool) {
	if u == nil {
		return Member{}, false
	}
	row, ok := u.Want.Lookup(sip)
	if !ok {
		return Member{}, false
	}
	s := Member{SIP: u.Want.SIP(row), Change: slices.Index(u.Pick, int32(row)), Live: -1}
	if live, exists := u.Live.Lookup(sip); exists {
		s.Live = live
	}
	for _, b := range u.Blocked {
		if int(b.Row) == row {
			s.Blocked = b.Reason
		}
	}
	return s, true
}
