package kerberos

import (
	"errors"
	"fmt"
	"strings"

	"github.com/jcmturner/gokrb5/v8/client"
	"github.com/jcmturner/gokrb5/v8/config"
	"github.com/jcmturner/gokrb5/v8/keytab"
	"github.com/jcmturner/gokrb5/v8/types"
)

// Options say who signs in, by what, and where the realm is. Exactly one of Password, Keytab and CredentialCache is given.
type Options struct {
	Username        string // "svc-hybrid@CONTOSO.COM", `CONTOSO\svc-hybrid` or "svc-hybrid"; "" with a cache: whoever it is for
	Password        string
	Keytab          string // path
	CredentialCache string // path, which "FILE:" may stand before

	Realm  string   // "" takes that of the name, or the configuration's own
	Config string   // path of a krb5.conf; "" takes KRB5_CONFIG's, or /etc/krb5.conf where there is one
	KDCs   []string // host or host:port; none takes the configuration's, or those that DNS names
}

// client gives what makes clients of the library, which have not signed in yet.
func (o Options) client(who types.PrincipalName, realm string, settings *config.Config) (func() *client.Client, error) {
	fast := client.DisablePAFXFAST(true) // Active Directory does not answer that offer as the library wants it
	name := who.PrincipalNameString()
	var made func() *client.Client
	if o.Keytab == "" {
		made = func() *client.Client { return client.NewWithPassword(name, realm, o.Password, settings, fast) }
	} else {
		keys, err := o.keys(name, realm)
		if err != nil {
			return nil, err
		}
		made = func() *client.Client { return client.NewWithKeytab(name, realm, keys, settings, fast) }
	}
	return func() *client.Client {
		c := made()
		c.Credentials.SetCName(who)
		return c
	}, nil
}

func (o Options) check() error {
	given := 0
	for _, text := range []string{o.Password, o.Keytab, o.CredentialCache} {
		if text != "" {
			given++
		}
	}
	switch {
	case given == 0:
		return errors.New("nothing to sign in with: give a password, a keytab, or the credential cache that kinit has filled")
	case given > 1:
		return errors.New("password, keytab and credential cache exclude one another: give one of them")
	case o.Username == "" && o.CredentialCache == "":
		return errors.New("a user name is needed to sign in with a password or a keytab, such as svc-hybrid@CONTOSO.COM")
	}
	return nil
}

// keys reads the keytab, and looks for the principal in it.
func (o Options) keys(name, realm string) (*keytab.Keytab, error) {
	keys, err := readKeytab(o.Keytab)
	if err != nil {
		return nil, fmt.Errorf("the keytab %s cannot be read: %w. Make one with ktpass on a domain controller, or with ktutil", o.Keytab, err)
	}
	var held []string
	for _, entry := range keys.Entries {
		holder := strings.Join(entry.Principal.Components, "/") + "@" + entry.Principal.Realm
		if holder == name+"@"+realm {
			return keys, nil
		}
		held = append(held, holder)
	}
	return nil, fmt.Errorf("the keytab %s has no key of %s@%s. It has keys of %s; capitals count", o.Keytab, name, realm, list(held))
}

// readKeytab survives files that are none, at which the library panics.
func readKeytab(path string) (keys *keytab.Keytab, err error) {
	defer func() {
		if recover() != nil {
			err = errors.New("it is no keytab, or one that was cut off")
		}
	}()
	return keytab.Load(path)
}
