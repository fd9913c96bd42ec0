package dns

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/kerberos"
	"hybrid/providers/shell"
)

// An account signs updates with a Kerberos ticket (GSS-TSIG, RFC 3645).
type account struct {
	said    shell.Arguments // of the block, the password among them: never printed
	dir     string          // in which files are named
	service string          // "DNS/dc01.contoso.com"

	mutex    sync.Mutex
	identity *kerberos.Identity // nil before it is asked for
	agreed   *key               // with the server; nil before the first update
	ends     time.Time
}

// newAccount reads a block gss; server is host:port, and dir the configuration's.
func newAccount(v cty.Value, server, dir string) (*account, error) {
	if v.IsNull() {
		return nil, nil
	}
	a := &account{said: shell.ArgumentsOfBlock(v), dir: dir}
	a.service = a.said.Text("spn")
	if a.service == "" {
		host, _, err := net.SplitHostPort(server)
		if _, numeric := netip.ParseAddr(host); err != nil || numeric == nil {
			return nil, fmt.Errorf("gss: tickets are made out to names, and server is the address %s: write the server's name, or spn = \"DNS/dc01.contoso.com\"", host)
		}
		a.service = "DNS/" + display(host)
	}
	return a, nil
}

// String is who signs, as messages say it.
func (a *account) String() string {
	if a.identity != nil {
		return a.identity.String()
	}
	return cmp.Or(a.said.Text("username"), "whoever the credential cache is of")
}

// key gives the key that updates are signed with, agreed on with the server where there is none yet.
func (a *account) key(ctx context.Context, p *provider) (*key, error) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	if a.agreed != nil && time.Now().Before(a.ends) {
		return a.agreed, nil
	}
	a.agreed = nil
	k, err := a.agree(ctx, p)
	if err == nil {
		a.agreed, a.ends = k, time.Now().Add(lasts-spare)
		if end := k.context.signing.Ends().Add(-spare); end.Before(a.ends) {
			a.ends = end
		}
	}
	return k, err
}

// dismiss forgets a key that the server does not know any more.
func (a *account) dismiss(k *key) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	if a.agreed == k {
		a.agreed = nil
	}
}

// close gives the key and the tickets up.
func (a *account) close() error {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	a.agreed = nil
	if a.identity == nil {
		return nil
	}
	return a.identity.Close()
}

// agree signs in and agrees on a key with the server, over a connection of its own (RFC 3645 section 3.1). A ticket that the server does
// not take is not kept: its account may have a new key.
func (a *account) agree(ctx context.Context, p *provider) (*key, error) {
	signing, token, err := a.signIn(ctx)
	if err != nil {
		return nil, fmt.Errorf("signing in as %s for %s: %w", a, a.service, err)
	}
	k := &key{name: keyName(p.server), algorithm: gssAlgorithm, context: &secureContext{signing: signing, who: a.String()}}
	if err := p.exchangeKeys(ctx, k, token); err != nil {
		a.identity.Forget(a.service)
		return nil, err
	}
	return k, nil
}

// signIn gets tickets, for the account and for the server. The identity remembers a password that was refused.
func (a *account) signIn(ctx context.Context) (*kerberos.Signing, []byte, error) {
	if a.identity == nil {
		identity, err := a.said.Identity(a.dir)
		if errors.Is(err, shell.ErrNobody) {
			err = errors.New("nothing is named to sign in with: write username with password or keytab, or credential_cache, or run kinit and set KRB5CCNAME to the file that it fills")
		}
		if err != nil {
			return nil, nil, err
		}
		a.identity = identity
	}
	return a.identity.Begin(ctx, a.service)
}
