package schema

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// LintOrder lists the mistakes in the kinds' own order, one sentence each. The kinds are those of all systems, since
// order goes across them.
func LintOrder(kinds []*Kind) []string {
	known := map[string]*Kind{}
	for _, k := range kinds {
		known[k.Name] = k
	}
	var found []string
	for _, k := range kinds {
		found = append(found, lintFirsts(k.Name+": After", k.After, known)...)
		found = append(found, lintFirsts(k.Name+": Before", k.Before, known)...)
		found = append(found, lintFirsts(k.Name+": Leaving", k.Leaving, known)...)
	}
	firsts := Firsts(kinds)
	for _, k := range kinds {
		for _, later := range k.Before {
			if saidTwice(k.Name, firsts[later.Kind]) {
				found = append(found, fmt.Sprintf("%s: Before names %s, whose After names it", k.Name, later.Kind))
			}
		}
	}
	circle := func(name string, order func(*Kind) []First) {
		if names := orderCircle(kinds, known, order); names != nil {
			found = append(found, fmt.Sprintf("%s goes in a circle: %s", name, strings.Join(names, ", ")))
		}
	}
	circle("After", func(k *Kind) []First { return firsts[k.Name] })
	circle("Leaving", func(k *Kind) []First { return k.Leaving })
	return found
}

// Firsts are the kinds that come before each where nothing else is said, by its name: those of its own After, and those whose
// Before names it.
func Firsts(kinds []*Kind) map[string][]First {
	firsts := make(map[string][]First, len(kinds))
	for _, k := range kinds {
		firsts[k.Name] = append(firsts[k.Name], k.After...)
		for _, later := range k.Before {
			firsts[later.Kind] = append(firsts[later.Kind], First{Kind: k.Name, Why: later.Why})
		}
	}
	return firsts
}

// saidTwice says whether a list names a kind more than once.
func saidTwice(kind string, list []First) bool {
	times := 0
	for _, first := range list {
		if first.Kind == kind {
			times++
		}
	}
	return times > 1
}

func lintFirsts(of string, list []First, known map[string]*Kind) []string {
	var found []string
	seen := map[string]bool{}
	for _, first := range list {
		if known[first.Kind] == nil || seen[first.Kind] {
			found = append(found, fmt.Sprintf("%s names %q, which is no kind, or stands there twice", of, first.Kind))
		}
		seen[first.Kind] = true
		if first.Why == "" || strings.HasSuffix(first.Why, ".") {
			found = append(found, fmt.Sprintf("%s gives no reason for %s, or one with a full stop", of, first.Kind))
		}
	}
	return found
}

// orderCircle names the kinds that are left when those are taken away, again and again, that come after none of the
// others; nil where all are.
func orderCircle(kinds []*Kind, known map[string]*Kind, order func(*Kind) []First) []string {
	left := maps.Clone(known)
	for range kinds {
		for name, k := range left {
			if !slices.ContainsFunc(order(k), func(f First) bool { return left[f.Kind] != nil }) {
				delete(left, name)
			}
		}
	}
	if len(left) == 0 {
		return nil
	}
	return slices.Sorted(maps.Keys(left))
}
