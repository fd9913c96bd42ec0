package dns

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/miekg/dns"
)

// A ticketError says why there is no Kerberos ticket to sign with.
type ticketError struct {
	text  string
	cause error
	final bool // it will be no other way before somebody has mended something, and asking again may lock the account
}

func (e *ticketError) Error() string { return e.text }
func (e *ticketError) Unwrap() error { return e.cause }

// ticketRemedies explain what domain controllers and the library say, by the names of RFC 4120 section 7.5.9 and by the
// library's own words. The first that fits counts.
var ticketRemedies = []struct {
	says, remedy string
	final        bool
}{
	{"KRB5CCNAME", "there is no credential cache: get a ticket with kinit, or write username with password or keytab", true},
	{"KDC_ERR_C_PRINCIPAL_UNKNOWN", "the realm has no such account: check username and realm", true},
	{"KDC_ERR_S_PRINCIPAL_UNKNOWN", "the realm has no such service: write the DNS server's own name as server, or the name that its tickets are made out to as spn (setspn -L lists them)", false},
	{"KDC_ERR_CLIENT_REVOKED", "the account is locked, disabled or has expired: unlock it in Active Directory", true},
	{"KDC_ERR_KEY_EXPIRED", "the account's password has expired: set a new one", true},
	{"KDC_ERR_ETYPE_NOSUPP", "the domain controller and this machine have no cipher in common: allow AES for the account", false},
	{"KDC_ERR_PREAUTH_FAILED", "the password or the keytab is not the account's; it is not tried again, since accounts lock: correct it, and run hybrid again", true},
	{"password/keytab incorrect", "the password or the keytab is not the account's; it is not tried again, since accounts lock: correct it, and run hybrid again", true},
	{"KRB_AP_ERR_SKEW", "the clocks of this machine and of the domain controller differ by more than five minutes: set them right", false},
	{"clock skew", "the clocks of this machine and of the domain controller differ by more than five minutes: set them right", false},
	{"KRB_AP_ERR_TKT_EXPIRED", "the ticket has expired: get a new one with kinit, or write username with password or keytab", false},
	{"no valid existing session", "the ticket has expired: get a new one with kinit, or write username with password or keytab", false},
	{"TGT not found", "the credential cache holds no ticket of the account: get one with kinit, or write username with password or keytab", false},
	{"KDC_ERR_WRONG_REALM", "the account is in another realm: check realm", false},
	{"no KDC", "no domain controller of the realm is known: check realm, and name the domain controllers under [realms] of krb5_conf", false},
	{"lookup _kerberos", "no domain controller of the realm is known: check realm, and name the domain controllers under [realms] of krb5_conf", false},
	{"no such host", "the domain controllers cannot be looked up: check realm, and krb5_conf where it names them", false},
	{"with KDC", "no domain controller answers: check that a firewall lets port 88 through from here, and krb5_conf where it names them", false},
	{"to a KDC", "no domain controller answers: check that a firewall lets port 88 through from here, and krb5_conf where it names them", false},
	{"keytab", "check that the keytab holds a key of the account (klist -k lists them)", false},
}

// ticketFault explains why signing in failed.
func (a *account) ticketFault(err error) error {
	doing := fmt.Sprintf("signing in as %s for %s", a, a.service)
	var path *fs.PathError
	unread := errors.As(err, &path)
	for _, known := range ticketRemedies {
		if strings.Contains(err.Error(), known.says) && (!unread || known.says == "KRB5CCNAME") {
			return &ticketError{cause: err, final: known.final, text: fmt.Sprintf("%s: %s (%s)", doing, known.remedy, essence(err))}
		}
	}
	if unread {
		return &ticketError{cause: err, text: fmt.Sprintf("%s: the file %s cannot be read: %v; check its name and who may read it", doing, path.Path, path.Err)}
	}
	return &ticketError{cause: err, text: fmt.Sprintf("%s: %s", doing, essence(err))}
}

// essence is what a Kerberos library says, from where the far end's words begin.
func essence(err error) string {
	text := err.Error()
	if at := strings.LastIndex(text, "KRB Error: "); at >= 0 {
		return text[at:]
	}
	return text
}

// noGSS explains the code of an answer to a key that was offered.
func (p *provider) noGSS(doing string, rcode int) error {
	remedy := "it takes no keys by Kerberos: write tsig where it has shared keys, as BIND, Knot and PowerDNS do"
	if rcode == dns.RcodeServerFailure {
		remedy = "it has trouble of its own: its log says why, try again later"
	}
	return &codeError{rcode: rcode, remedy: remedy,
		text: fmt.Sprintf("%s: the DNS server %s answered %s", doing, p.server, rcodeName(rcode))}
}

// ticketSignature says what to do about errors of a signature that a ticket stands behind.
func ticketSignature(code int) string {
	if code == dns.RcodeBadSig {
		return "the signature does not hold there: something between here and the server may change requests"
	}
	return "the server does not take the ticket: check that it is the server that spn names, and that its clock is right; its event log says more"
}
