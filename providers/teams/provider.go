package teams

import (
	"errors"
	"fmt"

	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/powershell"
	"hybrid/providers"
	"hybrid/providers/shell"
)

const (
	module = "MicrosoftTeams"
	// defaultSessions is small: the tenant's cmdlets are throttled, and there is little to read.
	defaultSessions = 2
)

// open prepares a provider and contacts nothing.
func open(s providers.Settings, t *shell.Translator) (providers.Provider, error) {
	if err := lacks(s); err != nil {
		return nil, err
	}
	s.Values = withHosts(s.Values)
	v := shell.ArgumentsOf(s)
	connect, err := signIn(v, s)
	if err != nil {
		return nil, fmt.Errorf("provider %q: %w", s.Name, err)
	}
	session := powershell.Open{Modules: []string{module}, Cmdlets: shell.Needed(s, append(kinds(), onlineUser())), Then: []powershell.Command{connect}}
	p, err := shell.Open(s, shell.Options{Translator: t, Session: session, Place: v.Place(), Advise: advised})
	if err != nil {
		return nil, err // not a Provider that holds nil
	}
	return &provider{p}, nil
}

// lacks names the account where sessions have none.
func lacks(s providers.Settings) error {
	if shell.ArgumentsOf(s).Nobody() {
		return fmt.Errorf("provider %q: username is missing: the account that signs in to the host", s.Name)
	}
	return nil
}

// withHosts puts the one host among the several.
func withHosts(block cty.Value) cty.Value {
	values := block.AsValueMap()
	if host := values["host"]; shell.Tells(host) {
		values["hosts"] = cty.ListVal([]cty.Value{host})
	}
	return cty.ObjectVal(values)
}

// signIn is the call with which every session begins. Parameter sets are from the page of Connect-MicrosoftTeams
// (MicrosoftDocs/office-docs-powershell): only the one with an account takes the name of a national cloud.
func signIn(v shell.Arguments, s providers.Settings) (powershell.Command, error) {
	connect := powershell.Command{Cmdlet: "Connect-MicrosoftTeams"}
	add := func(name string, value any) {
		connect.Params = append(connect.Params, powershell.Param{Name: name, Value: value})
	}
	if tenant := v.Text("tenant_id"); tenant != "" {
		add("TenantId", tenant)
	}
	block := s.Values
	if credential, _ := block.GetAttr("credential").UnmarkDeep(); shell.Tells(credential) {
		add("Credential", powershell.Credential{
			Username: shell.TextOf(credential.GetAttr("username")), Password: shell.TextOf(credential.GetAttr("password")),
		})
		if environment := s.Cloud.Text("teams_environment_name"); environment != "" {
			add("TeamsEnvironmentName", environment)
		}
		return connect, nil
	}
	own := SignInOf(block)
	if own.TenantID == "" || own.ClientID == "" || own.Thumbprint == "" {
		return connect, errors.New("tenant_id, client_id or the certificate is not known: they must be before sessions can sign in to the tenant")
	}
	add("ApplicationId", own.ClientID)
	add("CertificateThumbprint", own.Thumbprint)
	return connect, nil
}

// A SignIn is as what and with what sessions sign in to the tenant; "" is not known or not said.
type SignIn struct {
	TenantID   string
	ClientID   string
	Thumbprint string // of the certificate: SHA-1, in capitals
}

// SignInOf reads it from the values of a provider block.
func SignInOf(block cty.Value) SignIn {
	in := SignIn{TenantID: shell.TextOf(block.GetAttr("tenant_id")), ClientID: shell.TextOf(block.GetAttr("client_id"))}
	in.Thumbprint = bareThumbprint(shell.TextOf(block.GetAttr("certificate_thumbprint")))
	if in.Thumbprint == "" {
		in.Thumbprint, _ = thumbprint(shell.TextOf(block.GetAttr("certificate"))) // the block's check has said what is wrong
	}
	return in
}
