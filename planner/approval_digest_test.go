package planner

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"testing"

	"pgregory.net/rapid"
)

// The digest is that of the JSON of all changes as a list, whatever is in them.
func TestTheDigestIsThatOfTheWholeList(t *testing.T) {
	t.Parallel()
	texts := rapid.MapOfN(rapid.String(), rapid.String(), -1, 3)
	user := rapid.SliceOfN(rapid.String(), 0, 4)
	change := rapid.Custom(func(t *rapid.T) Approved {
		a := Approved{
			Address: rapid.String().Draw(t, "address"), Action: Move, Provider: "skype", Place: rapid.String().Draw(t, "place"),
			Before: texts.Draw(t, "before"), After: texts.Draw(t, "after"), Paths: rapid.SliceOfN(rapid.String(), 0, 2).Draw(t, "paths"),
		}
		a.Users = append(a.Users, rapid.SliceOfN(user, 0, 4).Draw(t, "users")...) // nil where there are none
		return a
	})
	rapid.Check(t, func(t *rapid.T) {
		var a Approval
		a.Changes = append(a.Changes, rapid.SliceOfN(change, 0, 4).Draw(t, "changes")...)
		sum := sha256.New()
		if err := json.NewEncoder(sum).Encode(a.Changes); err != nil {
			t.Fatal(err)
		}
		if got, want := a.digest(), hex.EncodeToString(sum.Sum(nil)); got != want {
			t.Fatalf("%s, of the list %s", got, want)
		}
	})
}
