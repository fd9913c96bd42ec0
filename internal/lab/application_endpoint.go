package lab

import (
	"strings"

	"github.com/google/uuid"
)

// applicationEndpoint: New-, Set- and Remove-CsHybridApplicationEndpoint. New- makes an account CN={GUID} in the OU and
// returns nothing. Set- takes its distinguished name only: the page names two types for -Identity, and of them this is the
// one that both take.
func applicationEndpoint() rules {
	own := rules{check: func(c *call, _, after Object) error { return c.admitLine(-1, after.Text("LineURI")) }}
	own.verbs = map[string]handler{"New": newEndpoint(own), "Remove": removeEndpoint}
	return own
}

func newEndpoint(own rules) handler {
	return func(c *call) error {
		address := c.text("SipAddress")
		_, domain, _ := strings.Cut(address, "@")
		_, served := c.estate.Object("CsSipDomain", domain)
		switch {
		case address != strings.ToLower(address):
			return c.unusable("SipAddress", "%q is not in lower case.", address)
		case !served:
			return c.unusable("SipAddress", "%q is in no SIP domain of this deployment.", address)
		case !isDistinguishedName(c.text("OU")):
			return c.unusable("OU", "%q is no organisational unit.", c.text("OU"))
		case c.taken(address):
			return c.refused("The SIP address %q is in use already.", address)
		}
		id := uuid.NewSHA1(uuid.NameSpaceOID, []byte(address+c.estate.Clock.String()))
		made := Object{
			"Identity": "CN={" + id.String() + "}," + c.text("OU"), "ApplicationId": strings.ToLower(c.text("ApplicationId")), "OwnerUrn": nil,
			"EnterpriseVoiceEnabled": false, "Enabled": true, "SipAddress": address, "DisplayName": c.text("DisplayName"), "LineURI": c.text("LineUri"),
		}
		if err := own.admit(c, nil, made); err != nil {
			return err
		}
		c.estate.Put(c.kept, made)
		return nil
	}
}

func isDistinguishedName(name string) bool {
	name = strings.ToUpper(name)
	return (strings.HasPrefix(name, "OU=") || strings.HasPrefix(name, "CN=")) && strings.Contains(name, "DC=")
}

// taken says whether a user or an endpoint has a SIP address.
func (c *call) taken(address string) bool {
	_, found := c.endpoint(address)
	return found || c.estate.withSIP(address) >= 0
}

// endpoint finds an endpoint by its SIP address.
func (c *call) endpoint(address string) (Object, bool) {
	for o := range c.estate.of("CsHybridApplicationEndpoint").all() {
		if sameAddress(o.Text("SipAddress"), address) {
			return o, true
		}
	}
	return nil, false
}

// removeEndpoint deletes the account, found by its distinguished name or by its SIP address.
func removeEndpoint(c *call) error {
	if found, ok := c.endpoint(c.text("Identity")); ok {
		c.params["Identity"] = found["Identity"]
	}
	return remove(c)
}
