package skype

import (
	"strings"

	"github.com/zclconf/go-cty/cty"
)

// tenantUsers is the view of users as the tenant has them.
const tenantUsers = "online_user"

// The origins of a user. The tenant tells them by the beginning of InterpretedUserType, whose values are an open list: what
// Active Directory has told it is in the first part (values as administrators have collected them; Microsoft publishes no list).
type origin int

const (
	unclear    origin = iota
	cloudAlone        // no account on-premises is joined to the user
	bornOnline        // synchronised, and never enabled for the servers as far as the tenant knows
	enabled           // synchronised with the attributes of a user of the servers, homed online
	ofServers         // the same, homed on the servers
)

func originOf(cell func(column string) string) origin {
	kind := cell("InterpretedUserType")
	switch {
	case strings.HasPrefix(kind, "PureOnline"):
		return cloudAlone
	case strings.HasPrefix(kind, "HybridOnprem"):
		return ofServers
	case strings.HasPrefix(kind, "HybridOnline"):
		return enabled
	case strings.HasPrefix(kind, "DirSyncDisabled"), strings.HasPrefix(kind, "AADConnectDisabled"):
		return cloudAlone
	case strings.HasPrefix(kind, "DirSync"), strings.HasPrefix(kind, "AADConnect"):
		return bornOnline
	}
	return unclear
}

// alone is what is in the way of users whom the tenant has by itself.
const alone = "the tenant has them by itself, without a synchronised account of Active Directory: create the accounts there and let directory synchronisation join them, before anything is moved"

// homingOrigin classifies users who are moved between the two sides.
func homingOrigin(after map[string]cty.Value, from string, cell func(column string) string) (note, hindrance string) {
	if from == "" && cell != nil && originOf(cell) == cloudAlone {
		return "", alone
	}
	journey := JourneyOf(from, textOf(after["target"]))
	if from == "" || journey == Within {
		return "", ""
	}
	if cell == nil {
		return "the tenant does not list them: where they come from is not known, and it must know them before they are moved", ""
	}
	switch originOf(cell) {
	case cloudAlone:
		return "", alone
	case bornOnline:
		return "born online: for the tenant they have never been users of the servers, which directory synchronisation must tell it before they are moved", ""
	case ofServers:
		if journey == Home {
			return "homed on the servers as far as the tenant knows: directory synchronisation has to catch up", ""
		}
		return "were created on the servers, not online", ""
	case enabled:
		if journey == Home {
			return "known to the tenant as users of the servers who are homed online", ""
		}
		return "homed online as far as the tenant knows: directory synchronisation has to catch up", ""
	}
	return "", ""
}

// userOrigin classifies users who are enabled for the servers.
func userOrigin(after map[string]cty.Value, _ string, cell func(column string) string) (note, hindrance string) {
	online := textOf(after["hosting_provider_proxy_fqdn"]) != ""
	switch {
	case cell == nil && online:
		return "the tenant does not list them, and yet they are enabled as homed online", ""
	case cell == nil:
		return "new to both sides: created on the servers, not online", ""
	}
	switch originOf(cell) {
	case cloudAlone:
		return "the tenant has users of these addresses by itself: directory synchronisation has to join them with the accounts of Active Directory", ""
	case bornOnline:
		if online {
			return "born online: enabled for the servers as homed online, so that they can be moved", ""
		}
		if usable(cell) {
			return "born online and in use there: with registrar_pool they count as homed on the servers once that is synchronised, and are cut off from where they are. Write hosting_provider_proxy_fqdn, and move them with user_homing", ""
		}
	}
	return "", ""
}

// usable says whether the tenant serves a user by now: without a licence there is nothing to be cut off from.
func usable(cell func(column string) string) bool {
	kind := cell("InterpretedUserType")
	return cell("HostingProvider") != "" && !strings.Contains(kind, "NoService") && !strings.Contains(kind, "NotLicensed") && !strings.Contains(kind, "Disabled")
}
