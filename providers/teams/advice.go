package teams

import (
	"errors"

	"hybrid/internal/catalogue"
	"hybrid/internal/powershell"
	"hybrid/providers"
)

// advised adds to a refusal what is known to help against it.
func advised(err error) error {
	refused := (*powershell.CmdletError)(nil)
	if !errors.As(err, &refused) {
		return err
	}
	entry, known := catalogue.Of(catalogue.Refusal{Cmdlet: refused.Cmdlet, Module: module, Kind: refused.Kind, Text: refused.Message})
	if !known {
		return err
	}
	return &providers.AdvisedError{Err: err, Remedy: entry.Remedy}
}
