package check

import (
	"slices"
	"strings"
)

// A servicePlan is one that users need, with its ids in the clouds and its capability as the tenant names it.
type servicePlan struct {
	name       string
	capability []string
	ids        []string
}

// The service plans, from Microsoft's list of product names and service plan identifiers; those of the government clouds are
// from memory, and the capability decides there as well.
var (
	planSkype = servicePlan{
		"Skype for Business Online (Plan 2), MCOSTANDARD",
		[]string{"MCOProfessional", "MCOStandard"},
		[]string{"0feaeb32-d00e-4d66-bd5a-43b5b83db82c", "a31ef4a2-f787-435e-8335-e47eb0cafc94"},
	}
	planTeams = servicePlan{
		"Teams, TEAMS1",
		[]string{"Teams"},
		[]string{"57ff2da0-773e-42df-b2af-ffb7a2317929", "304767db-7d23-49e8-a945-4a7eb65f9f28"},
	}
	planVoice = servicePlan{
		"Phone System, MCOEV",
		[]string{"MCOEV"},
		[]string{"4828c8ec-dc2e-4779-b502-87ac9ce28ab7", "db23fce2-a974-42ef-9002-d78dd42a0f22"},
	}
)

// licenceChecks are those of service plans.
func licenceChecks() []UserCheck {
	return []UserCheck{judged(Check{
		ID: "U-LIC", Title: "The service plans that the user needs online are assigned and in use", Blocks: true, Reads: "Get-CsOnlineUser: AssignedPlan",
		Remedy: "Assign the licence in the Microsoft 365 admin centre and wait up to 30 minutes until it is provisioned.",
		Source: "KB 2757450: the user is not licensed; Microsoft's page on moving users (Plan 2 and Teams; Phone System for Enterprise Voice)",
	}, isLicensed)}
}

// isLicensed holds the plans that are assigned against those that are needed. A plan of a state other than Enabled and Warning
// gives its user nothing.
func isLicensed(u *User) Result {
	if !u.goesOnline() {
		return Absent("the user is homed on the servers, where no licence is needed, and nothing homes the user online")
	}
	if !u.Tenant.here() {
		return u.without(u.Tenant)
	}
	plans, known := u.Tenant.objects("AssignedPlan")
	if !known {
		return u.Tenant.untold("AssignedPlan")
	}
	seen := []Evidence{u.saw("AssignedPlan", plansText(plans), u.Tenant.Where)}
	for _, p := range []servicePlan{planSkype, planTeams} {
		if r, lacks := p.lacking(plans, seen); lacks {
			return r
		}
	}
	return u.licensedVoice(plans, seen)
}

// licensedVoice asks for the plan of Enterprise Voice users.
func (u *User) licensedVoice(plans []map[string]any, seen []Evidence) Result {
	voice, known := u.Servers.Text("EnterpriseVoiceEnabled")
	r, lacks := planVoice.lacking(plans, append(seen, u.seen(u.Servers, "EnterpriseVoiceEnabled")...))
	switch {
	case !lacks:
		return Passed(seen...)
	case !u.Servers.here():
		return Passed(seen...)
	case !known:
		return u.Servers.untold("EnterpriseVoiceEnabled")
	case voice != "True" || slices.ContainsFunc(u.Declared, func(d Declaration) bool { return d.bypass }):
		return Passed(seen...)
	}
	r.Text = "the user has Enterprise Voice and no plan of Phone System in use"
	r.Do = "Assign Phone System (MCOEV) and wait up to 30 minutes, or let the user lose voice: bypass_enterprise_voice_check = true."
	return r
}

// lacking says whether a plan is missing among those that are assigned, or is there and not in use.
func (p servicePlan) lacking(plans []map[string]any, seen []Evidence) (Result, bool) {
	assigned := false
	for _, plan := range plans {
		if !p.is(plan) {
			continue
		}
		assigned = true
		if status := member(plan, "CapabilityStatus"); status == "" || strings.EqualFold(status, "Enabled") || strings.EqualFold(status, "Warning") {
			return Result{}, false
		}
	}
	short, _, _ := strings.Cut(p.name, ",")
	if assigned {
		return Failed("the plan "+short+" is assigned and not in use", seen...), true
	}
	r := Failed("the plan "+short+" is not assigned", seen...)
	r.Do = "Assign a licence with " + p.name + " in the Microsoft 365 admin centre, and wait up to 30 minutes until it is provisioned."
	return r, true
}

// is tells a plan by its id, and by its capability where it has none or one that is not known.
func (p servicePlan) is(plan map[string]any) bool {
	if id := member(plan, "ServicePlanId"); slices.ContainsFunc(p.ids, func(own string) bool { return strings.EqualFold(own, id) }) {
		return true
	}
	for _, name := range p.capability {
		if strings.EqualFold(member(plan, "Capability"), name) || strings.EqualFold(member(plan, "value"), name) {
			return true
		}
	}
	return false
}

func plansText(plans []map[string]any) string {
	var texts []string
	for _, plan := range plans {
		text := member(plan, "Capability") + member(plan, "value")
		if status := member(plan, "CapabilityStatus"); status != "" {
			text += " (" + status + ")"
		}
		texts = append(texts, text)
	}
	return strings.Join(texts, ", ")
}
