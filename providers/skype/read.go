package skype

import (
	"context"
	"errors"
	"fmt"

	"hybrid/internal/powershell"
	"hybrid/planner"
	"hybrid/schema"
)

// Read lists the live objects of a kind. Objects are always listed whole: asked for by identity, one that does not
// exist would be an error, and an error is never an absence.
func (p *provider) Read(ctx context.Context, k *schema.Kind, want []planner.Object) planner.Listing {
	remote, ok := k.Remote.(schema.Cmdlet)
	if !ok {
		return planner.Listing{Err: fmt.Errorf("%s is not kept by cmdlets", k.Name)}
	}
	if k.Rows != nil {
		return p.users(ctx, k, want)
	}
	return attempt(ctx, func() planner.Listing { return p.objects(ctx, k, remote) })
}

// attempt reads again from the start, once, when the session was lost on the way: reading changes nothing.
func attempt(ctx context.Context, read func() planner.Listing) planner.Listing {
	listing := read()
	if lost := (*powershell.LostError)(nil); errors.As(listing.Err, &lost) && ctx.Err() == nil && !errors.Is(listing.Err, context.DeadlineExceeded) {
		return read()
	}
	return listing
}

// objects lists all objects of a noun.
func (p *provider) objects(ctx context.Context, k *schema.Kind, remote schema.Cmdlet) planner.Listing {
	found := map[string]planner.Found{}
	get := powershell.Command{Cmdlet: "Get-" + remote.Noun}
	err := p.pool.Call(ctx, get, powershell.CallOptions{
		Warning: p.warns(get),
		Object: func(props map[string]any) error {
			id, f, err := live(k, remote, props)
			if err != nil {
				return err
			}
			if _, twice := found[id]; twice {
				return fmt.Errorf("%s returned %q twice", get.Cmdlet, f.Identity)
			}
			found[id] = f
			return nil
		},
	})
	if err != nil {
		return planner.Listing{Err: fmt.Errorf("reading %s: %w", k.Name, err)}
	}
	return planner.Listing{Objects: found, Complete: true}
}

// live makes one object of its properties.
func live(k *schema.Kind, remote schema.Cmdlet, props map[string]any) (string, planner.Found, error) {
	name := remote.IdentityProp
	if name == "" {
		name = "Identity"
	}
	identity, ok := props[name].(string)
	if !ok || identity == "" {
		return "", planner.Found{}, fmt.Errorf("Get-%s returned an object without %s", remote.Noun, name)
	}
	v, err := k.Live(identity, props)
	if err != nil {
		return "", planner.Found{}, err
	}
	id := k.LiveID(identity, v)
	if k.Singleton {
		id = k.LiveID("", v)
	}
	return id, planner.Found{Identity: identity, Value: v}, nil
}

// warns puts what a cmdlet warns of into the log.
func (p *provider) warns(c powershell.Command) func(string) {
	return func(text string) { p.log.Warn("the server warns", "cmdlet", c.Cmdlet, "warning", text) }
}
