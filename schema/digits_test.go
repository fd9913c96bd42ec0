package schema_test

import (
	"math/big"
	"testing"

	"github.com/zclconf/go-cty/cty"
	"pgregory.net/rapid"

	"hybrid/schema"
)

// However a number is written down, it is the same text as the library's own.
func TestDigits(t *testing.T) {
	t.Parallel()
	same := func(f *big.Float) (got, want string) { return schema.Digits(f), f.Text('f', -1) }
	for _, text := range []string{"0", "-0", "300", "-1", "0.1", "1e30", "9223372036854775807", "9223372036854775808", "-9223372036854775808", "1.5", "123456789.125"} {
		v, err := cty.ParseNumberVal(text)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := same(v.AsBigFloat()); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		if got, want := same(cty.NumberFloatVal(rapid.Float64Range(-1e20, 1e20).Draw(t, "number")).AsBigFloat()); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	})
}
