package planner

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"hybrid/schema"
)

// TestAddressesAreReadAsTheyAreWritten: whatever labels, keys and users are called.
func TestAddressesAreReadAsTheyAreWritten(t *testing.T) {
	t.Parallel()
	kinds := []*schema.Kind{{Name: "edge", Singleton: true}, {Name: "users"}, {Name: "record", Labels: []string{"identity", "type"}}}
	rapid.Check(t, func(t *rapid.T) {
		k := rapid.SampledFrom(kinds).Draw(t, "kind")
		text := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"pilot", "_sip._tls.contoso.com", `a"]["b`, "", "."}))
		a := Address{Kind: k.Name}
		for range k.LabelNames() {
			a.Labels = append(a.Labels, text.Draw(t, "label"))
		}
		if rapid.Bool().Draw(t, "keyed") {
			a = a.At(text.Draw(t, "key"))
		}
		if rapid.Bool().Draw(t, "user") {
			a = a.Of("sip:" + text.Draw(t, "sip"))
		}
		got, err := ParseAddress(a.String(), k, a.User)
		if err != nil {
			t.Fatalf("%s: %v", a, err)
		}
		if d := cmp.Diff(a, got); d != "" {
			t.Fatalf("%s (-want +got):\n%s", a, d)
		}
	})
}

func TestWhatIsNoAddressIsRefused(t *testing.T) {
	t.Parallel()
	k := &schema.Kind{Name: "users"}
	for _, tt := range []struct{ text, user string }{
		{"users", ""}, {"others.a", ""}, {"users.a.b.c", ""}, {`users["a`, ""}, {`users["a"`, ""}, {"users[a]", ""}, {"users.a", "sip:ada@contoso.com"}, {"usersx", ""}, {"", ""},
	} {
		if a, err := ParseAddress(tt.text, k, tt.user); err == nil {
			t.Errorf("%q of %q was read as %s", tt.text, tt.user, a)
		}
	}
}
