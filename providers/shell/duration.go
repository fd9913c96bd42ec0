package shell

import (
	"fmt"
	"time"

	"github.com/zclconf/go-cty/cty"
)

// CheckDuration accepts a time to wait: "90m", "2h", "0s".
func CheckDuration(v cty.Value) error {
	switch d, err := time.ParseDuration(TextOf(v)); {
	case err != nil:
		return fmt.Errorf("%q is no time to wait: write a number with its unit right behind it, \"90s\", \"10m\" or \"2h\".", TextOf(v))
	case d < 0:
		return fmt.Errorf("%q is no time to wait: it is less than none. Write \"10m\", or \"0s\" for none.", TextOf(v))
	}
	return nil
}

// DurationOf is a value that CheckDuration accepts, or what is usual where nothing is said.
func DurationOf(v cty.Value, usual time.Duration) time.Duration {
	if d, err := time.ParseDuration(TextOf(v)); err == nil {
		return d
	}
	return usual
}
