package main

import (
	"slices"
	"testing"

	"hybrid/schema"
)

// levels are the kinds in the order of the published procedures: trust, then federation, users, the synchronisation of the
// directory, DNS, and last the moves.
func levels() [][]string {
	return [][]string{
		{"oauth_server", "partner_application", "oauth_configuration", "service_principal"},
		{
			"sip_domain", "access_edge", "allowed_domain", "blocked_domain", "hosting_provider", "public_provider",
			"external_access_policy", "hosted_voicemail_policy", "tenant_federation", "online_sip_domain",
		},
		{"user", "hybrid_application_endpoint"},
		{"directory_sync"},
		{"dns_record"},
		{"user_homing"},
	}
}

func TestTheKindsOwnOrderIsSound(t *testing.T) {
	t.Parallel()
	_, kinds := declarations()
	for _, mistake := range schema.LintOrder(kinds) {
		t.Error(mistake)
	}
}

// Without any depends_on every kind of a level comes after every kind of the levels before it. A kind that no procedure names is
// on none, and says itself what it comes after or before.
func TestTheKindsOwnOrderIsThatOfTheProcedures(t *testing.T) {
	t.Parallel()
	_, kinds := declarations()
	firsts := schema.Firsts(kinds)
	level := map[string]int{}
	for n, names := range levels() {
		for _, name := range names {
			level[name] = n
		}
	}
	first := map[string][]string{}
	for _, k := range kinds {
		for _, f := range firsts[k.Name] {
			first[k.Name] = append(first[k.Name], f.Kind)
		}
		if _, ok := level[k.Name]; !ok && !k.Data && len(k.After)+len(k.Before) == 0 {
			t.Errorf("%s is on no level: put it on one where a procedure names it, otherwise give it an After or a Before", k.Name)
		}
	}
	for later := range level {
		before := everythingBefore(later, first)
		for earlier := range level {
			switch slices.Contains(before, earlier) {
			case true:
				if level[earlier] > level[later] {
					t.Errorf("%s comes after %s", later, earlier)
				}
			case false:
				if level[earlier] < level[later] {
					t.Errorf("%s does not come after %s: say so in its After, or in the Before of the other", later, earlier)
				}
			}
		}
	}
}

// everythingBefore lists what a kind comes after, at once or by way of others.
func everythingBefore(kind string, first map[string][]string) []string {
	var all []string
	for open := slices.Clone(first[kind]); len(open) > 0; {
		next := open[0]
		open = open[1:]
		if !slices.Contains(all, next) {
			all = append(all, next)
			open = append(open, first[next]...)
		}
	}
	return all
}
