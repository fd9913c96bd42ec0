package planner

import "github.com/hashicorp/hcl/v2"

// A Refusal is a guard that a plan does not pass.
type Refusal struct {
	Guard string // "max_deletes", "policy.no-fridays"
	Text  string // in sentences: what the plan would do, the limit, and what to do about it
	// Range is the line of the configuration that it is about; zero where it is about the plan as a whole.
	Range hcl.Range
}

// Aside is what to say to set the guard aside for one run.
func (r Refusal) Aside() string { return "--override " + r.Guard + " --reason TEXT" }

// An Override sets a guard aside for one run.
type Override struct {
	Guard  string `json:"guard"`         // as in [Refusal]
	Reason string `json:"reason"`        // --reason
	Who    string `json:"who,omitempty"` // the user's name
}

// A SetAside is a refusal that an override lets through.
type SetAside struct {
	Refusal
	Override
}
