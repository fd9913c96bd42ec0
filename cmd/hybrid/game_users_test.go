package main

import (
	"slices"
	"strings"
)

// userPlants are those that `check user` is held to.
func userPlants() []plant {
	return []plant{
		{"U-SIPFMT", "an address in a domain of nobody's", "", "either", func(b *board) { b.user = "ada@stranger.example" }},
		{"U-AD", "an account that is not enabled", "", "servers", func(b *board) { b.cmdlet("Disable-CsUser", "-Identity", "sip:"+b.user) }},
		{"U-AD", "nobody has the address", "", "either", func(b *board) { b.user = "nobody@" + b.any(b.Domains) }},
		{"U-DUP", "two accounts with the address", "", "either", func(b *board) { b.account("--double") }},
		{"U-DUP", "a contact with the address", "", "either", func(b *board) { b.set("forest.contacts=A partner=sip:" + b.user) }},
		{"U-ADM", "a protected account", "", "either", func(b *board) { b.account("--attribute", "adminCount=1") }},
		{"U-PROX", "another address in proxyAddresses", "", "either", func(b *board) {
			b.account("--attribute", "proxyAddresses=sip:"+b.user+",sip:old"+b.user)
		}},
		{"U-ATTR", "the user is disabled for a while", "", "either", func(b *board) { b.account("--attribute", "UserEnabled=FALSE") }},
		{"U-ATTR", "the locator has been cleared", "", "either", func(b *board) { b.account("--attribute", "DeploymentLocator=") }},
		{"U-ATTR", "no pool is left", "", "servers", func(b *board) { b.account("--attribute", "RegistrarPool=") }},
		{"U-ATTR", "a provider of old", "", "online", func(b *board) { b.account("--attribute", "DeploymentLocator=sip.hoster.example") }},
		{"U-PROX", "another user principal name", "", "either", func(b *board) {
			b.account("--attribute", "userPrincipalName=x"+b.user)
		}},
		{"U-LIC", "no licence at all", "", "online", func(b *board) { b.account("--plans", "") }},
		{"U-LIC", "a plan that is suspended", "", "online", func(b *board) { b.account("--plans", "MCOProfessional,Teams:Suspended") }},
		{"U-LIC", "no Plan 2", "", "online", func(b *board) { b.account("--plans", "Teams") }},
		{"U-SYNC", "attributes that never arrive", "", "either", func(b *board) { b.set("tenant.unsynced=sip:" + b.user) }},
		{"U-PROV", "an error of validation", "", "either", func(b *board) {
			b.account("--error", "HybridOnlineSfBUser: A user created on-premises and migrated to SfBO")
		}},
		{"U-HOME", "somebody has moved the user back", "", "online", func(b *board) { b.moveBack() }},
		{"U-UCS", "contacts in Exchange before a move", "exchange", "online", func(b *board) {
			b.moveBack()
			b.account("--contacts-in-exchange")
		}},
		{"U-DC", "a user of another domain, to be moved", "", "online", func(b *board) {
			b.account("--attribute", "distinguishedName=CN="+strings.Split(b.user, "@")[0]+",OU=Users,DC=eu,DC=merger,DC=example")
			b.moveBack()
		}},
		{"U-HYB", "an auto attendant", "", "either", func(b *board) {
			b.cmdlet("New-CsHybridApplicationEndpoint", "-ApplicationId", "ce933385-9390-45d1-9512-c8d228074e07", "-DisplayName", "Reception", "-SipAddress", "sip:reception@"+b.Domains[0], "-OU", "OU=Voice,DC=example")
			b.user = "reception@" + b.Domains[0]
		}},
		{"U-VOICE", "a number that somebody else has", "", "either", func(b *board) {
			b.account("--attribute", "Line=tel:+14255550100")
			b.user = b.somebodyElse()
			b.account("--attribute", "Line=tel:+14255550100")
		}},
		{"U-VOICE", "a number that is none", "", "either", func(b *board) { b.account("--attribute", "Line=tel:0170-55501") }},
		{"U-COUNT", "a list that ends early", "", "all", func(b *board) {
			hybrid(b.t, 0, "lab", "fault", "--kind", "short", "--cmdlet", "Get-CsUser", "--rows", "5", b.dir)
		}},
	}
}

// moveBack moves the user to the servers by hand.
func (b *board) moveBack() {
	b.t.Helper()
	b.cmdlet("Move-CsUser", "-Identity", "sip:"+b.user, "-Target", b.Pool, "-Confirm", "false")
}

// somebodyElse draws another user.
func (b *board) somebodyElse() string {
	return b.any(slices.DeleteFunc(slices.Concat(b.Online, b.Servers), func(user string) bool { return user == b.user }))
}
