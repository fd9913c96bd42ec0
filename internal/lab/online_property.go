package lab

import (
	"slices"
	"strings"
	"sync"

	"github.com/google/uuid"
)

// onlineProperties are the properties of an object of Get-CsOnlineUser that the lab has, in the order of the module.
func onlineProperties() []string {
	return []string{
		"AccountEnabled", "AccountType", "Alias", "AssignedPlan", "DisplayName", "EnterpriseVoiceEnabled", "FeatureTypes",
		"HostingProvider", "Identity", "InterpretedUserType", "IsSipEnabled", "LineUri", "OnPremEnterpriseVoiceEnabled",
		"OnPremHostingProvider", "OnPremLineUri", "OnPremOptionFlags", "OnPremSIPEnabled", "OnPremSipAddress", "RegistrarPool",
		"SipAddress", "SipProxyAddress", "TeamsUpgradeEffectiveMode", "TeamsUpgradePolicy", "UserDirSyncEnabled",
		"UserPrincipalName", "UserValidationErrors",
	}
}

// servicePlans are the ids of the plans by capability, from Microsoft's list of product names and service plan identifiers.
var servicePlans = sync.OnceValue(func() map[string]string {
	return map[string]string{
		"MCOProfessional": "0feaeb32-d00e-4d66-bd5a-43b5b83db82c", "Teams": "57ff2da0-773e-42df-b2af-ffb7a2317929",
		"MCOEV": "4828c8ec-dc2e-4779-b502-87ac9ce28ab7", "MCOMEETADD": "3e26ee1f-8a5f-4d52-aee2-b81ce45c8f40",
	}
})

// property is one property of a user, nil where it is unset or there is none of the name.
func (v onlineView) property(name string) any {
	switch strings.ToLower(name) {
	case "accountenabled":
		return true
	case "accounttype":
		return v.accountType()
	case "assignedplan":
		return v.assignedPlan()
	case "featuretypes":
		return v.featureTypes()
	case "hostingprovider":
		return unset(v.hostingProvider())
	case "identity":
		return v.objectID()
	case "interpretedusertype":
		return v.interpretedUserType()
	case "issipenabled":
		return v.sipAddress() != ""
	case "sipaddress", "sipproxyaddress":
		return unset(v.sipAddress())
	case "teamsupgradeeffectivemode":
		return v.upgradeMode()
	case "teamsupgradepolicy":
		return v.upgradePolicy()
	case "userdirsyncenabled":
		if v.user.CloudOnly {
			return nil
		}
		return true
	case "uservalidationerrors":
		return v.validationErrors()
	}
	return v.synchronised(strings.ToLower(name))
}

// synchronised are the properties that come from the account.
func (v onlineView) synchronised(name string) any {
	a, here := v.account, v.onPremSIP() != ""
	switch name {
	case "alias":
		return a.SamAccountName()
	case "displayname":
		return a.DisplayName
	case "userprincipalname":
		return a.UserPrincipalName()
	case "enterprisevoiceenabled":
		return a.derived("EnterpriseVoiceEnabled") == true
	case "lineuri":
		return unset(a.LineURI)
	case "onpremhostingprovider":
		return unset(v.onPremHostingProvider())
	case "onpremlineuri":
		if here {
			return unset(a.LineURI)
		}
	case "onpremoptionflags":
		return v.optionFlags()
	case "onpremsipenabled":
		return here && a.Enabled == True
	case "onprementerprisevoiceenabled":
		return here && a.derived("EnterpriseVoiceEnabled") == true
	case "onpremsipaddress":
		return unset(v.onPremSIP())
	}
	return nil
}

// unset is a text, or nil for none.
func unset(text string) any {
	if text == "" {
		return nil
	}
	return text
}

// objectID is made of the user principal name, so that it stays the same.
func (v onlineView) objectID() string {
	return uuid.NewSHA1(uuid.NameSpaceURL, []byte("user:"+v.key())).String()
}

func (v onlineView) onPremSIP() string {
	if v.unsynced || v.user.CloudOnly {
		return ""
	}
	return v.account.SIP
}

// sipAddress is the address on-premises, else for who may use the service the one in the tenant.
func (v onlineView) sipAddress() string {
	switch {
	case v.account.SIP != "" && !v.unsynced:
		return v.account.SIP
	case v.hasLicence() && v.user.SIP != "":
		return v.user.SIP
	case v.hasLicence():
		return "sip:" + v.account.UserPrincipalName()
	}
	return ""
}

// optionFlags are those of a user who is enabled on-premises: 256 enhanced presence, 128 Enterprise Voice, 1 public IM.
func (v onlineView) optionFlags() any {
	switch {
	case v.onPremSIP() == "":
		return nil
	case v.account.derived("EnterpriseVoiceEnabled") == true:
		return int64(385)
	}
	return int64(257)
}

func (v onlineView) isOnPremises() bool { return strings.EqualFold(v.hostingProvider(), onServers) }

func (v onlineView) accountType() string {
	switch {
	case v.isOnPremises():
		return "SfBOnPremUser"
	case !v.hasLicence():
		return "IneligibleUser"
	}
	return "User"
}

func (v onlineView) upgradeMode() string {
	if v.isOnPremises() {
		return "Islands"
	}
	return "TeamsOnly"
}

func (v onlineView) upgradePolicy() any {
	if v.isOnPremises() {
		return nil
	}
	return "UpgradeToTeams"
}

// interpretedUserType is composed of where the attributes say that the user is homed, what the user is, and how far the
// service has come. SharedSipAddressSpace plays no part in it.
func (v onlineView) interpretedUserType() string { return v.source() + v.kind() + v.state() }

func (v onlineView) source() string {
	switch provider := v.onPremHostingProvider(); {
	case v.user.CloudOnly:
		return "PureOnline"
	case provider == "":
		return "DirSyncEnabledOnline"
	case strings.EqualFold(provider, onServers):
		return "HybridOnprem"
	}
	return "HybridOnline"
}

func (v onlineView) kind() string {
	switch {
	case len(v.plans) == 0:
		return "UserNotLicensedForService"
	case v.account.Enabled == False:
		return "DisabledUser"
	case v.isOnPremises():
		return "SfBUser"
	}
	return "TeamsOnlyUser"
}

func (v onlineView) state() string {
	switch {
	case len(v.user.Errors) > 0:
		return "WithMCOValidationError"
	case v.waiting:
		return "NeedsProvisioning"
	case len(v.plans) > 0 && !v.hasLicence():
		return "WithDeletedLicenses"
	}
	return ""
}

func (v onlineView) assignedPlan() []any {
	plans, ids, subscribed := make([]any, len(v.plans)), servicePlans(), v.objectID()
	for n, p := range v.plans {
		plans[n] = Object{
			"Capability": p.Capability, "CapabilityStatus": p.Status, "AssignedTimestamp": "2026-01-01T00:00:00.0000000Z",
			"ServiceInstance": "MicrosoftCommunicationsOnline/LAB-1", "ServicePlanId": unset(ids[p.Capability]), "SubscribedPlanId": subscribed,
		}
	}
	return plans
}

// featureTypes are what the plans in use amount to.
func (v onlineView) featureTypes() []any {
	features := []any{}
	for _, f := range [][2]string{{"MCOMEETADD", "AudioConferencing"}, {"MCOEV", "PhoneSystem"}, {"Teams", "Teams"}} {
		if slices.ContainsFunc(v.plans, func(p Plan) bool { return p.Capability == f[0] && p.inUse() }) {
			features = append(features, f[1])
		}
	}
	return features
}

func (v onlineView) validationErrors() []any {
	found := make([]any, len(v.user.Errors))
	for n, f := range v.user.Errors {
		found[n] = Object{"ErrorCode": f.Code, "ErrorDescription": f.Text}
	}
	return found
}

// object is the user with all properties.
func (v onlineView) object() Object {
	o := make(Object, len(onlineProperties()))
	for _, name := range onlineProperties() {
		o[name] = v.property(name)
	}
	return o
}
