package lab

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Hindrances are what of the servers, their build and their topology stands in the way of changes.
type Hindrances struct {
	OtherDomain  []string `json:"other_domain,omitempty"`   // SIP addresses of accounts in another domain of the forest than the servers
	Unreplicated []string `json:"unreplicated,omitempty"`   // those whom User Replicator has not reached
	LiveID       bool     `json:"live_id,omitempty"`        // the build signs in to the cloud with a Live ID token
	Asks         bool     `json:"asks,omitempty"`           // Move-CsUser opens a sign-in window unless it is given -Credential
	EdgePools    bool     `json:"two_edge_pools,omitempty"` // federation is enabled on two Edge pools
	LogFull      bool     `json:"log_full,omitempty"`       // of rtcxds; nothing can be written to it
	Lacks        []string `json:"lacks,omitempty"`          // what the build has not: "New-CsHostingProvider", "Set-CsUser/LineURI"
}

// SetHindrances replaces what stands in the way.
func (e *Estate) SetHindrances(h Hindrances) {
	e.Hindrances = h
	e.changed(change{Hindrances: &h})
}

// hindranceSettings are the settings that are fields of Hindrances.
func hindranceSettings() []Setting {
	return []Setting{
		ofHindrances("servers.other_domain", "SIP addresses of accounts in another domain of the forest, found for a move by their own domain controller only, with commas between", func(h *Hindrances) any { return &h.OtherDomain }),
		ofHindrances("servers.unreplicated", "SIP addresses of users whom User Replicator has not reached, who cannot be moved, with commas between", func(h *Hindrances) any { return &h.Unreplicated }),
		ofHindrances("servers.live_id", "the build signs in to the cloud with a Live ID token, which is blocked: true, false", func(h *Hindrances) any { return &h.LiveID }),
		ofHindrances("servers.asks", "Move-CsUser asks somebody to sign in to the cloud unless it is given an account: true, false", func(h *Hindrances) any { return &h.Asks }),
		ofHindrances("servers.two_edge_pools", "federation is enabled on two Edge pools: true, false", func(h *Hindrances) any { return &h.EdgePools }),
		ofHindrances("servers.log_full", "the transaction log of rtcxds is full, and nobody can be moved: true, false", func(h *Hindrances) any { return &h.LogFull }),
		ofHindrances("servers.lacks", "cmdlets and parameters that the build has not, such as New-CsHostingProvider or Set-CsUser/LineURI, with commas between", func(h *Hindrances) any { return &h.Lacks }),
	}
}

func ofHindrances(name, doc string, field func(*Hindrances) any) Setting {
	return Setting{
		Name: name, Doc: doc,
		Get: func(e *Estate) string { return settingText(field(&e.Hindrances)) },
		Set: func(e *Estate, text string) error {
			h := e.Hindrances
			if err := parseSetting(field(&h), text); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			e.SetHindrances(h)
			return nil
		},
	}
}

// hindered refuses a move where something of the servers stands in its way; hosted moves lead to or from the cloud.
func (c *call) hindered(a *Account, hosted bool) error {
	h := c.estate.Hindrances
	switch {
	case h.LogFull:
		return c.refusal("log-full")
	case named(h.Unreplicated, a.SIP):
		return c.refusal("user-replicator")
	case !hosted:
		return nil
	case named(h.OtherDomain, a.SIP) && !c.given("DomainController"):
		return c.refusal("other-domain", "{sip}", a.SIP)
	case h.EdgePools:
		return c.refusal("two-edge-pools")
	}
	return c.unableToSignIn(h)
}

// unableToSignIn refuses a move whose cmdlet cannot sign in to the cloud.
func (c *call) unableToSignIn(h Hindrances) error {
	switch {
	case h.LiveID:
		return c.refusal("live-id")
	case h.Asks && !c.given("Credential"):
		return c.prompts()
	case c.given("Credential"):
		return c.signInRefused()
	}
	return nil
}

// signInRefused refuses whoever signs in where the tenant lets nobody in.
func (c *call) signInRefused() error {
	if c.estate.Tenant.Refuses == 0 {
		return nil
	}
	id, _ := signInCode(c.estate.Tenant.Refuses)
	return c.refusal(id)
}

// signInCode finds the refusal of a sign-in by its code, 50126 for AADSTS50126.
func signInCode(code int) (id string, known bool) {
	for _, r := range signInRefusals() {
		if strings.HasPrefix(r.Text, fmt.Sprintf("AADSTS%d:", code)) {
			return r.ID, true
		}
	}
	return "", false
}

// tenantRefuses is the code with which whoever signs in to the tenant is refused.
func tenantRefuses() Setting {
	const name = "tenant.refuses"
	codes := strings.Join(signInCodes(), ", ")
	s := ofTenant(name, "the code of Microsoft Entra with which whoever signs in to the tenant by a cmdlet is refused: "+codes+"; 0 lets in", func(t *Tenant) any { return &t.Refuses })
	set := s.Set
	s.Set = func(e *Estate, text string) error {
		if text != "0" && !slices.Contains(signInCodes(), text) {
			return fmt.Errorf("%s: the lab has no words for the code %q; there are %s, and 0 lets in", name, text, codes)
		}
		return set(e, text)
	}
	return s
}

// signInCodes are the codes of the refusals of a sign-in.
func signInCodes() []string {
	var codes []string
	for _, r := range signInRefusals() {
		if m := entraCode.FindStringSubmatch(r.Text); m != nil {
			codes = append(codes, m[1])
		}
	}
	return codes
}

var entraCode = regexp.MustCompile(`^AADSTS(\d+):`)

// lacksCmdlet says whether the servers' build has no such cmdlet.
func (e *Estate) lacksCmdlet(cmdlet string) bool {
	return slices.ContainsFunc(e.Hindrances.Lacks, func(lacked string) bool { return strings.EqualFold(lacked, cmdlet) })
}

// lackedParameter is PowerShell's error for the first of the parameters that the build's cmdlet has not; nil where it has all.
func (e *Estate) lackedParameter(cmdlet string, params map[string]any) *Failure {
	for _, name := range sortedKeys(params) {
		if e.lacksCmdlet(cmdlet + "/" + name) {
			return &Failure{
				Message: "A parameter cannot be found that matches parameter name '" + name + "'.", Kind: "NamedParameterNotFound," + cmdlet,
				Category: "InvalidArgument", Type: "System.Management.Automation.ParameterBindingException",
			}
		}
	}
	return nil
}

// named says whether a list of SIP addresses has one, in any spelling.
func named(list []string, sip string) bool {
	return slices.ContainsFunc(list, func(other string) bool { return sameAddress(other, sip) })
}
