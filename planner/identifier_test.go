package planner

import (
	"testing"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"pgregory.net/rapid"
)

// What is said of a label without asking HCL's scanner is what the scanner says.
func TestIdentifiersAreThoseOfHCL(t *testing.T) {
	t.Parallel()
	check := func(fail func(string, ...any), text string) {
		if got, want := identifier(text), hclsyntax.ValidIdentifier(text); got != want {
			fail("%q: %t, not %t", text, got, want)
		}
	}
	for _, text := range []string{"", "true", "null", "for", "if", "_", "-", "a-", "a_", "a.b", "1a", "\u00e9", "a\u00e9", "a\xff", "a b", "a\n"} {
		check(t.Errorf, text)
	}
	for a := range 256 {
		for b := range 256 {
			check(t.Errorf, string([]byte{'a', byte(a), byte(b)}))
		}
	}
	rapid.Check(t, func(r *rapid.T) {
		check(r.Fatalf, rapid.OneOf(rapid.StringMatching(`[a-zA-Z0-9_.\-]{0,8}`), rapid.StringMatching(`[ -~]{0,4}`), rapid.String()).Draw(r, "label"))
	})
}
