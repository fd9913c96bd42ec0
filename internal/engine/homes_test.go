package engine_test

import (
	"errors"
	"testing"

	"hybrid/internal/engine"
)

// A home that nobody knows is refused at plan, and only where that is certain: what is declared may be a home, what is not known
// yet may be, and a far end that tells no homes has not said that there are none.
func TestNoSuchHome(t *testing.T) {
	t.Parallel()
	const move = `
home "all" {
  users  = [{ sip_address = "sip:ada@x.com" }, { sip_address = "sip:bob@x.com" }]
  target = "pol01"
}
`
	known := []string{"pool02", "pool01", "cloud"}
	for name, c := range map[string]struct {
		hcl   string
		homes []string
		err   error
		lives string // where both live
		want  string
		asked int
	}{
		"near": {
			hcl: move, homes: known, lives: "pool02", asked: 1,
			want: `home.all: target is "pol01", which is neither a pool of the servers nor the proxy FQDN of a hosting provider that they have or the configuration declares: each of its 2 users would fail. Did you mean "pool01"?`,
		},
		"far": {
			hcl: move, homes: []string{"fabrikam"}, lives: "pool02", asked: 1,
			want: `home.all: target is "pol01", which is neither a pool of the servers nor the proxy FQDN of a hosting provider that they have or the configuration declares: each of its 2 users would fail. There is fabrikam.`,
		},
		"there":         {hcl: move, homes: append(known, "pol01"), lives: "pool02", asked: 1},
		"nobody moves":  {hcl: move, homes: known, lives: "pol01"},
		"declared":      {hcl: move + "thing \"a\" {\n  note = \"pol01\"\n}\n", homes: known, lives: "pool02"},
		"not told":      {hcl: move, lives: "pool02", asked: 1},
		"error":         {hcl: move, homes: known, err: errors.New("access denied"), lives: "pool02", asked: 1},
		"not known yet": {hcl: move + "thing \"a\" { size = 1 }\nthing \"b\" { note = thing.a.made }\n", homes: known, lives: "pool02"},
	} {
		f := newFar()
		f.homes, f.homesErr = c.homes, c.err
		f.people["sip:ada@x.com"], f.people["sip:bob@x.com"] = c.lives, c.lives
		tr := try(t, f, c.hcl)
		planned, diags := tr.engine.Plan(t.Context(), engine.Scope{})
		got := ""
		for _, d := range diags {
			got += d.Detail
			if d.Subject.Start.Line != 5 {
				t.Errorf("%s: told at %v", name, d.Subject)
			}
		}
		if got != c.want || f.homesAsked != c.asked || planned.Plan.Incomplete != (c.want != "") {
			t.Errorf("%s: asked %d times, got %q", name, f.homesAsked, got)
		}
	}
}
