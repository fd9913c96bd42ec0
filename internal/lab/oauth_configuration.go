package lab

import "strings"

// oauthConfiguration: Get- and Set-CsOAuthConfiguration, of which there is one.
func oauthConfiguration() rules {
	return rules{
		check: func(c *call, _, after Object) error {
			if name := after.Text("ClientAuthorizationOAuthServerIdentity"); name != "" && c.given("ClientAuthorizationOAuthServerIdentity") {
				if _, ok := c.estate.Object("CsOAuthServer", name); !ok {
					return c.refused("Cannot find OAuth server %q because it does not exist.", name)
				}
			}
			return nil
		},
		verbs: map[string]handler{"Get": func(c *call) error {
			if err := read(c); err != nil {
				return err
			}
			objects := c.objects
			c.objects = make([]Object, len(objects))
			for n, o := range objects {
				c.objects[n] = o.with(Object{
					"OAuthServers":        c.estate.memberTexts("CsOAuthServer"),
					"PartnerApplications": c.estate.memberTexts("CsPartnerApplication"),
				})
			}
			return nil
		}},
		only: []string{"Get", "Set"},
	}
}

// memberTexts are the objects of a noun as they show inside another object: as text only.
func (e *Estate) memberTexts(noun string) []any {
	texts := []any{}
	for o := range e.of(noun).all() {
		texts = append(texts, strings.Join([]string{"Name=" + o.Text("Name"), "Realm=" + o.Text("Realm")}, ";"))
	}
	return texts
}

// freshOAuthConfiguration is the configuration of a new deployment.
func freshOAuthConfiguration(realm string) Object {
	return Object{
		"Identity": "Global", "Realm": realm, "ServiceName": "00000004-0000-0ff1-ce00-000000000000",
		"ClientAuthorizationOAuthServerIdentity": "", "ExchangeAutodiscoverUrl": "", "ExchangeAutodiscoverAllowedDomains": "",
		"ClientAdalAuthOverride": "NoOverride", "AlternateAudienceUrl": "", "AdditionalAudienceUrls": "",
	}
}
