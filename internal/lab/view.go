package lab

import (
	"fmt"
	"slices"

	"hybrid/internal/lab/nameserver"
)

// A zoneKey names a zone as a view has it.
type zoneKey struct{ view, zone string }

// A zoneUpdate is what has become of a zone's record sets since its records were written down: the latest of each, in the
// order in which they first changed.
type zoneUpdate struct {
	sets []nameserver.Set
	at   map[string]int // owner and type to its place in sets
}

func (u *zoneUpdate) add(set nameserver.Set) {
	key := set.Owner + " " + set.Type
	if n, known := u.at[key]; known {
		u.sets[n] = set
		return
	}
	u.at[key] = len(u.sets)
	u.sets = append(u.sets, set)
}

// UpdateZone replaces record sets of a zone that a view has. It costs what the sets do, whatever the zone holds.
func (e *Estate) UpdateZone(view, zone string, sets []nameserver.Set) {
	at := zoneKey{view, zone}
	u := e.updates[at]
	if u == nil {
		u = &zoneUpdate{at: map[string]int{}}
		e.updates[at] = u
	}
	for _, set := range sets {
		u.add(set)
	}
	e.changed(change{View: view, Zone: zone, Sets: slices.Clone(sets)})
}

// settle brings the updates of zones into Views.
func (e *Estate) settle() error {
	for at, u := range e.updates {
		records, err := nameserver.Merge(at.zone, e.Views[at.view][at.zone], u.sets)
		if err != nil {
			return fmt.Errorf("view %s: %w", at.view, err)
		}
		e.Views[at.view][at.zone] = records
		delete(e.updates, at)
	}
	return nil
}
