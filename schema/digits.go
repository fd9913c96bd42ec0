package schema

import (
	"math/big"
	"strconv"
)

// exactly is the least whole number that two numbers of 53 bits may have to share.
const exactly = 1 << 53

// Digits is a number as JSON and HCL write it: without an exponent, and with as few digits as tell it from every other of its
// precision. Whole numbers of usual size are written as what they are, since of a value of the language, which has 512 bits, finding
// out how few digits will do costs 10 µs.
func Digits(f *big.Float) string {
	n, accuracy := f.Int64()
	if accuracy == big.Exact && n > -exactly && n < exactly && f.Prec() >= 53 && !(n == 0 && f.Signbit()) {
		return strconv.FormatInt(n, 10)
	}
	return f.Text('f', -1)
}
