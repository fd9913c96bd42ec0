package phase

import (
	"fmt"
	"slices"
	"testing"
)

func TestEvidenceTellsThePhase(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		e    Evidence
		want []Phase
	}{
		"servers alone":                       {Evidence{No, Off, ToServers, Yes}, []Phase{OnPrem}},
		"hybrid":                              {Evidence{Yes, On, ToServers, Yes}, []Phase{Hybrid}},
		"hybrid with nobody left":             {Evidence{Yes, On, ToServers, No}, []Phase{Hybrid}},
		"hybrid whose DNS came too early":     {Evidence{Yes, On, ToCloud, Yes}, []Phase{Hybrid}},
		"hybrid begun on one side":            {Evidence{No, On, ToServers, Yes}, []Phase{Hybrid}},
		"hybrid begun on the other":           {Evidence{Yes, Missing, ToServers, Yes}, []Phase{Hybrid}},
		"Teams alone":                         {Evidence{Yes, On, ToCloud, No}, []Phase{TeamsOnly}},
		"decommissioning cut short":           {Evidence{No, On, ToCloud, No}, []Phase{TeamsOnly}},
		"decommissioned":                      {Evidence{No, Off, ToCloud, No}, []Phase{Decommissioned}},
		"never hybrid, users in the cloud":    {Evidence{No, Missing, ToCloud, No}, []Phase{OnPrem, Decommissioned}},
		"hybrid off, nobody on the servers":   {Evidence{No, Off, ToServers, No}, []Phase{OnPrem, Decommissioned}},
		"hybrid off, DNS and users disagree":  {Evidence{No, Off, ToCloud, Yes}, []Phase{OnPrem}},
		"the tenant could not be asked":       {Evidence{Unasked, On, ToServers, Yes}, []Phase{Hybrid}},
		"neither tenant nor record is known":  {Evidence{Unasked, Off, Unlooked, Yes}, []Phase{OnPrem, Hybrid}},
		"nothing is known":                    {Evidence{}, All()},
		"only that nobody is on the servers":  {Evidence{OnServers: No}, All()},
		"only that there are users on them":   {Evidence{OnServers: Yes}, []Phase{OnPrem, Hybrid}},
		"only that partners go to the cloud":  {Evidence{DNS: ToCloud}, All()},
		"only that sharing is on":             {Evidence{Sharing: Yes}, []Phase{Hybrid, TeamsOnly}},
		"sharing is on and DNS in the cloud":  {Evidence{Sharing: Yes, DNS: ToCloud}, []Phase{Hybrid, TeamsOnly}},
		"no federation record, nobody around": {Evidence{No, Missing, Nowhere, No}, []Phase{OnPrem, Decommissioned}},
	} {
		if got := tt.e.Phases(); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
}

// Whatever is read, the estate is in some phase; with users on the servers it is never in one of the cloud's; and to
// know less never rules a phase out.
func TestEveryEvidenceIsSomePhase(t *testing.T) {
	t.Parallel()
	all := Evidence{}.settled()
	if len(all) != 2*3*3*2 {
		t.Fatalf("%d combinations", len(all))
	}
	for _, e := range all {
		phases := e.Phases()
		switch {
		case len(phases) == 0:
			t.Errorf("%+v is no phase", e)
		case e.OnServers == Yes && slices.ContainsFunc(phases, Phase.cloudy):
			t.Errorf("%+v: %v", e, phases)
		}
		for _, less := range []Evidence{{e.Sharing, e.Provider, e.DNS, Unasked}, {e.Sharing, e.Provider, Unlooked, e.OnServers}, {e.Sharing, Unseen, e.DNS, e.OnServers}, {Unasked, e.Provider, e.DNS, e.OnServers}} {
			for _, p := range phases {
				if !slices.Contains(less.Phases(), p) {
					t.Errorf("%+v is %v, and with less known %v", e, phases, less.Phases())
				}
			}
		}
		if e.String() == "" || fmt.Sprint(e) == "" {
			t.Errorf("%#v says nothing", e)
		}
	}
}
