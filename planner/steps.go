package planner

// Steps is what one change of one object or user issues, as text for people, in the order in which apply issues it. No
// secret is in it: what is not shown stands as a placeholder.
type Steps struct {
	Do   []string
	Undo []string // what brings the live values of before back, in order; empty where nothing can or need be
	// Lost is what no undo brings back, as sentences without a full stop: "contacts that the user had online".
	Lost []string
	// Script is Do for a script that people run by hand, a step for each; it is made when it is asked for. Nil where there
	// is none.
	Script func() []ScriptStep
}
