package shell

import (
	"testing"

	"github.com/zclconf/go-cty/cty"
)

// What is wrong is said with what was written, and with what to write.
func TestWhatChecksSay(t *testing.T) {
	t.Parallel()
	said := func(err error) string {
		if err == nil {
			return ""
		}
		return err.Error()
	}
	for _, c := range []struct{ got, want string }{
		{said(CheckDuration(cty.StringVal("0s"))), ""},
		{said(CheckDuration(cty.StringVal("10 min"))), `"10 min" is no time to wait: write a number with its unit right behind it, "90s", "10m" or "2h".`},
		{said(CheckDuration(cty.StringVal("-10s"))), `"-10s" is no time to wait: it is less than none. Write "10m", or "0s" for none.`},
		{said(CheckCount(1, MaxUInt32)(cty.NumberIntVal(MaxUInt32))), ""},
		{said(CheckCount(1, MaxUInt32)(cty.NumberIntVal(0))), "0 is out of range: write a whole number, 1 or more."},
		{said(CheckCount(1, MaxUInt32)(cty.NumberIntVal(MaxUInt32 + 1))), "4294967296 is out of range: write a whole number from 1 to 4294967295."},
		{said(CheckCount(1, 100)(cty.NumberFloatVal(1.5))), "1.5 is out of range: write a whole number from 1 to 100."},
	} {
		if c.got != c.want {
			t.Errorf("got %s, want %s", c.got, c.want)
		}
	}
}
