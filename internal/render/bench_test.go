package render

import (
	"fmt"
	"testing"

	"hybrid/planner"
)

// BenchmarkFormats writes plans in every format: one of 50,000 users who move, one by one where a format does that, and plans of
// objects of which each says what it issues. What an object costs must not grow with how many there are.
func BenchmarkFormats(b *testing.B) {
	plans := map[string]*planner.Plan{
		"users=50000":  {Changes: []planner.Change{moves(50_000, 0)}},
		"create=50000": {Changes: []planner.Change{enabled(50_000)}},
		"objects=2000": mixed(2_000), "objects=20000": mixed(20_000),
	}
	for _, name := range Formats() {
		for _, of := range []string{"users=50000", "create=50000", "objects=2000", "objects=20000"} {
			b.Run(fmt.Sprintf("%s/%s", name, of), func(b *testing.B) {
				b.ReportAllocs()
				var d discard
				for b.Loop() {
					if err := Write(&d, name, plans[of], Options{Users: true, ShowCommands: true, Steps: issued}); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
