package planner

import "slices"

// An Approval is what a saved plan approves: every change, object by object, in the form in which it is compared with
// what would be done later. It holds no secret.
type Approval struct {
	Changes []Approved `json:"changes"`
	Digest  string     `json:"digest"` // of Changes
}

// Approved is one change of an approval. Texts stand for values; see [text].
type Approved struct {
	Address  string            `json:"address"`
	Action   Action            `json:"action"`
	Provider string            `json:"provider"`
	Place    string            `json:"place,omitempty"` // where the object is kept: the zone of a name
	Before   map[string]string `json:"before,omitempty"`
	After    map[string]string `json:"after,omitempty"`
	Paths    []string          `json:"paths,omitempty"` // attributes that differ
	// Users are, in order, each a SIP address, the identity that the far end is told, the home before ("exists" where users
	// have none to compare, "" for who does not exist), and for every attribute that changes its name, what it was, and what
	// it is to be.
	Users [][]string `json:"users,omitempty"`
}

// Approve makes the approval of a plan. What changes nothing is not part of it.
func Approve(p *Plan) Approval {
	var a Approval
	for i := range p.Changes {
		if c := &p.Changes[i]; c.Action != NoOp {
			a.Changes = append(a.Changes, approved(c))
		}
	}
	a.Digest = a.digest()
	return a
}

// approvedHead is what is approved of a change, without its users.
func (c *Change) approvedHead() Approved {
	return Approved{
		Address: c.Address.String(), Action: c.Action, Provider: c.Provider, Place: c.Place,
		Before: c.texts(c.Before), After: c.texts(c.After), Paths: attrNames(c.Paths),
	}
}

func approved(c *Change) Approved {
	a := c.approvedHead()
	a.Users = slices.Collect(c.approvedUsers())
	return a
}
