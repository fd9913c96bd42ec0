package check

import (
	"maps"
	"slices"

	"hybrid/internal/clouds"
	"hybrid/internal/config"
	"hybrid/internal/roster"
	"hybrid/planner"
	"hybrid/schema"
)

// Changes are what a plan does, as far as checks ask: which of them concern it, and what it mends itself.
type Changes struct {
	kinds map[string]*schema.Kind    // of which objects change
	users map[string]map[string]bool // by kind: SIP addresses of users who change
	homes map[string]string          // by SIP address: where users are moved to
	moved []string                   // to the cloud: their SIP addresses, in the order of the plan
	home  bool                       // users are moved from the cloud to pools
}

// ChangesOf reads a plan of a configuration. What is only waited for, and what is not known, is no change; nor are moves between pools.
// Of moves from the cloud to pools it is only noted that there are some: the way back must be open when things are wrong, so that
// nothing stands before it but the checks without which Move-CsUser would fail there as well ([Check.Home]).
func ChangesOf(p *planner.Plan, of *config.Config) Changes {
	all := Changes{kinds: map[string]*schema.Kind{}, users: map[string]map[string]bool{}, homes: map[string]string{}}
	for i := range p.Changes {
		c := &p.Changes[i]
		switch {
		case c.Action == planner.NoOp || c.Action == planner.Unknown || c.Waits():
		case c.Users == nil:
			all.kinds[c.Kind.Name] = c.Kind
		case c.Users.Len() > 0:
			all.addUsers(c, of)
		}
	}
	return all
}

func (a *Changes) addUsers(c *planner.Change, of *config.Config) {
	target := targetOf(c)
	online := homedOnline(of, target)
	if c.Action == planner.Move && !online {
		a.home = a.home || comesFromCloud(c, of)
		return
	}
	a.kinds[c.Kind.Name] = c.Kind
	some := a.users[c.Kind.Name]
	if some == nil {
		some = map[string]bool{}
		a.users[c.Kind.Name] = some
	}
	for n := range c.Users.Len() {
		sip := roster.Canonical(c.Users.SIP(n))
		some[sip] = true
		if c.Action == planner.Move {
			a.homes[sip] = target
			a.moved = append(a.moved, sip)
		}
	}
}

// comesFromCloud says whether a change moves anybody from a hosting provider.
func comesFromCloud(c *planner.Change, of *config.Config) bool {
	seen := map[string]bool{} // there are few homes, and many users
	for n := range c.Users.Len() {
		from := c.Origin(n)
		if !seen[from] && homedOnline(of, from) {
			return true
		}
		seen[from] = true
	}
	return false
}

// targetOf is where a change moves its users to, "" where it moves nobody.
func targetOf(c *planner.Change) string {
	if c.Action != planner.Move {
		return ""
	}
	v, _ := c.After.GetAttr(c.Kind.Rows.Attr).Unmark()
	return schema.Text(v)
}

// homedOnline says whether a target of moves is a hosting provider, and no pool: by what is known of the clouds, and by what the
// configuration declares.
func homedOnline(c *config.Config, target string) bool {
	host := hostName(target)
	if slices.ContainsFunc(c.Clouds.All(), func(one clouds.Cloud) bool { return host != "" && hostName(one.Text("proxy_fqdn")) == host }) {
		return true
	}
	return slices.ContainsFunc(c.Objects, func(o planner.Object) bool {
		return host != "" && o.Kind.Name == "hosting_provider" && hostName(textOf(&o, "proxy_fqdn")) == host
	})
}

// Moved are the SIP addresses of users who are moved to the cloud, in the order of the plan.
func (a *Changes) Moved() []string { return a.moved }

// Home says where the plan homes those users, for [Surroundings].
func (a *Changes) Home() map[string]string { return a.homes }

// Concerning are the blocking checks that the changes concern: those that are run before, and those that look at what the changes
// are of, which are run after them.
func (a *Changes) Concerning(checks []Check) (before, after []Check) {
	for _, c := range checks {
		switch {
		case !c.Blocks || !a.concern(c):
		case slices.ContainsFunc(c.Mends, a.of):
			after = append(after, c)
		default:
			before = append(before, c)
		}
	}
	return before, after
}

func (a *Changes) concern(c Check) bool {
	return a.home && c.Home || slices.ContainsFunc(slices.Collect(maps.Values(a.kinds)), c.Concerns)
}

func (a *Changes) of(kind string) bool { return a.kinds[kind] != nil }

// mend says whether the plan may mend what a check has found of a user: by an object, or by a change of that user.
func (a *Changes) mend(c Check, sip string) bool {
	return slices.ContainsFunc(c.Mends, func(kind string) bool {
		users, ofUsers := a.users[kind]
		return a.of(kind) && (!ofUsers || users[sip])
	})
}

// Left is what of a judgement blocks although the plan mends what it can: without the checks that only warn, and those that
// pass or do not concern the user.
func (a *Changes) Left(j Judgement) Judgement {
	left := Judgement{User: j.User}
	for _, f := range j.Findings {
		if f.Blocks && (f.Verdict == Fail || f.Verdict == Unknown) && !a.mend(f.Check, j.SIP) {
			left.Findings = append(left.Findings, f)
		}
	}
	return left
}

// BlockingUserChecks are the checks of users for which nobody is moved.
func BlockingUserChecks() []UserCheck {
	return slices.DeleteFunc(UserChecks(), func(c UserCheck) bool { return !c.Blocks })
}

// IDs are the ids of all checks, of the estate and of users.
func IDs() []string {
	ids := map[string]bool{}
	for _, c := range All() {
		ids[c.ID] = true
	}
	for _, c := range UserChecks() {
		ids[c.ID] = true
	}
	return slices.Sorted(maps.Keys(ids))
}
