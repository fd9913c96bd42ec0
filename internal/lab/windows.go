package lab

import (
	"fmt"
	"slices"
	"strings"
)

// Windows is how the hosts are that sessions run on, beside the cmdlets of their modules. Hosts are named as clients call them; *
// stands for all.
type Windows struct {
	Modules []string `json:"teams_module,omitempty"`  // "fe01.contoso.com=5.9.0" or "5.9.0": versions of MicrosoftTeams; "none" for no module
	NoHop   []string `json:"no_second_hop,omitempty"` // hosts from which sessions reach no domain controller
	NoTLS12 []string `json:"no_tls12,omitempty"`      // hosts whose .NET Framework does not speak TLS 1.2 by itself
	TLS12   []string `json:"tls12_off,omitempty"`     // hosts whose Windows has TLS 1.2 switched off for clients
}

// teamsVersion is the version of MicrosoftTeams that hosts have where nothing else is set.
const teamsVersion = "7.1.0"

// SetWindows replaces how the hosts are.
func (e *Estate) SetWindows(w Windows) {
	e.Windows = w
	e.changed(change{Windows: &w})
}

// windowsSettings are those of the hosts.
func windowsSettings() []Setting {
	return []Setting{
		ofWindows("windows.teams_module", "versions of the module MicrosoftTeams on the hosts, as VERSION or HOST=VERSION with commas between, or none; without any 7.1.0", func(w *Windows) *[]string { return &w.Modules }),
		ofWindows("windows.no_second_hop", "hosts whose sessions reach no domain controller, with commas between; * for all", func(w *Windows) *[]string { return &w.NoHop }),
		ofWindows("windows.no_tls12", "hosts whose .NET Framework is not set to strong cryptography, with commas between; * for all", func(w *Windows) *[]string { return &w.NoTLS12 }),
		ofWindows("windows.tls12_off", "hosts whose Windows has TLS 1.2 switched off for clients, with commas between; * for all", func(w *Windows) *[]string { return &w.TLS12 }),
	}
}

// ofWindows is a setting that is a list of Windows.
func ofWindows(name, doc string, field func(*Windows) *[]string) Setting {
	return Setting{
		Name: name, Doc: doc,
		Get: func(e *Estate) string { return settingText(field(&e.Windows)) },
		Set: func(e *Estate, text string) error {
			w := e.Windows
			if err := parseSetting(field(&w), text); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			e.SetWindows(w)
			return nil
		},
	}
}

// lists says whether a list of hosts has a host.
func lists(hosts []string, host string) bool {
	return slices.ContainsFunc(hosts, func(one string) bool { return one == "*" || strings.EqualFold(one, host) })
}

// teamsModules are the versions of MicrosoftTeams on a host: those that are set for it, or for all.
func (w Windows) teamsModules(host string) (versions []string) {
	var all []string
	for _, item := range w.Modules {
		name, version, own := strings.Cut(item, "=")
		switch {
		case own && strings.EqualFold(name, host):
			versions = append(versions, version)
		case !own:
			all = append(all, item)
		}
	}
	if versions == nil {
		versions = all
	}
	if versions == nil {
		versions = []string{teamsVersion}
	}
	return slices.DeleteFunc(versions, func(v string) bool { return v == "none" })
}
