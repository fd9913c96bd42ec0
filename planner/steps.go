package planner

// Steps is what one change of one object or user issues, as text for people, in the order in which apply issues it. No
// secret is in it: what is not shown stands as a placeholder.
type Steps struct {
	Do   []string `json:"do,omitempty"`
	Undo []string `json:"undo,omitempty"` // what brings the live values of before back, in order; empty where nothing can or need be
	// Lost is what no undo brings back, as sentences without a full stop: "contacts that the user had online".
	Lost []string `json:"lost,omitempty"`
}

// Redacted is the steps with secrets taken out of their texts, should one be in them.
func (s Steps) Redacted(redact func(string) string) Steps {
	return Steps{Do: each(s.Do, redact), Undo: each(s.Undo, redact), Lost: each(s.Lost, redact)}
}

// each makes something of every text; nil stays nil.
func each(texts []string, of func(string) string) []string {
	var all []string
	for _, text := range texts {
		all = append(all, of(text))
	}
	return all
}
