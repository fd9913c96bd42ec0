package shell

import (
	"errors"

	"hybrid/internal/catalogue"
	"hybrid/internal/powershell"
)

// Known is what the catalogue has about the refusal of a module's cmdlet that an error comes from; false where it comes from none,
// or nothing is known of it.
func Known(err error, module string) (catalogue.Entry, bool) {
	refused := (*powershell.CmdletError)(nil)
	if !errors.As(err, &refused) {
		return catalogue.Entry{}, false
	}
	return catalogue.Of(catalogue.Refusal{Cmdlet: refused.Cmdlet, Module: module, Kind: refused.Kind, Text: refused.Message})
}
