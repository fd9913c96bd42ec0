package main

import (
	"context"

	"hybrid/internal/config"
	"hybrid/internal/secrets"
)

// A fetcher asks the sources of secrets for as long as a command goes on.
type fetcher struct {
	ctx     context.Context
	sources *secrets.Sources
}

// vault is where a configuration's secrets are fetched: once a run, however often it is read.
func (a *app) vault(ctx context.Context) config.Vault {
	if a.sources == nil {
		a.sources = &secrets.Sources{Attended: terminal(a.in) && terminal(a.err)}
	}
	return fetcher{ctx, a.sources}
}

// Command runs a program.
func (f fetcher) Command(dir string, argv []string) (secrets.Answer, error) {
	return f.sources.Command(f.ctx, dir, argv)
}

// Keyring asks the system's keyring.
func (f fetcher) Keyring(service, user string) (secrets.Answer, error) {
	return f.sources.Keyring(f.ctx, service, user)
}
