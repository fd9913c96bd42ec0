package providers

import "context"

// A Forest is Active Directory as it is read straight from its domain controllers. Providers of systems that say so in [System.Forest]
// are one.
type Forest interface {
	// Server is the domain controller that is asked first, "dc01.contoso.com"; "" where the block names none, and nothing can be read.
	Server() string
	// Domains names the domains of the forest: "contoso.com", "eu.contoso.com".
	Domains(ctx context.Context) ([]string, error)
	// Search gives every object that a filter (RFC 4515) picks in one domain, as it comes: its distinguished name, and the values of
	// each attribute that is asked for, none where it is unset. They are valid until take returns. An error means that what was given
	// is not all.
	Search(ctx context.Context, domain, filter string, attributes []string, take func(dn string, values [][]string) error) error
}
