package lab

import (
	"strings"
)

// userProperties are the properties of an object of Get-CsUser, in the order in which the server's own view has them,
// then others that scripts select. Policies are unset: the lab grants none.
func userProperties() []string {
	return []string{
		"Identity", "VoicePolicy", "VoiceRoutingPolicy", "ConferencingPolicy", "PresencePolicy", "DialPlan", "LocationPolicy",
		"ClientPolicy", "ClientVersionPolicy", "ArchivingPolicy", "ExchangeArchivingPolicy", "PinPolicy", "ExternalAccessPolicy",
		"MobilityPolicy", "UserServicesPolicy", "CallViaWorkPolicy", "ThirdPartyVideoSystemPolicy", "HostedVoiceMail",
		"HostedVoicemailPolicy", "IPPhonePolicy", "HostingProvider", "RegistrarPool", "Enabled", "SipAddress", "LineURI",
		"EnterpriseVoiceEnabled", "ExUmEnabled", "HomeServer", "DisplayName", "SamAccountName", "UserPrincipalName", "Name",
		"DistinguishedName", "LineServerURI", "PrivateLine", "AudioVideoDisabled", "RemoteCallControlTelephonyEnabled",
		"EnabledForFederation", "EnabledForInternetAccess", "PublicNetworkEnabled", "EnabledForRichPresence", "TenantId",
		"WindowsEmailAddress",
	}
}

// property is one property of an account, nil where it is unset or there is none of the name.
func (a *Account) property(name string) any {
	switch strings.ToLower(name) {
	case "identity", "distinguishedname":
		return a.DistinguishedName()
	case "sipaddress":
		return a.SIP
	case "userprincipalname", "windowsemailaddress":
		return a.UserPrincipalName()
	case "samaccountname":
		return a.SamAccountName()
	case "displayname", "name":
		return a.DisplayName
	case "enabled":
		return a.Enabled.value()
	case "hostingprovider":
		return a.HostingProvider
	case "registrarpool":
		if a.RegistrarPool == "" {
			return nil
		}
		return a.RegistrarPool
	case "lineuri":
		return a.LineURI
	}
	return a.derived(name)
}

// derived are the properties that Set-CsUser has set, and those that follow from the rest.
func (a *Account) derived(name string) any {
	for own, value := range a.More {
		if strings.EqualFold(own, name) {
			return value
		}
	}
	switch strings.ToLower(name) {
	case "enabledforfederation", "enabledforinternetaccess", "enabledforrichpresence":
		return a.Enabled == True
	case "enterprisevoiceenabled", "hostedvoicemail", "exumenabled", "audiovideodisabled", "remotecallcontroltelephonyenabled", "publicnetworkenabled":
		return false
	case "tenantid":
		return "00000000-0000-0000-0000-000000000000"
	case "homeserver":
		if a.HostingProvider == onServers {
			return "CN=Lc Services,CN=Microsoft,CN=1:1,CN=Pools,CN=RTC Service,CN=Services,CN=Configuration," + a.domain()
		}
	case "exchangearchivingpolicy":
		return "Uninitialized"
	}
	return nil
}

// domain is the DC part of the account's DN.
func (a *Account) domain() string {
	dn := a.DistinguishedName()
	if n := strings.Index(dn, "DC="); n >= 0 {
		return dn[n:]
	}
	return ""
}

// object is the account with all its properties.
func (a *Account) object() Object {
	o := make(Object, len(userProperties()))
	for _, name := range userProperties() {
		o[name] = a.property(name)
	}
	for name, value := range a.More {
		if !hidden(name) {
			o[name] = value
		}
	}
	return o
}

// column gives what appends one property of an account as JSON. What plans read from a hundred thousand users is
// written straight from the account.
func column(name string) func([]byte, *Account) []byte {
	switch strings.ToLower(name) {
	case "sipaddress":
		return func(b []byte, a *Account) []byte { return appendText(b, a.SIP) }
	case "displayname":
		return func(b []byte, a *Account) []byte { return appendText(b, a.DisplayName) }
	case "hostingprovider":
		return func(b []byte, a *Account) []byte { return appendText(b, a.HostingProvider) }
	}
	return func(b []byte, a *Account) []byte { return appendValue(b, a.property(name)) }
}
