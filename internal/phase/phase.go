// Package phase holds what it means that a SIP domain is on-premises, in hybrid, in Teams alone, or past hybrid: what must
// then be declared, in which order hybrid is taken back, which steps from phase to phase are open, and what stands in
// their way. It is pure: objects of a configuration and what was read go in, diagnostics come out.
//
// Sources: MicrosoftDocs/OfficeDocs-SkypeForBusiness, Skype/SfbHybrid/hybrid: decommission-manage-dns-entries.md,
// cloud-consolidation-disabling-hybrid.md, plan-hybrid-connectivity.md, configure-hybrid-connectivity.md; and for the
// records of Teams, MicrosoftDocs/microsoft-365-docs, enterprise/external-domain-name-system-records.md.
package phase

// A Phase is where a SIP domain is on its way to the cloud.
type Phase string

// The phases, in order. The spelling is that of a configuration.
const (
	OnPrem         Phase = "onprem"         // users on the servers, hybrid off
	Hybrid         Phase = "hybrid"         // users on both sides of one address space; DNS leads to the servers
	TeamsOnly      Phase = "teams_only"     // every user online, DNS leads to the cloud, hybrid still on
	Decommissioned Phase = "decommissioned" // every user online, hybrid off
)

// All gives the phases in order.
func All() []Phase { return []Phase{OnPrem, Hybrid, TeamsOnly, Decommissioned} }

// shared says whether the tenant and the servers share the SIP address space in a phase.
func (p Phase) shared() bool { return p == Hybrid || p == TeamsOnly }

// cloudy says whether everybody is online in a phase, and DNS leads to the cloud.
func (p Phase) cloudy() bool { return p == TeamsOnly || p == Decommissioned }
