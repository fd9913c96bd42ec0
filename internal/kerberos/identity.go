// Package kerberos signs in to a realm (an Active Directory domain) and gives the tokens that services behind HTTP and LDAP take:
// from a password, a keytab or a credential cache. It knows no Windows and no HTTP.
//
// The protocol is jcmturner/gokrb5's. Tickets are kept here rather than in that library's client, whose cache cannot be
// emptied and which renews them in goroutines of its own, and so is the binding to a TLS channel, which it does not know.
package kerberos

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/jcmturner/gokrb5/v8/client"
	"github.com/jcmturner/gokrb5/v8/config"
	"github.com/jcmturner/gokrb5/v8/credentials"
	"github.com/jcmturner/gokrb5/v8/iana/nametype"
	"github.com/jcmturner/gokrb5/v8/messages"
	"github.com/jcmturner/gokrb5/v8/types"
)

// An Identity is somebody who signs in, with the tickets that were got so far. It is safe for concurrent use.
type Identity struct {
	options   Options
	principal types.PrincipalName
	realm     string
	client    *client.Client
	fresh     func() *client.Client // one that has not signed in yet; nil with a credential cache

	mutex    sync.Mutex
	granting ticket
	services map[string]ticket // by service principal name
	refused  error             // what the realm said of the password or keytab: it is not tried again, for accounts lock
	asking   sync.WaitGroup
}

// A ticket is one with its key.
type ticket struct {
	ticket messages.Ticket
	key    types.EncryptionKey
	end    time.Time
}

// margin is how long before its end a ticket is taken for ended: clocks differ, and a call takes its time.
const margin = 2 * time.Minute

func (t ticket) lasts() bool { return time.Now().Add(margin).Before(t.end) }

// New reads the files that the options name and contacts nothing. Its errors name the option that is wrong.
func New(o Options) (*Identity, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	settings, err := o.settings()
	if err != nil {
		return nil, err
	}
	i := &Identity{options: o, services: map[string]ticket{}}
	if o.CredentialCache != "" {
		return i, i.load(settings)
	}
	if i.principal, i.realm, err = o.name(settings.LibDefaults.DefaultRealm); err != nil {
		return nil, err
	}
	if err := o.locate(settings, i.realm); err != nil {
		return nil, err
	}
	if i.fresh, err = o.client(i.principal, i.realm, settings); err != nil {
		return nil, err
	}
	i.client = i.fresh()
	return i, nil
}

// load reads the credential cache, which somebody may have filled anew since.
func (i *Identity) load(settings *config.Config) error {
	path := strings.TrimPrefix(i.options.CredentialCache, "FILE:")
	if kind, _, found := strings.Cut(path, ":"); found && len(kind) > 1 {
		return fmt.Errorf("the credential cache %s is not a file; only files can be read. Fill one: kinit -c /path/to/file", i.options.CredentialCache)
	}
	cache, err := readCache(path)
	if err != nil {
		return fmt.Errorf("the credential cache %s cannot be read: %w. Fill it with kinit -c %s, under the account that runs hybrid", path, err, path)
	}
	i.principal, i.realm = cache.DefaultPrincipal.PrincipalName, cache.DefaultPrincipal.Realm
	if whose := i.String(); i.options.Username != "" && !sameAccount(i.options.Username, whose) {
		return fmt.Errorf("the credential cache %s is for %s, not for %s: run kinit for the right account, or take username out", path, whose, i.options.Username)
	}
	if err := i.options.locate(settings, i.realm); err != nil {
		return err
	}
	made, err := client.NewFromCCache(cache, settings)
	if err != nil {
		return fmt.Errorf("the credential cache %s has no ticket-granting ticket of %s: run kinit -c %s %s", path, i.realm, path, i)
	}
	i.client = made
	granting, _ := cache.GetEntry(types.PrincipalName{NameType: nametype.KRB_NT_SRV_INST, NameString: []string{"krbtgt", i.realm}})
	i.granting = ticket{key: granting.Key, end: granting.EndTime}
	return i.granting.ticket.Unmarshal(granting.Ticket)
}

// readCache survives files that are none, at which the library panics.
func readCache(path string) (cache *credentials.CCache, err error) {
	defer func() {
		if recover() != nil {
			err = errors.New("it is no credential cache, or one that was cut off")
		}
	}()
	if _, err := os.Stat(path); err != nil {
		return nil, err
	}
	cache, err = credentials.LoadCCache(path)
	if err == nil && cache.DefaultPrincipal.Realm == "" {
		err = errors.New("it is no credential cache, or one that was cut off")
	}
	return cache, err
}

// String is the principal: "svc-hybrid@CONTOSO.COM".
func (i *Identity) String() string { return i.principal.PrincipalNameString() + "@" + i.realm }

// Ends is when this identity can no longer sign in, and true; false where it can get tickets anew from its password or keytab.
func (i *Identity) Ends() (time.Time, bool) {
	i.mutex.Lock()
	defer i.mutex.Unlock()
	return i.granting.end, i.options.CredentialCache != ""
}

// Forget drops the ticket for a service, which has refused it.
func (i *Identity) Forget(service string) {
	i.mutex.Lock()
	defer i.mutex.Unlock()
	delete(i.services, service)
}

// Close forgets all tickets and keys. It waits for requests that were given up, which end by themselves within seconds.
func (i *Identity) Close() error {
	i.asking.Wait()
	i.mutex.Lock()
	defer i.mutex.Unlock()
	i.client.Destroy()
	i.granting, i.services = ticket{}, map[string]ticket{}
	return nil
}

// service gives a ticket for a service, from what is kept, or from the realm. The library knows no context: a request that
// is given up goes on in the background until the KDC answers, or for five seconds a KDC.
func (i *Identity) service(ctx context.Context, name string) (ticket, error) {
	type outcome struct {
		ticket ticket
		err    error
	}
	done := make(chan outcome, 1)
	i.asking.Go(func() {
		i.mutex.Lock()
		defer i.mutex.Unlock()
		t, err := i.obtained(name)
		done <- outcome{t, err}
	})
	select {
	case o := <-done:
		return o.ticket, o.err
	case <-ctx.Done():
		return ticket{}, context.Cause(ctx)
	}
}

// obtained survives answers that are none of a KDC, at which the library panics: whoever answers in its place, which takes no key, could end
// a run.
func (i *Identity) obtained(name string) (t ticket, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			t, err = ticket{}, &Error{Principal: i.String(), Realm: i.realm, Service: name, Text: fmt.Sprintf(
				"a KDC of %s gave an answer that is none (reading it: %v). Is it a domain controller that answers there? kdc names one", i.realm, cause)}
		}
	}()
	return i.obtain(name)
}

func (i *Identity) obtain(name string) (ticket, error) {
	if t, has := i.services[name]; has && t.lasts() {
		return t, nil
	}
	if err := i.grant(); err != nil {
		return ticket{}, err
	}
	service := types.NewPrincipalName(nametype.KRB_NT_PRINCIPAL, name)
	// Only who says so is led on to the domain of the forest that has the service.
	i.client.Config.LibDefaults.Canonicalize = true
	defer func() { i.client.Config.LibDefaults.Canonicalize = false }()
	_, answer, err := i.client.TGSREQGenerateAndExchange(service, i.realm, i.granting.ticket, i.granting.key, false)
	if err != nil {
		return ticket{}, i.explained(name, err)
	}
	t := ticket{ticket: answer.Ticket, key: answer.DecryptedEncPart.Key, end: answer.DecryptedEncPart.EndTime}
	i.services[name] = t
	return t, nil
}

// grant sees to it that there is a ticket-granting ticket that lasts: it is why a run of hours does not end with its first
// ticket.
func (i *Identity) grant() error {
	switch {
	case i.granting.lasts():
		return nil
	case i.refused != nil:
		return i.refused
	case i.options.CredentialCache != "":
		return i.again()
	}
	err := doorOf(i).try(i.login)
	if Refused(err) {
		i.refused = err
	}
	return err
}

// again reads the cache once more: whoever keeps it filled may have done so.
func (i *Identity) again() error {
	i.client.Destroy()
	settings, err := i.options.settings()
	if err != nil {
		return err
	}
	if err := i.load(settings); err != nil {
		return &Error{Principal: i.String(), Realm: i.realm, Text: err.Error()}
	}
	if time.Now().Before(i.granting.end) {
		return nil
	}
	return &Error{Principal: i.String(), Realm: i.realm, Code: codeTicketExpired, Text: fmt.Sprintf(
		"the ticket of %s in the credential cache %s ended at %s. Run kinit again, or give a keytab, from which tickets are got anew",
		i, i.options.CredentialCache, i.granting.end.Local().Format("2006-01-02 15:04"))}
}

func (i *Identity) login() error {
	request, err := messages.NewASReqForTGT(i.realm, i.client.Config, i.principal)
	if err != nil {
		return i.explained("", err)
	}
	i.client.Destroy()
	i.client = i.fresh() // one that has signed in before would try the password twice where it was changed meanwhile
	answer, err := i.client.ASExchange(i.realm, request, 0)
	if err != nil {
		return i.explained("", err)
	}
	i.granting = ticket{ticket: answer.Ticket, key: answer.DecryptedEncPart.Key, end: answer.DecryptedEncPart.EndTime}
	return nil
}
