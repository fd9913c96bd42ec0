package skype

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hybrid/internal/powershell"
	"hybrid/planner"
	"hybrid/providers"
	"hybrid/providers/shell"
	"hybrid/schema"
)

const pinnedTo = "dc01.contoso.com"

func pinned(s *servers) *provider {
	opened, err := shell.Open(providers.Settings{Name: "skype"}, shell.Options{Translator: newTranslator(), Pool: s, Place: "fe01", Pinned: pinnedTo, Advise: advised})
	if err != nil {
		panic(err) // it contacts nothing
	}
	return &provider{Provider: opened}
}

// Every read of a kind names the domain controller where the published table of its cmdlet has the parameter, and no other.
func TestReadsNameTheDomainController(t *testing.T) {
	t.Parallel()
	tables, with := published(t), []string(nil)
	for _, k := range kinds() {
		noun := k.Remote.(schema.Cmdlet).Noun
		s := &servers{}
		listing := pinned(s).Read(t.Context(), k, nil)
		if listing.Err != nil || len(s.calls) != 1 {
			t.Fatalf("%s: %v, %v", k.Name, s.calls, listing.Err)
		}
		want := "Get-" + noun
		if tables.Cmdlet(want).HasParam("DomainController") {
			want += " -DomainController:'" + pinnedTo + "'"
			with = append(with, k.Name)
		}
		if s.calls[0] != want {
			t.Errorf("%s: %s, want %s", k.Name, s.calls[0], want)
		}
		if named := listing.Place != nil; named != slices.Contains(with, k.Name) {
			t.Errorf("%s: its commands are told of the domain controller: %v", k.Name, named)
		}
	}
	if diff := cmp.Diff([]string{"hybrid_application_endpoint", "user", "user_homing"}, with); diff != "" {
		t.Error(diff)
	}
}

// Users who are asked for by address are read there, too.
func TestFilteredReadsNameTheDomainController(t *testing.T) {
	t.Parallel()
	s := &servers{users: [][]any{row("sip:a@contoso.com", "SRV:", "pool01.contoso.com", true)}}
	listing := pinned(s).Read(t.Context(), userHoming(), wants(0, "sip:a@contoso.com"))
	if listing.Err != nil || listing.Users.Len() != 1 || len(s.calls) != 1 || !strings.Contains(s.calls[0], "-DomainController:'"+pinnedTo+"'") {
		t.Errorf("%v, %v", s.calls, listing.Err)
	}
}

// What is written names it where the cmdlet takes it, the way back as well; without a name nothing is sent.
func TestCommandsNameTheDomainController(t *testing.T) {
	t.Parallel()
	endpoint := kindNamed(t, "hybrid_application_endpoint")
	body := `application_id = "auto_attendant"
ou           = "OU=Voice,DC=contoso,DC=com"
display_name = "Reception"
`
	c := change(t, endpoint, "sip:aa@contoso.com", nil, body)
	other := change(t, kindNamed(t, "hosting_provider"), "LyncOnline", lyncOnline("Enabled", false), providerBody)
	for _, one := range []planner.Change{c, other} {
		one.Place = pinnedTo
		for _, way := range []planner.Change{one, one.Reverse()} {
			calls, err := newTranslator().Calls(way)
			if err != nil || len(calls) == 0 {
				t.Fatalf("%s: %v", way.Address, err)
			}
			for _, call := range calls {
				takes := published(t).Cmdlet(call.Command.Cmdlet).HasParam("DomainController")
				if given := names(call.Command, "DomainController"); given != takes {
					t.Errorf("%s: named %v, takes it %v", call, given, takes)
				}
			}
		}
	}
}

func names(c powershell.Command, param string) bool {
	return slices.ContainsFunc(c.Params, func(p powershell.Param) bool { return p.Name == param && p.Value == pinnedTo })
}
