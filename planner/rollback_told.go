package planner

import (
	"fmt"
	"slices"

	"github.com/hashicorp/hcl/v2"
)

// A Rollback is what a plan that takes a run back says beside its changes.
type Rollback struct {
	Run   string     `json:"run"`   // its ID
	About string     `json:"about"` // which run it is, for people, as a sentence
	Lost  []Leftover `json:"lost,omitempty"`
	Kept  []Leftover `json:"kept,omitempty"`
}

// Warnings say what is left, for formats that have no place of their own for it.
func (r *Rollback) Warnings() hcl.Diagnostics {
	var diags hcl.Diagnostics
	for _, list := range []struct {
		summary string
		all     []Leftover
	}{{"Nothing brings this back", r.Lost}, {"This is left as it is", r.Kept}} {
		for _, l := range list.all {
			diags = append(diags, &hcl.Diagnostic{Severity: hcl.DiagWarning, Summary: list.summary, Detail: l.sentence()})
		}
	}
	return diags
}

func (l *Leftover) sentence() string {
	switch n := len(l.Users); n {
	case 0:
		return fmt.Sprintf("%s: %s.", l.Address, l.Text)
	case 1:
		return fmt.Sprintf("%s, 1 user (%s): %s.", l.Address, l.Users[0], l.Text)
	default:
		return fmt.Sprintf("%s, %d users (%s): %s.", l.Address, n, listed(l.Users), l.Text)
	}
}

// A Leftover is what a rollback does not bring back, or leaves as it is.
type Leftover struct {
	Address string   `json:"address"`         // of an object, or of the block whose users it is about
	Users   []string `json:"users,omitempty"` // their SIP addresses
	Text    string   `json:"text"`            // a clause that follows the address and a colon, without a full stop
}

// redacted is a rollback without secrets, should one be in its texts.
func (r *Rollback) redacted(redact func(string) string) *Rollback {
	if r == nil {
		return nil
	}
	clean := func(list []Leftover) []Leftover {
		list = slices.Clone(list)
		for n := range list {
			list[n].Text = redact(list[n].Text)
		}
		return list
	}
	return &Rollback{Run: r.Run, About: redact(r.About), Lost: clean(r.Lost), Kept: clean(r.Kept)}
}
