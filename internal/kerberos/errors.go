package kerberos

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/jcmturner/gokrb5/v8/iana/errorcode"
)

// An Error says why there is no ticket, and what to do.
type Error struct {
	Principal string // who signs in
	Realm     string
	Service   string // what a ticket was wanted for; "" while signing in to the realm
	Code      int32  // of RFC 4120 7.5.9; 0 where no KDC has answered
	Text      string // cause and next step
	Err       error
}

func (e *Error) Error() string { return "Kerberos: " + e.Text }
func (e *Error) Unwrap() error { return e.Err }

// The codes that something is known of, by the names that administrators find them under.
const (
	codeTicketExpired = errorcode.KRB_AP_ERR_TKT_EXPIRED
	codeSkew          = errorcode.KRB_AP_ERR_SKEW
)

// Refused says whether an error means that the realm does not take this account or what it signs in with: a repetition
// would only bring the account closer to being locked.
func Refused(err error) bool {
	var failed *Error
	if !errors.As(err, &failed) {
		return false
	}
	switch failed.Code {
	case errorcode.KDC_ERR_PREAUTH_FAILED, errorcode.KDC_ERR_C_PRINCIPAL_UNKNOWN, errorcode.KDC_ERR_CLIENT_REVOKED,
		errorcode.KDC_ERR_KEY_EXPIRED, errorcode.KDC_ERR_NAME_EXP, errorcode.KDC_ERR_POLICY, errorcode.KRB_AP_ERR_BAD_INTEGRITY:
		return true
	}
	return false
}

// inText is how the library writes a KDC's answer into its errors, which keep nothing but text.
var inText = regexp.MustCompile(`KRB Error: \((\d+)\)`)

// explained puts an error of the library in an administrator's words.
func (i *Identity) explained(service string, err error) error {
	failed := &Error{Principal: i.String(), Realm: i.realm, Service: service, Err: err}
	if found := inText.FindStringSubmatch(err.Error()); found != nil {
		code, _ := strconv.ParseInt(found[1], 10, 32)
		failed.Code = int32(code)
	}
	failed.Text = i.said(failed)
	return failed
}

// said is cause and next step.
func (i *Identity) said(e *Error) string {
	by := "password"
	if i.options.Keytab != "" {
		by = "keytab"
	}
	switch e.Code {
	case 0:
		return i.unanswered(e, by)
	case errorcode.KDC_ERR_PREAUTH_FAILED, errorcode.KRB_AP_ERR_BAD_INTEGRITY:
		return i.wrong(by)
	case errorcode.KDC_ERR_C_PRINCIPAL_UNKNOWN:
		return fmt.Sprintf("the realm %s has no account %s. Check the name: it is the sAMAccountName and the domain in capitals; a user principal name that does not end in the domain needs realm beside it, and a mail address is neither", i.realm, i)
	case errorcode.KDC_ERR_CLIENT_REVOKED:
		return fmt.Sprintf("the account %s is locked, disabled, or has expired, or may not sign in at this hour. On a domain controller, Get-ADUser -Properties LockedOut,Enabled,AccountExpirationDate shows which", i)
	case errorcode.KDC_ERR_KEY_EXPIRED:
		return fmt.Sprintf("the password of %s has expired: change it, and give the new one", i)
	case errorcode.KDC_ERR_POLICY:
		return fmt.Sprintf("a policy of the realm %s forbids %s this sign-in (logon hours, logon workstations or an authentication policy)", i.realm, i)
	case errorcode.KDC_ERR_S_PRINCIPAL_UNKNOWN:
		return fmt.Sprintf("the realm %s knows no service %s. Is the host's name written as in its domain? On a domain controller, setspn -Q %s finds who has it; spn takes another service, such as HTTP", i.realm, e.Service, e.Service)
	case errorcode.KDC_ERR_ETYPE_NOSUPP:
		return fmt.Sprintf("the realm %s has no type of encryption in common with hybrid for %s. AES is needed: the account must support it (msDS-SupportedEncryptionTypes), and its password must have been set since", i.realm, i)
	case codeSkew:
		return fmt.Sprintf("the clock of this machine and that of the KDC of %s differ by more than five minutes: set this machine's clock, by the same source as the domain's", i.realm)
	case codeTicketExpired:
		return fmt.Sprintf("the ticket of %s has ended. Run kinit again, or give a keytab, from which tickets are got anew", i)
	}
	return fmt.Sprintf("the KDC of %s answered %s", i.realm, errorcode.Lookup(e.Code))
}

func (i *Identity) wrong(by string) string {
	if by == "keytab" {
		return fmt.Sprintf("the realm %s does not take the key of %s in the keytab %s: the password was changed since it was made. Make it anew", i.realm, i, i.options.Keytab)
	}
	return fmt.Sprintf("the realm %s does not take the password of %s. It was tried once and is not tried again, since accounts lock. Check it, and that it is the password of this account", i.realm, i)
}

// unanswered is what the library says where no KDC has: no answer, or one that it cannot use.
func (i *Identity) unanswered(e *Error, by string) string {
	text := e.Err.Error()
	switch {
	case strings.Contains(text, "clock skew"):
		e.Code = codeSkew
		return i.said(e)
	case strings.Contains(text, "not found in keytab"):
		return fmt.Sprintf("the keytab %s has no key of %s of the type that the realm asks for, usually aes256-cts-hmac-sha1-96. Make it anew with all types: ktpass -crypto All", i.options.Keytab, i)
	case strings.Contains(text, "in response does not match"):
		return fmt.Sprintf("the realm %s knows %s by another name, and gives its tickets to that. Write that name: the sAMAccountName and the domain in capitals, such as svc-hybrid@%s, and leave realm out", i.realm, i.principal.PrincipalNameString(), i.realm)
	case strings.Contains(text, "password/keytab incorrect"):
		e.Code = errorcode.KDC_ERR_PREAUTH_FAILED
		return i.wrong(by)
	case strings.Contains(text, "no KDC SRV records") || strings.Contains(text, "lookup _kerberos"):
		return fmt.Sprintf("DNS names no KDC of the realm %s (_kerberos._tcp.%s). Is the realm right, and does this machine ask the domain's name servers? kdc names a domain controller", i.realm, i.realm)
	case strings.Contains(text, "Networking_Error"):
		_, kdcs, _ := i.client.Config.GetKDCs(i.realm, true)
		var names []string
		for n := 1; n <= len(kdcs); n++ {
			names = append(names, kdcs[n])
		}
		return fmt.Sprintf("no KDC of the realm %s answers (%s, TCP). Check the name, and that a firewall lets port 88 through", i.realm, list(names))
	}
	return text
}
