package lab

import (
	"regexp"
	"strings"
)

// hostingProvider: New-, Set-, Enable- and Disable-CsHostingProvider. The defaults are those of the cmdlet's page.
func hostingProvider() rules {
	return rules{
		defaults: func(*Estate) Object {
			return Object{
				"VerificationLevel": "AlwaysVerifiable", "Enabled": false, "EnabledSharedAddressSpace": false,
				"HostsOCSUsers": false, "IsLocal": false, "AutodiscoverUrl": "", "SipClientPort": int64(443),
			}
		},
		check: admitProvider,
		verbs: map[string]handler{"Enable": toggle(true), "Disable": toggle(false)},
	}
}

// publicProvider: the same for New-, Set-, Enable- and Disable-CsPublicProvider.
func publicProvider() rules {
	return rules{
		defaults: func(*Estate) Object {
			return Object{
				"VerificationLevel": "AlwaysVerifiable", "Enabled": false, "IconUrl": "", "NameDecorationDomain": "",
				"NameDecorationRoutingDomain": "", "NameDecorationExcludedDomainList": "", "EnableSkypeIdRouting": false,
				"EnableSkypeDirectorySearch": false,
			}
		},
		check: admitProvider,
		verbs: map[string]handler{"Enable": toggle(true), "Disable": toggle(false)},
	}
}

var hostName = regexp.MustCompile(`^([A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?\.)+[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?$`)

// admitProvider holds the rules that hosting and public providers share: names and proxy FQDNs are unique across both,
// and there is none while the Access Edge has a default route.
func admitProvider(c *call, before, after Object) error {
	after["Name"] = after["Identity"]
	if before != nil {
		return nil
	}
	if !hostName.MatchString(after.Text("ProxyFqdn")) {
		return c.unusable("ProxyFqdn", "%q is no fully qualified domain name.", after.Text("ProxyFqdn"))
	}
	if edge, ok := c.estate.Object("CsAccessEdgeConfiguration", "Global"); ok && edge.Text("RoutingMethod") == useDefaultRouting {
		return c.refused("A provider cannot be created while the Access Edge uses a default route. Set DNS SRV routing first.")
	}
	for _, noun := range []string{"CsHostingProvider", "CsPublicProvider"} {
		for _, key := range [][2]string{{"Identity", "ProviderName"}, {"ProxyFqdn", "ProviderProxyFqdn"}} {
			text := after.Text(key[0])
			if _, exists := c.estate.objectWith(noun, key[0], text); exists {
				return c.refused("%s", strings.Replace(c.refusal("name-taken", "{name}", strings.ToUpper(text)).Message, "ProviderName", key[1], 1))
			}
		}
	}
	return nil
}

// toggle is Enable- or Disable-: an error where there is nothing to do.
func toggle(enabled bool) handler {
	return func(c *call) error {
		before, err := c.target()
		if err != nil {
			return err
		}
		if before.Is("Enabled") == enabled {
			return c.refused("The provider %q is already %s.", before.Text("Identity"), map[bool]string{true: "enabled", false: "disabled"}[enabled])
		}
		c.estate.Put(c.kept, before.with(Object{"Enabled": enabled}))
		return nil
	}
}
