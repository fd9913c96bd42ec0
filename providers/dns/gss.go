package dns

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/bodgit/gssapi"
	"github.com/zclconf/go-cty/cty"
)

// demands are what both ends shall do, as the flags of RFC 4121 section 4.1.1.1: prove who they are, notice what is sent twice, sign.
const demands = 2 | 4 | 32

// An account signs updates with a Kerberos ticket (GSS-TSIG, RFC 3645). Its password is never printed.
type account struct {
	username, realm  string // both empty: whoever the credential cache is of
	password, keytab string // of the two, one
	krb5Conf         string // the file; empty: where the system keeps it
	service          string // "DNS/dc01.contoso.com"

	mutex  sync.Mutex
	agreed *key // with the server; nil before the first update
	ends   time.Time
	failed error // why there will be none; who signs in again and again locks an account
}

// newAccount reads a block gss; server is host:port, and dir the configuration's, in which files are named.
func newAccount(v cty.Value, server, dir string) (*account, error) {
	if v.IsNull() {
		return nil, nil
	}
	a := &account{username: text(v.GetAttr("username")), realm: text(v.GetAttr("realm")), password: text(v.GetAttr("password")),
		keytab: within(dir, text(v.GetAttr("keytab"))), krb5Conf: within(dir, text(v.GetAttr("krb5_conf"))), service: text(v.GetAttr("spn"))}
	if name, realm, ok := strings.Cut(a.username, "@"); ok {
		a.username = name
		if a.realm == "" {
			a.realm = strings.ToUpper(realm)
		}
	}
	if a.service == "" {
		host, _, err := net.SplitHostPort(server)
		if _, numeric := netip.ParseAddr(host); err != nil || numeric == nil {
			return nil, fmt.Errorf("gss: tickets are made out to names, and server is the address %s: write the server's name, or spn = \"DNS/dc01.contoso.com\"", host)
		}
		a.service = "DNS/" + display(host)
	}
	return a, nil
}

// within is the path of a file that is named in a configuration, "" for none.
func within(dir, file string) string {
	if file == "" || filepath.IsAbs(file) {
		return file
	}
	return filepath.Join(dir, file)
}

// String is who signs, as messages say it.
func (a *account) String() string {
	switch {
	case a.username == "":
		return "whoever the credential cache is of"
	case a.realm == "":
		return a.username
	}
	return a.username + "@" + a.realm
}

// key gives the key that updates are signed with, agreed on with the server where there is none yet.
func (a *account) key(ctx context.Context, p *provider) (*key, error) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	if a.failed != nil {
		return nil, a.failed
	}
	if a.agreed != nil && time.Now().Before(a.ends) {
		return a.agreed, nil
	}
	a.forget()
	k, err := a.agree(ctx, p)
	var ticket *ticketError
	if errors.As(err, &ticket) && ticket.final {
		a.failed = err
	}
	if err == nil {
		a.agreed, a.ends = k, time.Now().Add(lasts-5*time.Minute)
	}
	return k, err
}

// dismiss forgets a key that the server does not know any more.
func (a *account) dismiss(k *key) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	if a.agreed == k {
		a.forget()
	}
}

// close gives the key and the tickets up.
func (a *account) close() {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	a.forget()
}

func (a *account) forget() {
	if a.agreed != nil {
		_ = a.agreed.context.initiator.Close()
		a.agreed = nil
	}
}

// agree signs in and agrees on a key with the server, over a connection of its own (RFC 3645 section 3.1).
func (a *account) agree(ctx context.Context, p *provider) (*key, error) {
	initiator, token, err := a.signIn(ctx)
	if err != nil {
		return nil, err
	}
	k := &key{name: keyName(p.server), algorithm: gssAlgorithm, context: &secureContext{initiator: initiator, who: a.String()}}
	if err := p.exchangeKeys(ctx, k, token); err != nil {
		_ = initiator.Close()
		return nil, err
	}
	return k, nil
}

// signIn gets tickets, for the account and for the server. The library takes no context, so it is left behind where that ends.
func (a *account) signIn(ctx context.Context) (*gssapi.Initiator, []byte, error) {
	type outcome struct {
		initiator *gssapi.Initiator
		token     []byte
		err       error
	}
	done := make(chan outcome, 1)
	go func() {
		initiator, token, err := a.tickets()
		if ctx.Err() != nil && err == nil {
			_ = initiator.Close()
		}
		done <- outcome{initiator, token, err}
	}()
	select {
	case <-ctx.Done():
		return nil, nil, fmt.Errorf("signing in as %s: %w", a, context.Cause(ctx))
	case o := <-done:
		if o.err != nil {
			return nil, nil, a.ticketFault(o.err)
		}
		return o.initiator, o.token, nil
	}
}

func (a *account) tickets() (*gssapi.Initiator, []byte, error) {
	conf, err := a.configuration()
	if err != nil {
		return nil, nil, err
	}
	options := []gssapi.Option[gssapi.Initiator]{gssapi.WithConfig[gssapi.Initiator](conf)}
	if a.username != "" {
		options = append(options, gssapi.WithUsername[gssapi.Initiator](a.username), gssapi.WithRealm[gssapi.Initiator](a.realm))
	}
	switch {
	case a.keytab != "":
		options = append(options, gssapi.WithKeytab[gssapi.Initiator](a.keytab))
	case a.password != "":
		options = append(options, gssapi.WithPassword[gssapi.Initiator](a.password))
	}
	initiator, err := gssapi.NewInitiator(options...)
	if err != nil {
		return nil, nil, err
	}
	token, _, err := initiator.Initiate(a.service, demands, nil)
	if err != nil {
		_ = initiator.Close()
		return nil, nil, err
	}
	return initiator, token, nil
}

// configuration is the text of krb5.conf. Domain controllers are looked up in DNS unless it says otherwise, as MIT's library
// does; without a file that is all there is.
func (a *account) configuration() (string, error) {
	const found = "[libdefaults]\n  dns_lookup_kdc = true\n"
	file, demanded := a.krb5Conf, a.krb5Conf != ""
	if file == "" {
		file, demanded = os.LookupEnv("KRB5_CONFIG")
	}
	if file == "" {
		file, demanded = "/etc/krb5.conf", false
	}
	text, err := os.ReadFile(file)
	switch {
	case err == nil:
		return found + string(text), nil
	case !demanded && errors.Is(err, os.ErrNotExist):
		return found + "  default_realm = " + a.realm + "\n", nil
	}
	return "", err
}
