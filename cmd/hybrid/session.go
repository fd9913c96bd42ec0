package main

import (
	"context"
	"errors"
	"os"
	"os/user"
	"time"

	"github.com/hashicorp/hcl/v2"

	"hybrid/internal/check"
	"hybrid/internal/config"
	"hybrid/internal/engine"
	"hybrid/internal/journal"
	"hybrid/internal/lab"
	"hybrid/internal/render"
	"hybrid/providers"
	"hybrid/providers/directory"
	"hybrid/providers/dns"
	"hybrid/providers/entra"
	"hybrid/providers/skype"
	"hybrid/providers/teams"
	"hybrid/schema"
)

// systems is everything that hybrid can manage.
func systems() []providers.System {
	return []providers.System{skype.System(), teams.System(), directory.System(), dns.System(), entra.System()}
}

// declarations are the provider blocks and kinds of all systems.
func declarations() (all []*schema.System, kinds []*schema.Kind) {
	for _, s := range systems() {
		all = append(all, s.Schema)
		kinds = append(kinds, s.Kinds...)
	}
	return all, kinds
}

// load reads a configuration without its secrets.
func (a *app) load(dir string) (*config.Config, error) { return a.loadFrom(dir, false, nil) }

// loadFrom reads a configuration, with where secrets are fetched. Without secrets what env() and secret_file() do not find is unknown,
// and nothing else is asked for them.
func (a *app) loadFrom(dir string, secrets bool, vault config.Vault) (*config.Config, error) {
	vars, err := a.variables()
	if err != nil {
		return nil, err
	}
	all, kinds := declarations()
	c, diags := config.Load(dir, config.Options{
		Systems: all, Kinds: kinds, Vars: vars, VarFiles: a.varFiles,
		LookupEnv: os.LookupEnv, Vault: vault, Version: program().Version, UnknownSecrets: !secrets, Checks: check.IDs(),
	})
	if c != nil {
		a.hiding(render.Hide(c.Secrets()))
	}
	if diags.HasErrors() {
		return nil, &invalid{diags, sources(c)}
	}
	a.warn(c, diags)
	return c, nil
}

func sources(c *config.Config) map[string][]byte {
	if c == nil {
		return nil
	}
	return c.Sources
}

// warn prints what is not an error, and what has been printed before only once.
func (a *app) warn(c *config.Config, diags hcl.Diagnostics) {
	var fresh hcl.Diagnostics
	for _, d := range diags {
		if text := d.Error(); !a.warned[text] {
			fresh = append(fresh, d)
			a.warned[text] = true
		}
	}
	if len(fresh) > 0 {
		a.showDiagnostics(fresh, c.Sources)
	}
}

// showDiagnostics prints diagnostics without the secrets that functions and servers may have quoted.
func (a *app) showDiagnostics(diags hcl.Diagnostics, sources map[string][]byte) {
	safe := make(hcl.Diagnostics, len(diags))
	for n, d := range diags {
		one := *d
		one.Summary, one.Detail = a.hidden(d.Summary), a.hidden(d.Detail)
		safe[n] = &one
	}
	render.Diagnostics(a.err, safe, sources, a.colorErr(), width(a.err))
}

// wallClock is what windows are compared with.
var wallClock = time.Now

// session is a configuration with the engine that works on it and, with --lab, the estate behind it.
type session struct {
	config *config.Config
	engine *engine.Engine
	lab    *lab.Lab
	store  journal.Store // nil for the folder of the configuration
}

// open reads a configuration and prepares what live state needs.
func (a *app) open(ctx context.Context, dir string) (*session, error) {
	c, err := a.loadFrom(dir, !a.lab, a.vault(ctx))
	if err := nothingDone(ctx); err != nil {
		return nil, err
	}
	if err != nil {
		return nil, err
	}
	return a.openLoaded(ctx, c)
}

// openLoaded is open for a configuration that has been read.
func (a *app) openLoaded(ctx context.Context, c *config.Config) (_ *session, err error) {
	s := &session{config: c, store: a.storeOf(c), engine: &engine.Engine{Config: c, Systems: systems(), Log: a.log(), Now: wallClock}}
	if a.lab {
		if s.lab, err = a.startLab(context.WithoutCancel(ctx), c); err != nil {
			return nil, err
		}
		s.engine.Now = nil // the lab's windows are always open, unless it has a clock of its own
		if s.engine.Clock = s.lab.Clock(); s.engine.Clock != nil {
			s.engine.Now = s.engine.Clock.Now
		}
		s.engine.Redirect = redirect(s.lab.Endpoints())
		s.engine.Reach = reach(s.lab.Endpoints())
		s.engine.Listener = listener(s.lab.Endpoints())
	}
	a.remember(ctx, s)
	return s, nil
}

func (s *session) close() error {
	err := s.engine.Close()
	if s.lab != nil {
		err = errors.Join(err, s.lab.Close())
	}
	return err
}

// header says what a plan is about.
func (s *session) header() string {
	if s.lab != nil {
		return s.config.Name + " (the lab" + copiedAt(s.lab.Taken()) + ")"
	}
	return s.engine.Header()
}

// copiedAt says when an estate was copied, where it is a copy.
func copiedAt(taken *lab.Taken) string {
	if taken == nil {
		return ""
	}
	return ", a copy as of " + asOf(taken.At)
}

// journalFolder is the folder in which runs of a configuration are read.
func journalFolder(s *session) string {
	return journalOf(s.config, s.lab != nil)
}

// journal is where runs of a configuration are kept.
func (s *session) journal() journal.Store {
	if s.store == nil {
		return journal.In(journalFolder(s))
	}
	return s.store
}

// who is the name under which the operating system knows the user, "" where it does not tell.
func who() string {
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	return ""
}
