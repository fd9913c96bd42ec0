package render

import "math/bits"

// A bitset is a set of small numbers.
type bitset []uint64

func newBits(n int) bitset { return make(bitset, (n+63)/64) }

func (b bitset) has(n int) bool { return b[n/64]&(1<<(n%64)) != 0 }

func (b bitset) set(n int) { b[n/64] |= 1 << (n % 64) }

func (b bitset) add(other bitset) {
	for i := range other {
		b[i] |= other[i]
	}
}

func (b bitset) count() (n int) {
	for _, word := range b {
		n += bits.OnesCount64(word)
	}
	return n
}
