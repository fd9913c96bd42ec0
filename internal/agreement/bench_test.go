package agreement

import (
	"fmt"
	"testing"

	"github.com/zclconf/go-cty/cty"

	"hybrid/planner"
)

// What a domain costs must not grow with how many both sides list.
func BenchmarkLists(b *testing.B) {
	for _, n := range []int{1_000, 10_000, 100_000} {
		b.Run(fmt.Sprintf("domains=%d", n), func(b *testing.B) {
			var objects []planner.Object
			var list []string
			for i := range n {
				name := fmt.Sprintf("partner%06d.com", i)
				objects, list = append(objects, object("allowed_domain", name, nil)), append(list, name)
			}
			objects = append(objects, object("tenant_federation", "", map[string]cty.Value{
				"allow_federated_users": cty.NullVal(cty.Bool), "allowed_domains": set(list...), "blocked_domains": cty.NullVal(cty.Set(cty.String)),
			}))
			for b.Loop() {
				if diags := Check(objects); len(diags) > 0 {
					b.Fatal(diags)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/domain")
		})
	}
}
