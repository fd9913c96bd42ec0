package teams

import (
	"hybrid/providers"
	"hybrid/providers/shell"
)

// advised adds to a refusal what is known to help against it.
func advised(err error) error {
	entry, known := shell.Known(err, module)
	if !known {
		return err
	}
	return &providers.AdvisedError{Err: err, Remedy: entry.Remedy}
}
