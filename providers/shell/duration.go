package shell

import (
	"errors"
	"time"

	"github.com/zclconf/go-cty/cty"
)

// CheckDuration accepts a time to wait: "90m", "2h", "0s".
func CheckDuration(v cty.Value) error {
	if d, err := time.ParseDuration(TextOf(v)); err != nil || d < 0 {
		return errors.New("This is no time to wait: write a number with its unit, \"90m\" or \"2h\".")
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
