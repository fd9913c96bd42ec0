package teams

import (
	"errors"
	"fmt"

	"hybrid/internal/catalogue"
	"hybrid/internal/powershell"
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
	return fmt.Errorf("%w\n%s", err, entry.Remedy)
}
