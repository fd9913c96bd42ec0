package shell

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
func (p *Provider) Read(ctx context.Context, k *schema.Kind, _ []planner.Object) planner.Listing {
	remote, ok := k.Remote.(schema.Cmdlet)
	if !ok {
		return planner.Listing{Err: fmt.Errorf("%s is not kept by cmdlets", k.Name)}
	}
	return Attempt(ctx, func() planner.Listing { return p.objects(ctx, k, remote) })
}

// Attempt reads again from the start, once, when the session was lost on the way: reading changes nothing.
func Attempt(ctx context.Context, read func() planner.Listing) planner.Listing {
	listing := read()
	if Lost(listing.Err) && ctx.Err() == nil {
		return read()
	}
	return listing
}

// Lost says whether a read ended because its session was lost, and not because it took too long.
func Lost(err error) bool {
	var lost *powershell.LostError
	return errors.As(err, &lost) && !errors.Is(err, context.DeadlineExceeded)
}

// objects lists all objects of a noun.
func (p *Provider) objects(ctx context.Context, k *schema.Kind, remote schema.Cmdlet) planner.Listing {
	found := map[string]planner.Found{}
	get := p.Getting(remote.Noun)
	err := p.Call(ctx, get, powershell.CallOptions{
		Object: func(props map[string]any) error {
			id, f, err := Live(k, remote, props)
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
	return planner.Listing{Objects: found, Complete: true, Place: p.Pins(remote)}
}

// Live makes one object of the properties that a Get- cmdlet gives, with the canonical key of its kind.
func Live(k *schema.Kind, remote schema.Cmdlet, props map[string]any) (string, planner.Found, error) {
	name := remote.IdentityProp
	if name == "" {
		name = "Identity"
	}
	said, _ := schema.Property(props, name)
	identity, _ := said.(string)
	if identity == "" {
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

// Call runs a cmdlet. What it warns of goes into the log. A session that cannot be made ready is told with what is known
// to help.
func (p *Provider) Call(ctx context.Context, c powershell.Command, options powershell.CallOptions) error {
	options.Warning = func(text string) { p.log.Warn("the server warns", "cmdlet", c.Cmdlet, "warning", text) }
	err := p.pool.Call(ctx, c, options)
	if unready := (*powershell.ReadyError)(nil); errors.As(err, &unready) {
		return p.advise(err)
	}
	return err
}
