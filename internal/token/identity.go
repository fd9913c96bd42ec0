// Package token signs in to Microsoft Entra: as whom, and the tokens that are issued for Microsoft Graph and for Azure.
package token

import (
	"crypto/rsa"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"

	"hybrid/internal/rest"
)

// An Identity is as whom to sign in.
type Identity struct {
	Method      string // "certificate", "secret", "managed_identity", "cli"
	TenantID    string
	ClientID    string
	Certificate string // PEM, with its private key
	Secret      string
	LoginURL    string // "https://login.microsoftonline.com"
	Private     bool   // LoginURL is no host of Microsoft's: its list of hosts is not asked
	HTTP        *http.Client
}

// Credential prepares signing in; it contacts nothing. The error never shows the certificate's key or the secret.
func (i Identity) Credential() (azcore.TokenCredential, error) {
	options := azcore.ClientOptions{
		Transport: i.HTTP, Retry: policy.RetryOptions{MaxRetries: 2, RetryDelay: 500 * time.Millisecond},
		Cloud: cloud.Configuration{ActiveDirectoryAuthorityHost: i.LoginURL},
	}
	switch i.Method {
	case "certificate":
		return i.certificate(options)
	case "secret":
		return azidentity.NewClientSecretCredential(i.TenantID, i.ClientID, i.Secret,
			&azidentity.ClientSecretCredentialOptions{ClientOptions: options, DisableInstanceDiscovery: i.Private})
	case "managed_identity":
		o := &azidentity.ManagedIdentityCredentialOptions{}
		if i.ClientID != "" {
			o.ID = azidentity.ClientID(i.ClientID)
		}
		return azidentity.NewManagedIdentityCredential(o)
	case "cli":
		return azidentity.NewAzureCLICredential(&azidentity.AzureCLICredentialOptions{TenantID: i.TenantID})
	}
	return nil, fmt.Errorf("there is no way to sign in called %q; write certificate, secret, managed_identity or cli", i.Method)
}

func (i Identity) certificate(options azcore.ClientOptions) (azcore.TokenCredential, error) {
	chain, key, err := azidentity.ParseCertificates([]byte(i.Certificate), nil)
	if err != nil {
		return nil, errors.New("certificate: this is no certificate with its private key in PEM, unencrypted; from a .pfx file, `openssl pkcs12 -in hybrid.pfx -nodes -out hybrid.pem` makes one")
	}
	if _, ok := key.(*rsa.PrivateKey); !ok {
		return nil, errors.New("certificate: its key is not RSA, and Entra takes no other for signing in; make a certificate with an RSA key of 2048 bits or more")
	}
	if leaf := chain[0]; time.Now().After(leaf.NotAfter) {
		return nil, fmt.Errorf("certificate: %s has expired on %s; register a new one with the application and use that", leaf.Subject, leaf.NotAfter.UTC().Format(time.DateOnly))
	}
	c, err := azidentity.NewClientCertificateCredential(i.TenantID, i.ClientID, chain, key,
		&azidentity.ClientCertificateCredentialOptions{ClientOptions: options, DisableInstanceDiscovery: i.Private})
	if err != nil {
		return nil, fmt.Errorf("certificate: %w", err)
	}
	return c, nil
}

// A SignInError says why there is no token.
type SignInError struct {
	Code   string // "AADSTS700016"; "" where the sign-in service did not answer
	Text   string // what it says
	Remedy string
	Err    error
}

func (e *SignInError) Error() string {
	text := "signing in to Entra: " + e.Text
	if e.Remedy != "" {
		text += "; " + e.Remedy
	}
	return text
}

func (e *SignInError) Unwrap() error { return e.Err }

// The codes are listed at https://learn.microsoft.com/entra/identity-platform/reference-error-codes.
var signInRemedies = map[string]string{
	"AADSTS90002":   "check tenant_id, and that hybrid { cloud = … } is the tenant's own cloud",
	"AADSTS900023":  "check tenant_id: it is a GUID, or a domain of the tenant",
	"AADSTS700016":  "check client_id, and that the application is registered in this tenant and an administrator has consented to it",
	"AADSTS700027":  "register the certificate with the application (Certificates & secrets); one registered a moment ago takes minutes to arrive",
	"AADSTS7000215": "check client_secret: what is wanted is the secret's value, not its id",
	"AADSTS7000222": "the client secret has expired: make a new one",
	"AADSTS700024":  "this machine's clock and Microsoft's differ: set it right",
	"AADSTS65001":   "have an administrator grant the application consent",
}

// signInCode finds the code, what follows it up to the next line, and the trace id.
var (
	signInCode = regexp.MustCompile(`AADSTS\d+: [^"\\\r\n]*`)
	traceID    = regexp.MustCompile(`[Tt]race[_ ]?[Ii][Dd]"?: ?"?([0-9a-fA-F-]{36})`)
)

// Refused explains a token that was not got; the error is a [SignInError]. The texts of the libraries are pages long: only the service's own
// sentence is kept.
func Refused(err error) error {
	e := &SignInError{Err: err}
	if found := signInCode.FindString(err.Error()); found != "" {
		e.Code, _, _ = strings.Cut(found, ":")
		said, _, _ := strings.Cut(found, " Trace ID:")
		if len(said) > mostTold {
			said = strings.ToValidUTF8(said[:mostTold], "") + "…"
		}
		e.Text, e.Remedy = strings.TrimSuffix(strings.TrimSpace(said), "."), signInRemedies[e.Code]
		if id := traceID.FindStringSubmatch(err.Error()); id != nil {
			e.Text += " (trace id " + id[1] + ")"
		}
		return e
	}
	e.Text = cause(rest.Bare(err))
	e.Remedy = "check the network, and that auth is a way that works on this machine"
	return e
}

// mostTold is how much of a text is told, in bytes: the libraries quote answers whole that they cannot read.
const mostTold = 500

// cause is the end of a text of several lines, where the libraries put what has happened.
func cause(err error) string {
	text := strings.TrimSpace(err.Error())
	if at := strings.LastIndexByte(text, '\n'); at >= 0 {
		text = strings.TrimSpace(text[at+1:])
	}
	text, _, _ = strings.Cut(text, " To troubleshoot, visit ")
	if len(text) > mostTold {
		text = strings.ToValidUTF8(text[:mostTold], "") + "…"
	}
	return strings.TrimSuffix(text, ".")
}
