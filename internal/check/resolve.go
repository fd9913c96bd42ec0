package check

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
)

// maxAliases is how many aliases are followed.
const maxAliases = 8

// Resolve resolves a name as clients in a view do, with the aliases on the way: by the resolvers of the domain's dns blocks, then
// by their name servers, then by this machine's own resolvers. Who said it is told; no records and no error mean that there are none.
func (e *Estate) Resolve(ctx context.Context, v View, domain, name string, types ...string) (records []Record, by Witness, err error) {
	all, err := e.witnesses(ctx, domain, v)
	if len(all) == 0 {
		return nil, by, cmp.Or(err, fmt.Errorf("nobody is known who could be asked %s: write a dns block with view = %q and resolvers = [its address]", v, map[View]string{Inside: "internal", Outside: "external"}[v]))
	}
	slices.SortStableFunc(all, func(a, b Witness) int { return distance(a) - distance(b) })
	for _, by = range all {
		if records, err = e.resolveBy(ctx, by, plainName(name), types); err == nil {
			return records, by, nil
		}
	}
	return nil, by, err
}

// distance orders witnesses by how near they are to what clients of a view ask.
func distance(w Witness) int {
	switch {
	case w.System:
		return 2
	case w.Authority:
		return 1
	}
	return 0
}

// resolveBy asks one witness, as a client does, and goes on at the end of aliases.
func (e *Estate) resolveBy(ctx context.Context, w Witness, name string, types []string) (records []Record, err error) {
	w.Authority = false // it is asked to ask others, where it does so for clients
	for range maxAliases {
		var unheard error
		for _, rtype := range types {
			found, err := e.answerBy(ctx, w, name, rtype)
			if err != nil {
				unheard = err
			}
			for _, r := range found {
				if !slices.Contains(records, r) {
					records = append(records, r)
				}
			}
		}
		whole := slices.ContainsFunc(records, func(r Record) bool { return slices.Contains(types, r.Type) })
		last := lastAlias(records)
		switch {
		case whole:
			return records, nil
		case unheard != nil: // what was not told may be there
			return nil, unheard
		case last == "" || last == name:
			return records, nil
		}
		name = last
	}
	return nil, errors.New("its aliases lead on and on")
}

// answerBy is what a witness says of a name. A server that neither has the zone nor asks others has said nothing.
func (e *Estate) answerBy(ctx context.Context, w Witness, name, rtype string) ([]Record, error) {
	a, err := e.ask(ctx, w, name, rtype)
	if err == nil && len(a.Records) == 0 && !a.Authoritative && !a.Recursive {
		err = fmt.Errorf("%s has nothing of %s and asks nobody else", w.Name, name)
	}
	return a.Records, err
}

// lastAlias is where the last of the aliases leads; "" where there is none.
func lastAlias(records []Record) (last string) {
	for _, r := range records {
		if r.Type == "CNAME" {
			last = r.Target()
		}
	}
	return last
}
