package skype

import (
	"slices"

	"hybrid/providers"
	"hybrid/providers/shell"
)

// advised adds to a cmdlet's refusal what is known to help against it, and marks those that everybody would meet: the tenant, the
// topology, the host's build and the account that signs in are the same for all.
func advised(err error) error {
	entry, known := shell.Known(err, defaultModule)
	if !known {
		return err
	}
	err = &providers.AdvisedError{Err: err, Remedy: entry.Remedy}
	if entry.Everybody {
		err = &providers.CommonError{Err: err}
	}
	return err
}

// hopless adds to what kept a cmdlet from reading how a session does without a second hop, where that is the cause.
func hopless(err error) error {
	entry, known := shell.Known(err, defaultModule)
	if !known || !slices.Contains(entry.Checks, "C-HOP") {
		return err
	}
	return &providers.AdvisedError{Err: err, Remedy: entry.Remedy}
}
