// Package event is what apply says while it works: the only thing the engine and what shows it share.
package event

import "time"

// Type says what an [Event] is about.
type Type string

// The types of events. Start, Done, Failed, Doubt and Skipped are about one change; Progress counts the users of a
// block; Check says what a check has found; Verdict says of one user what reading the user back has shown; Waiting says
// what a change waits for, Later at the end of a run what waits for its next window; Warning and Note are texts; Finished is the
// last event of a run.
const (
	Start    Type = "start"
	Done     Type = "done"
	Failed   Type = "failed"
	Doubt    Type = "doubt"
	Skipped  Type = "skipped"
	Later    Type = "later"
	Progress Type = "progress"
	Check    Type = "check"
	Verdict  Type = "verdict"
	Waiting  Type = "waiting"
	Warning  Type = "warning"
	Note     Type = "note"
	Finished Type = "finished"
)

// The verdicts on a user's move, from what reading the user afterwards showed.
const (
	Moved    = "moved"     // every attribute has the value that the new home demands
	NotMoved = "not moved" // every attribute still has the value of the old home
	InDoubt  = "in doubt"  // some have changed and some have not, or they could not be read
)

// An Event is one line of `apply --json`. It never holds a secret.
type Event struct {
	Type    Type   `json:"type"`
	Address string `json:"address,omitempty"`
	Action  string `json:"action,omitempty"`
	Message string `json:"message,omitempty"` // a cause, a warning, the last line
	Done    int    `json:"done,omitempty"`    // users or changes finished
	Failed  int    `json:"failed,omitempty"`
	Doubt   int    `json:"doubt,omitempty"` // of Progress: users whose answer was lost, and of whom reading has not shown yet what became; none of Failed
	Total   int    `json:"total,omitempty"`
	Update  int    `json:"update,omitempty"`  // of Total, where Action is "create": users who exist and are changed
	Millis  int64  `json:"ms,omitempty"`      // how long the change took
	Verdict string `json:"verdict,omitempty"` // of a user who was begun, once read back: [Moved], [NotMoved], [InDoubt]; the last one about an address holds

	Users  bool   `json:"users,omitempty"`  // Done, Failed and Total count users of the block at Address
	Block  string `json:"block,omitempty"`  // of an event about one user or about an instance: the block that it is of, as blocks are counted
	User   string `json:"user,omitempty"`   // the SIP address of the user that it is about
	Result string `json:"result,omitempty"` // what became of one object or user, as the journal says it: "done", "failed", "not-shown", "doubt"
	Check  string `json:"check,omitempty"`  // of [Check]: the ID of the check; Result is then "pass", "fail", "unknown" or "waived", Message what is wrong, or why it is waived
	Cause  string `json:"cause,omitempty"`  // of what failed or is in doubt: what [CauseOf] makes of Message
	Remedy string `json:"remedy,omitempty"` // what is known to help against it; Message has it too

	// Of [Progress]: users a minute, pauses left out, over the last minute or as long as enough of them took; how many are under
	// way; how long the rest is expected to take, 0 where nothing is left, or where nobody can tell; and when the window closes that
	// they are taken in, zero where they may be taken at any time.
	Rate       float64   `json:"rate,omitempty"`
	InFlight   int       `json:"in_flight,omitempty"`
	LeftMillis int64     `json:"left_ms,omitempty"`
	Closes     time.Time `json:"closes,omitzero"`

	Report *Report `json:"report,omitempty"` // of [Finished]
}

// A Sink takes events, one at a time, in order.
type Sink func(Event)
