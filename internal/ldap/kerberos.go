package ldap

import (
	"cmp"
	"fmt"

	wire "github.com/go-ldap/ldap/v3"
	"github.com/go-ldap/ldap/v3/gssapi"
	"github.com/jcmturner/gokrb5/v8/client"
)

// Kerberos says who signs in by a ticket, and what proves it: a password, a keytab, or a credential cache in a file.
type Kerberos struct {
	Username string // "svc-hybrid", without its realm; not needed with a cache
	Realm    string // "CONTOSO.COM"; "" for the default one of Config
	Password string
	Keytab   string // a file's path
	Cache    string // a file's path
	Config   string // the path of krb5.conf; "" for /etc/krb5.conf
	Service  string // "ldap/dc01.contoso.com"; "" for that of the URL's host
}

// byTicket binds by GSSAPI over the encrypted connection. What the library sends has no channel binding in it: a domain controller
// that demands one (LdapEnforceChannelBinding 2) refuses.
func (c *Conn) byTicket(library *wire.Conn, k Kerberos) error {
	signer, err := k.client()
	if err != nil {
		return &ticketError{err}
	}
	defer func() { _ = signer.Close() }()
	if err := signer.Login(); err != nil {
		return &ticketError{err}
	}
	service := cmp.Or(k.Service, "ldap/"+c.server)
	if _, _, err := signer.GetServiceTicket(service); err != nil {
		return &ticketError{fmt.Errorf("a ticket for %s: %w", service, err)}
	}
	return library.GSSAPIBind(signer, service, "")
}

func (k Kerberos) client() (*gssapi.Client, error) {
	conf, plain := cmp.Or(k.Config, "/etc/krb5.conf"), client.DisablePAFXFAST(true) // domain controllers do not have it
	switch {
	case k.Cache != "":
		return gssapi.NewClientFromCCache(k.Cache, conf, plain)
	case k.Keytab != "":
		return gssapi.NewClientWithKeytab(k.Username, k.Realm, k.Keytab, conf, plain)
	}
	return gssapi.NewClientWithPassword(k.Username, k.Realm, k.Password, conf, plain)
}
