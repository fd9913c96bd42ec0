package importer

import (
	"fmt"
	"regexp"
	"strings"

	"hybrid/planner"
)

// readable is what a label may hold as it stands: no character that means something else in a quoted label.
var readable = regexp.MustCompile(`^[\p{L}\p{N}_*][\p{L}\p{N}._@:*!()+' -]*$`)

// label gives each object the label of its block: its identity where it can stand there and no block has it, else a name made of it.
func (w *work) label() {
	taken := w.taken()
	for _, o := range w.objects {
		if o.kind.Singleton {
			continue
		}
		o.label = free(taken, o, proposal(o.identity))
	}
}

// taken are the addresses of the blocks that there are.
func (w *work) taken() map[string]bool {
	taken := map[string]bool{}
	for _, node := range w.Before.Nodes {
		taken[node.Address.String()] = true
	}
	return taken
}

// proposal is an identity as a label.
func proposal(identity string) string {
	if readable.MatchString(identity) {
		return identity
	}
	return slug(identity)
}

// slug is a text as a name: letters, digits, dots and hyphens.
func slug(text string) string {
	name := strings.Trim(regexp.MustCompile(`[^\p{L}\p{N}._-]+`).ReplaceAllString(text, "-"), "-.")
	if name == "" {
		return "unnamed"
	}
	return name
}

// free is the first label made of a proposal that no block has yet, which it then has. Another provider block of the same
// system makes the first difference.
func free(taken map[string]bool, o *object, proposed string) string {
	_, view, _ := strings.Cut(o.provider, ".")
	label := proposed
	for n := 1; ; n++ {
		at := planner.Address{Kind: o.kind.Name, Labels: o.labels(label)}.String()
		if !taken[at] {
			taken[at] = true
			return label
		}
		if n == 1 && view != "" {
			proposed += "-" + view
			label = proposed
			continue
		}
		label = fmt.Sprintf("%s-%d", proposed, n+1)
	}
}
