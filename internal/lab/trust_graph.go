package lab

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"hybrid/internal/lab/graph"
)

// The principals of the two services that trust is made with.
const (
	skypeOnline    = "00000004-0000-0ff1-ce00-000000000000"
	exchangeOnline = "00000002-0000-0ff1-ce00-000000000000"
)

// ofDirectory is a setting that is something in Entra.
func ofDirectory(name, doc string, get func(*graph.Directory) string, set func(*graph.Directory, string) error) Setting {
	return Setting{
		Name: name, Doc: doc,
		Get: func(e *Estate) string {
			if e.Directory == nil {
				return ""
			}
			return get(e.Directory)
		},
		Set: func(e *Estate, text string) error {
			if e.Directory == nil {
				return fmt.Errorf("%s: the configuration has no tenant in Entra: declare a service_principal first", name)
			}
			d := e.Directory.Clone()
			if err := set(&d, text); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			e.SetDirectory(d)
			return nil
		},
	}
}

// usualPermissions are those of the lab's application where nobody says otherwise.
func usualPermissions() []string { return []string{"Application.ReadWrite.All", "User.Read.All"} }

func graphPermissions() Setting {
	return ofDirectory("graph.permissions", "the application permissions that an administrator has consented to, with commas between; none; empty for the usual ones",
		func(d *graph.Directory) string {
			for _, c := range d.Clients {
				if c.ID == labApplication {
					return strings.Join(c.Permissions, ",")
				}
			}
			return ""
		},
		func(d *graph.Directory, text string) error {
			permissions := orElse(text, strings.Join(usualPermissions(), ","))
			for n := range d.Clients {
				if d.Clients[n].ID == labApplication {
					d.Clients[n].Permissions = permissions
					return nil
				}
			}
			d.Clients = append(d.Clients, graph.Client{ID: labApplication, Permissions: permissions})
			return nil
		})
}

func graphNames() Setting {
	return ofDirectory("graph.names", "the names of the service principal of Skype for Business Online, with commas between",
		func(d *graph.Directory) string {
			if p := d.Principal(skypeOnline); p != nil {
				return strings.Join(p.Names, ",")
			}
			return ""
		},
		func(d *graph.Directory, text string) error {
			principalOf(d, skypeOnline).Names = listed(text)
			return nil
		})
}

func graphExchangeKey() Setting {
	return ofDirectory("graph.exchange_key", "a key was left on the service principal of Exchange Online (CVE-2025-53786): true, false",
		func(d *graph.Directory) string {
			p := d.Principal(exchangeOnline)
			return strconv.FormatBool(p != nil && len(p.Keys) > 0)
		},
		func(d *graph.Directory, text string) error {
			var yes bool
			if err := parseSetting(&yes, text); err != nil {
				return err
			}
			keys := []graph.Key{}
			if yes {
				keys = append(keys, graph.Key{
					KeyID: uuid.NewSHA1(uuid.NameSpaceOID, []byte("exchange")).String(), Type: "AsymmetricX509Cert", Usage: "Verify",
					Identifier: strings.Repeat("AB", 20), DisplayName: "CN=Microsoft Exchange Server Auth Certificate",
					Start: time.Now().UTC().AddDate(-1, 0, 0).Format(time.RFC3339), End: time.Now().UTC().AddDate(4, 0, 0).Format(time.RFC3339),
				})
			}
			principalOf(d, exchangeOnline).Keys = keys
			return nil
		})
}

// principalOf finds a service principal, or makes it.
func principalOf(d *graph.Directory, id string) *graph.Principal {
	if d.Principal(id) == nil {
		d.Principals = append(slices.Clone(d.Principals), freshPrincipal(id))
	}
	return d.Principal(id)
}
