package shell

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"hybrid/internal/bounded"
	"hybrid/internal/kerberos"
	"hybrid/internal/wsman"
)

// signIn is how the account of the block signs in to its hosts, with the identity behind it where that is Kerberos'. It reads
// the files that the block names and contacts nothing.
func (a Arguments) signIn(dir string) (wsman.SignIn, *kerberos.Identity, error) {
	switch a.Text("auth") {
	case "kerberos":
		identity, err := a.Identity(dir)
		return wsman.Kerberos{Identity: identity, Service: a.Text("spn")}, identity, err
	case "ntlm":
		return wsman.NTLM{Username: a.Text("username"), Password: a.Text("password")}, nil, nil
	case "certificate":
		way, err := a.certificate(dir)
		return way, nil, err
	}
	return wsman.Basic{Username: a.Text("username"), Password: a.Text("password")}, nil, nil
}

// ErrNobody says that a block names nothing to sign in with by Kerberos, and the environment neither.
var ErrNobody = errors.New(`auth = "kerberos" has nothing to sign in with: write username with password or keytab, or credential_cache, or run kinit and set KRB5CCNAME to the file that it fills`)

// Identity is who signs in by Kerberos: by keytab or password, by the cache that is named, or else by that of KRB5CCNAME. It reads
// files, which are named in dir, and contacts nothing.
func (a Arguments) Identity(dir string) (*kerberos.Identity, error) {
	cache := within(dir, a.Text("credential_cache"))
	if cache == "" && a.Text("password") == "" && a.Text("keytab") == "" {
		if cache = os.Getenv("KRB5CCNAME"); cache == "" {
			return nil, ErrNobody
		}
	}
	return kerberos.New(kerberos.Options{
		Username: a.Text("username"), Password: a.Text("password"), Keytab: within(dir, a.Text("keytab")), CredentialCache: cache,
		Realm: a.Text("realm"), Config: within(dir, a.Text("krb5_conf")), KDCs: a.texts("kdc"),
	})
}

// certificate reads the client certificate, and its key, which may be in the same file.
func (a Arguments) certificate(dir string) (way wsman.Certificate, err error) {
	file := a.Text("certificate_file")
	if way.PEM, err = bounded.PEM(within(dir, file)); err != nil {
		return way, fmt.Errorf("certificate_file: %w", err)
	}
	if way.Key, err = bounded.PEM(within(dir, cmp.Or(a.Text("key_file"), file))); err != nil {
		return way, fmt.Errorf("key_file: %w", err)
	}
	return way, nil
}

// within is a path that the configuration writes; "" stays "".
func within(dir, path string) string {
	if path == "" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}
