package render

import (
	"strings"

	"hybrid/planner"
)

// originWords says where a difference comes from.
func originWords(o planner.Origin) string {
	switch o {
	case planner.Hand:
		return "by hand"
	case planner.Configuration:
		return "by the configuration"
	case planner.Both:
		return "by hand and by the configuration"
	}
	return "by whom is not known"
}

// origin says where the planned difference of an object comes from, as a whole; "" where nobody asked, or none is planned.
func (d *Drift) origin(c *planner.Change) string {
	o := d.object(c)
	if o == nil || c.Action == planner.NoOp || c.Action == planner.Run {
		return ""
	}
	return originWords(o.Origin)
}

// originOf says where the planned difference of an attribute of an object comes from; "" where that is not known of it.
func (d *Drift) originOf(c *planner.Change, name string) string {
	if o := d.object(c); o != nil {
		for _, a := range o.Attrs {
			if a.Name == name && a.Planned {
				return originWords(a.Origin)
			}
		}
	}
	return ""
}

// origins counts where the differences of the users of a block come from: "3 by hand, 45 by the configuration".
func (d *Drift) origins(c *planner.Change) string {
	users := d.users(c)
	if users == nil {
		return ""
	}
	var parts []string
	for _, o := range []planner.Origin{planner.Hand, planner.Configuration, planner.Both, planner.NotKnown} {
		if n := users.Count(o); n > 0 {
			parts = append(parts, count(n)+" "+originWords(o))
		}
	}
	return strings.Join(parts, ", ")
}

// originOfUser says where the difference of the nth user of a block who changes comes from.
func (d *Drift) originOfUser(c *planner.Change, n int) string {
	users := d.users(c)
	if users == nil || n >= len(users.Origins) {
		return ""
	}
	return originWords(users.Origins[n])
}

// marked puts a few quiet words after what stands in a line of text, if there are any.
func (t *text) marked(words string) string {
	if words == "" {
		return ""
	}
	return "   " + t.in(dim, words)
}
