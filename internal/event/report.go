package event

// A Report is what became of a run, on its last event.
type Report struct {
	Blocks []Block `json:"blocks"`           // in the order in which they were begun or held back
	Causes []Cause `json:"causes,omitempty"` // why things failed, the most frequent first
	List   string  `json:"list,omitempty"`   // the file that lists all that failed; "" where nothing did or none could be written
}

// A Block is what became of the changes of one block, or of its users.
type Block struct {
	Address  string `json:"address"`
	Action   string `json:"action,omitempty"` // of the first change; "" where it was not known what to do
	Users    bool   `json:"users,omitempty"`  // the counts are of users
	Update   int    `json:"update,omitempty"` // as in [Event]
	Done     int    `json:"done,omitempty"`   // carried out, and shown by the estate
	Failed   int    `json:"failed,omitempty"`
	NotShown int    `json:"not_shown,omitempty"` // carried out without an error, and the estate does not show it
	Doubt    int    `json:"doubt,omitempty"`     // nobody knows
	Skipped  int    `json:"skipped,omitempty"`   // not started
	Millis   int64  `json:"ms,omitempty"`        // how long its changes took, in sum; users side by side count once
}

// Bad is how many are not known to be well though they were begun.
func (b Block) Bad() int { return b.Failed + b.NotShown + b.Doubt }

// A Cause is why some objects or users failed.
type Cause struct {
	Cause  string   `json:"cause"`            // as [CauseOf] gives it
	Text   string   `json:"text,omitempty"`   // the message word for word, where it is the same for all and the cause leaves some of it out
	Remedy string   `json:"remedy,omitempty"` // what is known to help
	Users  int      `json:"users,omitempty"`
	Others int      `json:"objects,omitempty"`
	First  []string `json:"first"` // SIP addresses of the first users, addresses of the first objects; three at most
}

// Count is how many failed of a cause.
func (c Cause) Count() int { return c.Users + c.Others }
