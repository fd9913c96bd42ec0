package check

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"regexp"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/handshake"
	"hybrid/planner"
	"hybrid/schema"
)

// overrideAttr is what names the hosted migration service.
const overrideAttr = "hosted_migration_override_url"

// migrationAddress is C-URL.
func migrationAddress(ctx context.Context, e *Estate) Result {
	t := &trial{e: e}
	var ends []end
	given := 0
	for i := range e.Config.Objects {
		o := &e.Config.Objects[i]
		address := overrideOf(o)
		if overrideLater(o) {
			given++
			t.unknown("%s of %s is known only after apply", overrideAttr, o.Address)
		}
		if address == "" {
			continue
		}
		given++
		t.seen = append(t.seen, e.Saw(overrideAttr, address, schema.Place(o.Range)))
		if t.formed(o, address) {
			ends = append(ends, migrationEnd(address))
		}
	}
	if given == 0 {
		return Absent("no user_homing gives a " + overrideAttr)
	}
	e.lookAll(ctx, ends, func(n end, shown handshake.Shown, err error) {
		t.seen = append(t.seen, e.Saw(n.String(), connected(shown, err), n.address))
		t.connection(n, shown, err)
		if err == nil && shown.Broke == nil {
			t.certificate(n, shown.Chain)
		}
	})
	return t.result()
}

// overrideOf is the address that a block gives, "" for none.
func overrideOf(o *planner.Object) string {
	if o.Kind.Name != "user_homing" {
		return ""
	}
	v, _ := wanted(o, overrideAttr)
	return schema.Text(v)
}

// overrideLater says whether a block gives an address that only apply will know.
func overrideLater(o *planner.Object) bool {
	if o.Kind.Name != "user_homing" {
		return false
	}
	v, _ := wanted(o, overrideAttr)
	return v != cty.NilVal && !v.IsKnown()
}

// formed judges an address by the form that it has in the configuration's cloud, and says whether it is worth dialling.
func (t *trial) formed(o *planner.Object, address string) bool {
	template := t.e.Config.Cloud.MigrationTemplate()
	if template == "" {
		t.unknown("no source says which address the hosted migration service has in the cloud %s: leave %s out of %s, unless Microsoft has told it you", t.e.Config.Cloud.Name, overrideAttr, o.Address)
		return true
	}
	if !formOf(template).MatchString(address) {
		t.blame(o)
		t.fault(fmt.Sprintf("Leave %s out of %s (%s), or write %q with the letters of the tenant's forest for {forest}; data \"forest\" finds them.", overrideAttr, o.Address, schema.Place(o.Range), template),
			"%s of %s is no hosted migration service of the cloud %s", overrideAttr, o.Address, t.e.Config.Cloud.Name)
		return false
	}
	return true
}

// formOf is the form of addresses that a cloud's template stands for.
func formOf(template string) *regexp.Regexp {
	return regexp.MustCompile("(?i)^" + strings.ReplaceAll(regexp.QuoteMeta(template), `\{forest\}`, "[0-9a-z]{2,3}") + "$")
}

// migrationEnd is the service as somebody dials it.
func migrationEnd(address string) end {
	host := address
	if u, err := url.Parse(address); err == nil {
		host = strings.ToLower(u.Hostname())
	}
	return end{what: "the hosted migration service", host: host, port: "443", names: []string{host}, address: net.JoinHostPort(host, "443")}
}
