package shell

import (
	"fmt"
	"math/big"

	"github.com/zclconf/go-cty/cty"
)

// CheckCount accepts whole numbers between least and most.
func CheckCount(least, most int64) func(cty.Value) error {
	return func(v cty.Value) error {
		n := v.AsBigFloat()
		if n.IsInt() && n.Cmp(big.NewFloat(float64(least))) >= 0 && n.Cmp(big.NewFloat(float64(most))) <= 0 {
			return nil
		}
		if most == MaxUInt32 && n.Cmp(big.NewFloat(MaxUInt32)) <= 0 {
			return fmt.Errorf("%s is out of range: write a whole number, %d or more.", n.Text('f', -1), least)
		}
		return fmt.Errorf("%s is out of range: write a whole number from %d to %d.", n.Text('f', -1), least, most)
	}
}

// MaxUInt32 is what a parameter of type UInt32 can hold.
const MaxUInt32 = 1<<32 - 1
