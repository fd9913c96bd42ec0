package lab

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"hybrid/internal/lab/graph"
)

// Trust is what a rehearsal has set of signing in, roles, clocks and the keys between servers and tenant. "" is as it should be.
type Trust struct {
	Refused     string `json:"refused,omitempty"`      // "700016", or "700016:teams" for that resource only
	Roles       string `json:"roles,omitempty"`        // directory roles of the applications that sign in; "none"
	MoverRoles  string `json:"mover_roles,omitempty"`  // directory roles of accounts that move users; "none"
	ServerRoles string `json:"server_roles,omitempty"` // what Get-CsAdminRoleAssignment gives; "none"
	Hosts       string `json:"hosts,omitempty"`        // how far the hosts' clocks are ahead: "10m", "-10m"
	Cloud       string `json:"cloud,omitempty"`        // how far the cloud's clock is ahead
	Certificate string `json:"certificate,omitempty"`  // what is wrong with the servers' OAuth certificate
	Metadata    string `json:"metadata,omitempty"`     // what is wrong with metadata documents
	Issuer      string `json:"issuer,omitempty"`       // the servers' OAuth certificate: DER in base64; "" is one of the lab's own
}

// SetTrust replaces what is set of signing in, roles, clocks and keys.
func (e *Estate) SetTrust(t Trust) {
	e.Trust = t
	e.changed(change{Trust: &t})
}

// What can be wrong with the servers' OAuth certificate, and with metadata documents.
var (
	certificateDefects = []string{"expired", "expiring", "other", "none"}
	metadataDefects    = []string{"not_found", "garbage", "no_keys", "expired", "other_realm", "other_issuer", "redirect", "unavailable"}
)

// none stands in a setting for an empty list.
const none = "none"

// trustSettings are the settings of [Trust].
func trustSettings() []Setting {
	codes := make([]string, 0, 8)
	for _, code := range graph.Refusals() {
		codes = append(codes, strconv.Itoa(code))
	}
	return []Setting{
		ofTrust("graph.refused", "with which code the sign-in service refuses tokens: "+strings.Join(codes, ", ")+"; for one resource only with :graph or :teams behind it", func(t *Trust) *string { return &t.Refused }, checkRefused(codes)),
		graphPermissions(),
		graphNames(),
		graphExchangeKey(),
		ofTrust("tenant.roles", "the directory roles of the applications that sign in, with commas between; none; by itself Teams Administrator", func(t *Trust) *string { return &t.Roles }, checkRoles),
		ofTrust("tenant.mover_roles", "the directory roles of the accounts under which users are moved; none; by itself Teams Administrator and User Administrator", func(t *Trust) *string { return &t.MoverRoles }, checkRoles),
		ofTrust("server.roles", "the roles of the account on the servers, with commas between; none; by itself CsAdministrator", func(t *Trust) *string { return &t.ServerRoles }, anyHost),
		ofTrust("skew.hosts", "how far the clocks of the hosts are ahead, such as 10m, or behind, -10m", func(t *Trust) *string { return &t.Hosts }, checkOffset),
		ofTrust("skew.cloud", "how far the clock of Microsoft's services is ahead, or behind: this machine's is wrong then by as much the other way", func(t *Trust) *string { return &t.Cloud }, checkOffset),
		ofTrust("oauth.certificate", "what is wrong with the certificate that the servers sign tokens with: "+strings.Join(certificateDefects, ", "), func(t *Trust) *string { return &t.Certificate }, oneOf(certificateDefects)),
		ofTrust("oauth.metadata", "what is wrong with the documents in which token servers publish their keys: "+strings.Join(metadataDefects, ", "), func(t *Trust) *string { return &t.Metadata }, oneOf(metadataDefects)),
	}
}

// ofTrust is a setting that is a field of Trust.
func ofTrust(name, doc string, field func(*Trust) *string, check func(string) error) Setting {
	return Setting{
		Name: name, Doc: doc,
		Get: func(e *Estate) string { return *field(&e.Trust) },
		Set: func(e *Estate, text string) error {
			t := e.Trust
			if text != "" {
				if err := check(text); err != nil {
					return fmt.Errorf("%s: %w", name, err)
				}
			}
			*field(&t) = text
			e.SetTrust(t)
			return nil
		},
	}
}

func oneOf(list []string) func(string) error {
	return func(text string) error {
		if !slices.Contains(list, text) {
			return fmt.Errorf("%q is none of %s", text, strings.Join(list, ", "))
		}
		return nil
	}
}

func checkRefused(codes []string) func(string) error {
	return func(text string) error {
		code, resource, _ := strings.Cut(text, ":")
		if resource != "" && resource != "graph" && resource != "teams" {
			return fmt.Errorf("%q is no resource: write graph or teams", resource)
		}
		return oneOf(codes)(code)
	}
}

func checkRoles(text string) error {
	for _, role := range listed(text) {
		if err := oneOf(graph.RoleNames())(role); err != nil {
			return err
		}
	}
	return nil
}

func checkOffset(text string) error {
	if _, err := time.ParseDuration(text); err != nil {
		return fmt.Errorf("%q is no span of time, such as 10m or -90s", text)
	}
	return nil
}

// listed takes a list in a setting apart.
func listed(text string) []string {
	list := []string{}
	for item := range strings.SplitSeq(text, ",") {
		if item = strings.TrimSpace(item); item != "" && item != none {
			list = append(list, item)
		}
	}
	return list
}

// orElse is a setting, or what it is by itself.
func orElse(text, usual string) []string {
	if text == "" {
		text = usual
	}
	return listed(text)
}

// offset is how far a clock is ahead.
func offset(text string) time.Duration {
	d, _ := time.ParseDuration(text) // it has been checked
	return d
}

// teamsResource is the resource of Teams' administration (page of Connect-MicrosoftTeams).
const teamsResource = "48ac35b8-9aa8-4d74-927d-1f4a14a0b239"

// refusedTokens are with which code tokens are refused, by resource.
func (t Trust) refusedTokens() map[string]int {
	code, resource, _ := strings.Cut(t.Refused, ":")
	if resource == "teams" {
		resource = teamsResource
	}
	number, _ := strconv.Atoi(code)
	return map[string]int{resource: number}
}

// directoryRoles are the roles of the applications and accounts that the estate knows.
func (e *Estate) directoryRoles() map[string][]string {
	own := orElse(e.Trust.Roles, "Teams Administrator")
	if e.Tenant.Roleless {
		own = nil
	}
	roles := map[string][]string{labApplication: own, strings.ToLower(e.Tenant.SignIn.ClientID): own}
	for _, account := range e.Tenant.Movers {
		roles[strings.ToLower(account)] = orElse(e.Trust.MoverRoles, "Teams Administrator, User Administrator")
	}
	return roles
}
