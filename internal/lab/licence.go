package lab

import (
	"fmt"
	"slices"
	"strings"
)

// ParsePlans reads service plans by capability, each with its state behind a colon where it is not Enabled:
// "Teams,MCOEV:Deleted". "usual" gives nil, the plans of a user of whom nothing else is said; "" gives none.
func ParsePlans(text string) (*[]Plan, error) {
	if text == "usual" {
		return nil, nil
	}
	plans := []Plan{}
	for item := range strings.SplitSeq(text, ",") {
		capability, status, _ := strings.Cut(strings.TrimSpace(item), ":")
		if capability == "" {
			continue
		}
		if status == "" {
			status = planEnabled
		}
		if !slices.Contains([]string{planEnabled, "Warning", "Suspended", "LockedOut", "Deleted"}, status) {
			return nil, fmt.Errorf("%q is no state of a plan; there are Enabled, Warning, Suspended, LockedOut and Deleted", status)
		}
		plans = append(plans, Plan{capability, status})
	}
	return &plans, nil
}

// License gives a user of the tenant other plans. Where that is the first licence, the service begins to provision it.
func (e *Estate) License(identity string, plans *[]Plan) error {
	return e.changeOnline(identity, func(before onlineView, u *OnlineUser) {
		u.Plans = plans
		if !before.hasLicence() && e.Tenant.ProvisioningDelay > 0 {
			u.LicensedAt = e.now().UTC()
		}
	})
}

// FindErrors gives a user of the tenant validation errors; none takes them away.
func (e *Estate) FindErrors(identity string, found []Finding) error {
	return e.changeOnline(identity, func(_ onlineView, u *OnlineUser) { u.Errors = found })
}

func (e *Estate) changeOnline(identity string, change func(before onlineView, u *OnlineUser)) error {
	before, ok := e.onlineUser(identity)
	if !ok {
		return fmt.Errorf("the tenant has no user %q", identity)
	}
	u := before.user
	change(before, &u)
	e.SetOnline(before.key(), u)
	return nil
}

// AddCloudUser makes a user who is in the tenant only.
func (e *Estate) AddCloudUser(sip string) error {
	upn := bare(sip)
	if _, taken := e.onlineUser(upn); taken {
		return fmt.Errorf("the tenant has a user %q already", upn)
	}
	name, _, _ := strings.Cut(upn, "@")
	account := &Account{SIP: "sip:" + upn, DisplayName: displayName(name), Enabled: True}
	e.SetOnline(upn, OnlineUser{CloudOnly: true, Synced: account})
	return nil
}
