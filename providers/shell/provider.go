// Package shell holds what kinds have in common that live behind the cmdlets of a management shell: reading by Get-,
// calls made of changes and held against the published parameter sets, issuing them, and the sessions on Windows hosts
// that they run in. The systems that use it add their kinds, their provider block, and what helps against refusals.
package shell

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/hashicorp/go-hclog"

	"hybrid/internal/kerberos"
	"hybrid/internal/powershell"
	"hybrid/providers"
)

// A Pool runs cmdlets in sessions, counts requests, and ends: a [powershell.Pool], or in tests something in its place.
type Pool interface {
	Call(ctx context.Context, c powershell.Command, options powershell.CallOptions) error
	Calls() int64
	Close() error
}

// A Provider is one open provider block.
type Provider struct {
	*Translator
	pool     Pool
	place    string        // "skype fe01.contoso.com"
	atOnce   int           // sessions; 0 where nothing is known of a bound
	patience time.Duration // with servers that are behind
	longest  time.Duration // that a call may take
	endpoint string        // of a pool, in which its cmdlets run; "" where they are the hosts' own
	readOnly bool
	identity *kerberos.Identity // who signs in to hosts by Kerberos; nil where nobody does
	pinned   string             // the domain controller that is named wherever a cmdlet takes one, "" where the servers choose
	advise   func(error) error
	log      hclog.Logger
}

// Options say what sets one system, or one of its provider blocks, apart from another.
type Options struct {
	Translator *Translator
	Session    powershell.Open   // what every session is opened with
	Place      string            // where it leads: "fe01.contoso.com"
	Pinned     string            // the domain controller that cmdlets are given, where they take one; "" leaves it to the servers
	Advise     func(error) error // adds to what failed what is known to help; nil adds nothing
	Pool       Pool              // in the place of sessions on the hosts of the block; for tests
}

// Open prepares a provider; it reads the CA file and contacts nothing.
func Open(s providers.Settings, o Options) (*Provider, error) {
	p := &Provider{Translator: o.Translator, pool: o.Pool, place: s.Name + " " + o.Place, pinned: o.Pinned, endpoint: o.Session.Endpoint, readOnly: s.ReadOnly, advise: o.Advise, log: s.Log}
	if p.log == nil {
		p.log = hclog.NewNullLogger()
	}
	if p.advise == nil {
		p.advise = func(err error) error { return err }
	}
	if p.pool != nil {
		return p, nil
	}
	o.Session.Optional = append(slices.Clone(o.Session.Optional), s.Asks...)
	v := ArgumentsOf(s)
	hosts, identity, err := v.hosts(s, p.log)
	if err != nil {
		return nil, fmt.Errorf("provider %q: %w", s.Name, err)
	}
	p.identity = identity
	p.atOnce, p.patience = v.size(s), v.readBack()
	p.longest = cmp.Or(s.Timeout, v.seconds("timeout"), DefaultTimeout)
	p.pool = powershell.NewPool(powershell.PoolOptions{
		Hosts: hosts, Open: o.Session, Size: p.atOnce, Log: p.log, Clock: s.Clock, Deadline: p.longest, Tell: telling(s),
	})
	return p, nil
}

// telling passes on what becomes of hosts; nil where nobody wants to know.
func telling(s providers.Settings) func(powershell.Notice) {
	if s.Notice == nil {
		return nil
	}
	return func(n powershell.Notice) { s.Notice(n.String(), n.Err == nil) }
}

// Describe says where the provider leads: "skype fe01.contoso.com".
func (p *Provider) Describe() string { return p.place }

// AtOnce is how many calls there can be at once, each in a session of its own, as far as hosts have let the account have them;
// 0 where that is not bounded.
func (p *Provider) AtOnce() int {
	if pool, ok := p.pool.(*powershell.Pool); ok {
		return pool.Size()
	}
	return p.atOnce
}

// ReadBack is how long to go on reading what was carried out and does not show: the block's `read_back`.
func (p *Provider) ReadBack() time.Duration { return p.patience }

// Longest is how long one call may take: the block's `timeout`.
func (p *Provider) Longest() time.Duration { return p.longest }

// Strains is how often it was waited for hosts that took no further session because of their quotas.
func (p *Provider) Strains() int64 {
	if pool, ok := p.pool.(*powershell.Pool); ok {
		return pool.Refusals()
	}
	return 0
}

// Close ends all sessions.
func (p *Provider) Close() error {
	err := p.pool.Close()
	if p.identity != nil {
		err = errors.Join(err, p.identity.Close())
	}
	return err
}

// Ends is when the provider can no longer sign in to its hosts, and whose ticket that is; false where it can get tickets anew, or
// needs none. Sessions that are open by then go on; no further one can be opened.
func (p *Provider) Ends() (who string, at time.Time, ends bool) {
	if p.identity == nil {
		return "", time.Time{}, false
	}
	at, ends = p.identity.Ends()
	return p.identity.String(), at, ends
}

// RoundTrips is how many requests have been sent to hosts, the opening of the first session included.
func (p *Provider) RoundTrips() int64 { return p.pool.Calls() }
