package skype

import (
	"fmt"
	"math/big"

	"github.com/zclconf/go-cty/cty"
)

// checkCount accepts whole numbers between least and most.
func checkCount(least, most int64) func(cty.Value) error {
	return func(v cty.Value) error {
		n := v.AsBigFloat()
		if n.IsInt() && n.Cmp(big.NewFloat(float64(least))) >= 0 && n.Cmp(big.NewFloat(float64(most))) <= 0 {
			return nil
		}
		return fmt.Errorf("%s is out of range: write a whole number from %d to %d.", n.Text('f', -1), least, most)
	}
}

// maxUInt32 is what a parameter of type UInt32 can hold.
const maxUInt32 = 1<<32 - 1
