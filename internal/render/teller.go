package render

import (
	"strings"

	"hybrid/planner"
)

// A teller says of a plan what every format says in the same words. What others made passes through it.
type teller struct {
	redact func(string) string
	told   map[string]string // reasons why something could not be read: the first address that had it
}

func newTeller(p *planner.Plan) teller {
	return teller{redact: Redact(p), told: map[string]string{}}
}

// foreign is a text that others made, fit to be shown.
func (t *teller) foreign(text string) string { return plain(t.redact(text)) }

// all are texts that others made, each fit to be shown.
func (t *teller) all(texts []string) []string { return each(texts, t.foreign) }

// each is what a function makes of texts; never nil.
func each(texts []string, of func(string) string) []string {
	made := make([]string, len(texts))
	for n, text := range texts {
		made[n] = of(text)
	}
	return made
}

// why is the reason why an object could not be read. One that several have is told with the first of them.
func (t *teller) why(c *planner.Change) string {
	if first, told := t.told[c.Reason]; told {
		return "as with " + plain(first)
	}
	t.told[c.Reason] = c.Address.String()
	return t.foreign(c.Reason)
}

// source is a block as the configuration writes it, a line each; none where it is not known. Its first line is that of the
// block's header, [planner.Node.Range]. What is a secret where it is written out, the configuration has blotted out.
func (t *teller) source(n *planner.Node) []string {
	if n == nil {
		return nil
	}
	if n.Source == "" {
		return nil
	}
	return strings.Split(strings.TrimRight(t.foreign(n.Source), "\n"), "\n")
}
