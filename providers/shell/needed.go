package shell

import (
	"slices"

	"hybrid/providers"
	"hybrid/schema"
)

// Needed lists the cmdlets that reading and, unless nothing is to be changed, writing the kinds takes.
func Needed(s providers.Settings, kinds []*schema.Kind) []string {
	var names []string
	for _, k := range kinds {
		changed := s.Kinds == nil || slices.Contains(s.Kinds, k.Name)
		if !changed && !slices.Contains(s.Reads, k.Name) {
			continue
		}
		remote := k.Remote.(schema.Cmdlet)
		names = append(names, "Get-"+remote.Noun)
		if changed && !s.ReadOnly {
			names = append(names, writers(remote)...)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// writers are the cmdlets that change objects of a noun, and those whose results they are given.
func writers(remote schema.Cmdlet) []string {
	names := slices.Clone(remote.Uses)
	if remote.Toggle != "" {
		return append(names, "Enable-"+remote.Noun, "Disable-"+remote.Noun)
	}
	for _, step := range []string{"create", "update", "delete"} {
		if verb := remote.Verb(step); verb != "" {
			names = append(names, verb+"-"+remote.Noun)
		}
	}
	return names
}
