package phase

// transition says why the step from one phase to another is not open, as a clause, and what to do instead; "" where it is
// open. Every phase may be stated again.
func transition(from, to Phase) string { return closed[step{from, to}] }

type step struct{ from, to Phase }

// closed are the steps that skip one. Each phase leans on what the one between sets up or takes down: users can be moved
// only while the address space is shared, and the address space may be given up only when nobody needs it.
var closed = map[step]string{
	{OnPrem, TeamsOnly}:      "users are moved online in hybrid alone, while the tenant shares its address space with the servers: go by way of hybrid",
	{OnPrem, Decommissioned}: "there is no hybrid that could be taken back: go by way of hybrid and teams_only",
	{Hybrid, Decommissioned}: "users on the servers would be cut off when hybrid is switched off: go by way of teams_only, where nobody is left on them",
	{TeamsOnly, OnPrem}:      "DNS leads to the cloud and every user is there: go by way of hybrid, where DNS leads to the servers again and users can be moved home",
	{Decommissioned, OnPrem}: "users online cannot be moved home while hybrid is off: go by way of teams_only and hybrid",
	{Decommissioned, Hybrid}: "DNS would lead to servers that do not know the tenant: go by way of teams_only, which switches hybrid on again while DNS still leads to the cloud",
}
