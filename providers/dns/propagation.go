package dns

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/zclconf/go-cty/cty"

	"hybrid/schema"
)

// defaultPatience is how long a change is waited for until everybody answers with it.
const defaultPatience = 15 * time.Minute

// propagationBlock says who else must answer with a record set before what comes after it is begun. It steers hybrid only.
func propagationBlock() schema.Block {
	return schema.Block{
		Name: "propagation",
		Doc: "Who must answer with the records before what comes after them is begun. They are asked by every plan, and after a " +
			"change again and again until all agree or `timeout` has passed; whoever cannot be asked does not agree. Nobody is asked " +
			"while the records are not as declared yet: a resolver that is asked too early remembers the old ones. Of records that " +
			"are to be absent nothing is asked.",
		Attrs: []schema.Attr{
			{
				Name: "resolvers", Type: cty.Set(cty.String), Settings: true, Check: checkResolvers,
				Doc: "Resolvers that your clients, Edge servers or partners use, as host or host:port: `192.0.2.53`, `1.1.1.1:53`.",
			},
			{
				Name: "authoritative", Type: cty.Bool, Settings: true, Default: cty.True,
				Doc: "Whether every name server of the zone is asked, too. They are asked unsigned, as clients do; write false where they " +
					"show this machine another view than the clients, or cannot be reached from it.",
			},
			{
				Name: "timeout", Type: cty.String, Settings: true, Check: checkTimeout, Default: cty.StringVal("15m"),
				Doc: "How long to wait after a change, such as `15m`: at least the old TTL. Then the change counts as not in force, and what depends on it is not begun.",
			},
		},
	}
}

func checkResolvers(v cty.Value) error {
	for _, value := range v.AsValueSlice() {
		if value.IsNull() {
			return errors.New("one of the resolvers is null")
		}
		if _, err := serverAddress(value.AsString()); err != nil {
			return fmt.Errorf("%q is no address of a resolver; write host or host:port, such as 192.0.2.53 or 192.0.2.53:53", value.AsString())
		}
	}
	return nil
}

// A propagation is what such a block says.
type propagation struct {
	resolvers     []string // as they are written
	unknown       bool     // which they are is not known
	authoritative bool
	patience      time.Duration
}

// propagationOf reads the block of an object, false where there is none.
func propagationOf(object map[string]cty.Value) (propagation, bool) {
	block, ok := object["propagation"]
	if block, _ = block.UnmarkDeep(); !ok || block.IsNull() || !block.IsKnown() {
		return propagation{}, false
	}
	p := propagation{authoritative: true, patience: defaultPatience}
	if v := block.GetAttr("authoritative"); v.IsKnown() && !v.IsNull() {
		p.authoritative = v.True()
	}
	if d, err := time.ParseDuration(text(block.GetAttr("timeout"))); err == nil {
		p.patience = d
	}
	switch v := block.GetAttr("resolvers"); {
	case !v.IsWhollyKnown():
		p.unknown = true
	case !v.IsNull():
		for _, resolver := range v.AsValueSlice() {
			p.resolvers = append(p.resolvers, resolver.AsString())
		}
	}
	slices.Sort(p.resolvers)
	return p, true
}

// patience is how long a change of a record set is waited for.
func patience(object map[string]cty.Value) time.Duration {
	p, _ := propagationOf(object)
	return p.patience
}

// A Wait is what is done about records that stand in the zone and that not everybody answers with yet: nothing is sent.
type Wait struct {
	For string // who still answers what
}

func (w Wait) String() string { return "wait: " + w.For }

func ruleSomebodyIsAsked(v map[string]cty.Value) string {
	if p, ok := propagationOf(v); ok && !p.authoritative && len(p.resolvers) == 0 {
		return "The block propagation asks nobody: it names no resolvers, and authoritative is false. Name resolvers, or take the block out."
	}
	return ""
}
