package main

import (
	"cmp"
	"math/rand/v2"
	"testing"
)

func TestPlantsTrial(t *testing.T) {
	for n, p := range plants() {
		t.Run(p.check+" "+p.what, func(t *testing.T) {
			t.Parallel()
			p.play(t, rand.New(rand.NewPCG(7, uint64(n))))
		})
	}
}

// play plants a fault in an estate that is drawn, and holds the program to naming it first.
func (p plant) play(t *testing.T, random *rand.Rand) {
	b := healthy(t, random, cmp.Or(p.phase, "hybrid"))
	b.choose(p.whom)
	p.do(b)
	text := b.told(p.whom)
	if named := firstNamed(text); named != p.check {
		t.Errorf("%s is planted (%s), and %q is named first:\n%s", p.check, p.what, named, text)
	}
}
