package shell

import (
	"testing"

	"github.com/zclconf/go-cty/cty"

	"hybrid/providers"
)

func TestSessions(t *testing.T) {
	t.Parallel()
	tests := []struct {
		sessions, parallel, want int
	}{{0, 0, DefaultSessions}, {3, 0, 3}, {0, 2, 2}, {3, 5, 3}, {12, 5, 5}, {0, 50, DefaultSessions}}
	for _, test := range tests {
		s := providers.Settings{Parallel: test.parallel, Values: cty.ObjectVal(map[string]cty.Value{"sessions": cty.NullVal(cty.Number)})}
		if test.sessions > 0 {
			s.Values = cty.ObjectVal(map[string]cty.Value{"sessions": cty.NumberIntVal(int64(test.sessions))})
		}
		if got := ArgumentsOf(s).size(s); got != test.want {
			t.Errorf("sessions %d, parallel %d: %d, want %d", test.sessions, test.parallel, got, test.want)
		}
	}
}
