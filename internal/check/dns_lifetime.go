package check

import (
	"context"
	"fmt"
	"strings"

	"hybrid/internal/phase"
	"hybrid/planner"
	"hybrid/schema"
)

// shortTTL is how long an answer may be remembered when a record is about to change, in seconds.
const shortTTL = 300

// lifetimes is D-TTL. Only records that differ from what is declared are judged: the others stay.
func lifetimes(ctx context.Context, e *Estate) Result {
	return eachDomain(ctx, e, func(ctx context.Context, t *trial, d phase.Domain) {
		for i := range e.Config.Objects {
			o := &e.Config.Objects[i]
			if o.Kind.Name == "dns_record" && sought(o, d.Name) {
				t.lifetime(ctx, d, o)
			}
		}
	})
}

// sought says whether a record is one by which clients and partners find a domain.
func sought(o *planner.Object, domain string) bool {
	for _, l := range labels {
		if plainName(o.Identity) == l.label+"."+domain {
			return true
		}
	}
	return false
}

func (t *trial) lifetime(ctx context.Context, d phase.Domain, o *planner.Object) {
	rtype := strings.ToUpper(schema.Text(o.Want.GetAttr("type")))
	want := texts(o.Want.GetAttr("values"))
	if rtype == "" || want == nil && !o.Absent {
		t.unknown("what %s is to be is not known before apply", o.Address)
		return
	}
	for _, s := range t.judged(t.hear(ctx, d.Name, t.e.viewOf(o.Provider), plainName(o.Identity), rtype)) {
		own := s.own()
		if len(own) == 0 || !o.Absent && same(want, own) || own[0].TTL <= shortTTL {
			continue
		}
		if !s.Authority {
			t.unknown("only resolvers answer for %s, and what they say of its TTL is what is left of it", s.name)
			continue
		}
		t.fault("hybrid apply --lower-ttl, and wait as long as the old TTL before the change.",
			"%s is going to change and has a TTL of %s: for so long the old answer is used after it", s.name, seconds(own[0].TTL))
	}
}

func seconds(n int) string { return fmt.Sprintf("%d s", n) }
