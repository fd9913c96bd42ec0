// Package notify tells people and programs outside that a run has ended, or that something was changed by hand: a webhook,
// a workflow of Microsoft Teams, mail. It says what it is given and knows nothing of plans. A message that cannot be
// delivered is an error of its own, in which no address or secret stands.
package notify

import (
	"fmt"
	"strings"
	"time"
)

// The occasions of messages.
const (
	Run   = "run"   // an apply has ended
	Drift = "drift" // something was changed by hand
)

// A Message is what is told, and the JSON that a webhook is sent. No secret is in it.
type Message struct {
	Event         string    `json:"event"` // "run", "drift"
	Configuration string    `json:"configuration"`
	Who           string    `json:"who,omitempty"`
	Host          string    `json:"host,omitempty"`
	Time          time.Time `json:"time"`    // UTC, to the second
	Summary       string    `json:"summary"` // a sentence
	Lab           bool      `json:"lab,omitempty"`
	Ended         *Ended    `json:"run,omitempty"`   // for a run
	Changed       *Changed  `json:"drift,omitempty"` // for drift
}

// Ended is a run that has come to its end.
type Ended struct {
	ID       string `json:"id"`
	Result   string `json:"result"` // "done", "partial", "failed", "interrupted"
	Reason   string `json:"reason,omitempty"`
	Message  string `json:"message,omitempty"` // what went wrong
	Done     int    `json:"done"`
	Failed   int    `json:"failed"`
	NotShown int    `json:"not_shown"`
	Doubt    int    `json:"doubt"`
	Skipped  int    `json:"skipped"`
}

// Changed is what was changed by hand.
type Changed struct {
	Count int    `json:"count"`        // of attributes of objects and users, all of them
	List  []Hand `json:"list"`         // the first of them
	More  int    `json:"more"`         // those that are not in List
	Known bool   `json:"all_read"`     // false where something could not be read, so that there may be more
	Run   string `json:"since_run"`    // the latest run that is compared with
	Plan  int    `json:"plan_changes"` // objects and users that the plan would change, whoever has made the difference
}

// A Hand is one attribute that somebody has changed.
type Hand struct {
	Address   string `json:"address"`
	Attribute string `json:"attribute,omitempty"` // "" where it is about there being such an object
	Was       string `json:"was"`
	Is        string `json:"is"`
}

// String is the change in a line: "hosting_provider.LyncOnline enabled: true → false".
func (h Hand) String() string {
	switch {
	case h.Attribute == "" && h.Is == "":
		return h.Address + " is gone"
	case h.Attribute == "":
		return h.Address + " is there and was not"
	}
	return fmt.Sprintf("%s %s: %s → %s", h.Address, h.Attribute, h.Was, h.Is)
}

// MostListed is how many changes a message spells out. A workflow of Teams takes 28 KB.
const MostListed = 20

// mostText is how many characters of a text of others a message has.
const mostText = 300

// Bounded is a text of others within what a message takes.
func Bounded(text string) string {
	runes := []rune(text)
	if len(runes) <= mostText {
		return text
	}
	return string(runes[:mostText]) + "…"
}

// title is the message's first line, without line breaks: it becomes the subject of a mail.
func (m Message) title() string {
	title := fmt.Sprintf("hybrid: %s: %s", m.Configuration, m.Summary)
	if m.Lab {
		title = "[lab] " + title
	}
	return strings.Join(strings.Fields(title), " ")
}

// A fact is a name and a value.
type fact struct{ name, value string }

// facts are what is known besides the summary, those that say nothing left out.
func (m Message) facts() []fact {
	all := []fact{{"By", at(m.Who, m.Host)}, {"At", m.Time.UTC().Format(time.RFC3339)}}
	if e := m.Ended; e != nil {
		all = append(all, fact{"Run", e.ID}, fact{"Result", e.Result}, fact{"Reason", e.Reason}, fact{"What went wrong", e.Message})
	}
	if c := m.Changed; c != nil {
		all = append(all, fact{"Since the run", c.Run})
	}
	var kept []fact
	for _, f := range all {
		if f.value != "" {
			kept = append(kept, f)
		}
	}
	return kept
}

func at(who, host string) string {
	if who == "" || host == "" {
		return who + host
	}
	return who + " on " + host
}

// lines are the changes by hand, one a line, with how many more there are.
func (m Message) lines() []string {
	if m.Changed == nil {
		return nil
	}
	var lines []string
	for _, h := range m.Changed.List {
		lines = append(lines, h.String())
	}
	if m.Changed.More > 0 {
		lines = append(lines, fmt.Sprintf("… and %d more", m.Changed.More))
	}
	return lines
}
