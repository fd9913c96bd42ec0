package kerberos

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"

	"github.com/jcmturner/gokrb5/v8/config"
	"github.com/jcmturner/gokrb5/v8/iana/nametype"
	"github.com/jcmturner/gokrb5/v8/types"
)

// usual is where systems keep their configuration of Kerberos.
const usual = "/etc/krb5.conf"

// settings reads the krb5.conf, or makes one up where there is none.
func (o Options) settings() (*config.Config, error) {
	path := cmp.Or(o.Config, os.Getenv("KRB5_CONFIG"))
	settings := config.New()
	if _, err := os.Stat(usual); path == "" && err == nil {
		path = usual
	}
	if path != "" {
		read, err := load(path)
		if err != nil {
			return nil, fmt.Errorf("the Kerberos configuration %s cannot be used: %w", path, err)
		}
		settings = read
	}
	// Tickets of Active Directory with all their groups do not fit a datagram, and after a datagram that was lost the library
	// would try the password a second time.
	settings.LibDefaults.UDPPreferenceLimit = 1
	return settings, nil
}

// load reads a file. Directives that the library does not know, such as includedir, are passed over.
func load(path string) (*config.Config, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	var lines []string
	scanner := bufio.NewScanner(file)
	for scanner.Scan() {
		if line := scanner.Text(); !strings.HasPrefix(strings.TrimSpace(line), "include") {
			lines = append(lines, line)
		}
	}
	if err := scanner.Err(); err != nil {
		return nil, err
	}
	settings, err := config.NewFromString(strings.Join(lines, "\n"))
	var unknown config.UnsupportedDirective
	if errors.As(err, &unknown) {
		err = nil
	}
	return settings, err
}

// locate says where the KDCs of the realm are: those of the options, else the configuration's, else what DNS names
// (_kerberos._tcp), as Active Directory does for its domains.
func (o Options) locate(settings *config.Config, realm string) error {
	if len(o.KDCs) == 0 {
		for _, known := range settings.Realms {
			if known.Realm == realm && len(known.KDC) > 0 {
				return nil
			}
		}
		settings.LibDefaults.DNSLookupKDC = true
		return nil
	}
	kdcs := make([]string, len(o.KDCs))
	for n, kdc := range o.KDCs {
		if kdc == "" || strings.ContainsAny(kdc, "/ ") {
			return fmt.Errorf("%q is no KDC: write a domain controller's name, with a port only where it is not 88", kdc)
		}
		if _, _, err := net.SplitHostPort(kdc); err != nil {
			kdc = net.JoinHostPort(strings.Trim(kdc, "[]"), "88")
		}
		kdcs[n] = kdc
	}
	settings.Realms = []config.Realm{{Realm: realm, KDC: kdcs}}
	return nil
}

// name takes an account's name apart: the name in the realm, and the realm. A user principal name with a suffix that is not the realm
// stays whole: it is an enterprise name (RFC 6806 section 5), which the realm knows the account by.
func (o Options) name(usualRealm string) (name types.PrincipalName, realm string, err error) {
	account, realm := o.Username, o.Realm
	if _, after, found := strings.Cut(account, `\`); found { // the domain before it is NetBIOS's name, which no KDC knows
		account = after
	} else if n := strings.LastIndex(account, "@"); n >= 0 {
		if suffix := strings.ToUpper(account[n+1:]); realm == "" || strings.EqualFold(suffix, realm) {
			account, realm = account[:n], suffix
		}
	}
	realm = cmp.Or(realm, usualRealm)
	if account == "" || realm == "" {
		return name, "", fmt.Errorf("the realm of %q is not known: write the name like svc-hybrid@CONTOSO.COM, with the Active Directory domain in capitals, or give realm", o.Username)
	}
	if o.Realm == "" || strings.EqualFold(o.Realm, realm) {
		realm = strings.ToUpper(realm)
	}
	if strings.Contains(account, "@") {
		return types.PrincipalName{NameType: nametype.KRB_NT_ENTERPRISE, NameString: []string{account}}, realm, nil
	}
	return types.NewPrincipalName(nametype.KRB_NT_PRINCIPAL, account), realm, nil
}

// sameAccount says whether a user name means a principal.
func sameAccount(username, principal string) bool {
	if _, account, found := strings.Cut(username, `\`); found {
		username = account
	}
	if !strings.Contains(username, "@") {
		principal, _, _ = strings.Cut(principal, "@")
	}
	return strings.EqualFold(username, principal)
}

// list writes what a file holds, each once.
func list(names []string) string {
	seen := map[string]bool{}
	var all []string
	for _, name := range names {
		if !seen[name] {
			seen[name] = true
			all = append(all, name)
		}
	}
	if len(all) == 0 {
		return "nobody"
	}
	return strings.Join(all, ", ")
}
