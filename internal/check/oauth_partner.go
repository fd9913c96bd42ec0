package check

import (
	"context"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"hybrid/planner"
	"hybrid/schema"
)

// partners is O-PART.
func partners(ctx context.Context, e *Estate) Result {
	all, err := e.objects(ctx, "skype", "partner_application")
	if err != nil {
		return Unread(err)
	}
	servers, err := e.objects(ctx, "skype", "oauth_server")
	if err != nil {
		return Unread(err)
	}
	t := &trial{e: e}
	for _, o := range e.declared("partner_application") {
		if !among(all, o.Identity) {
			t.lists("partner applications", all)
			t.blame(o)
			t.fault("Apply "+o.Address.String()+" ("+schema.Place(o.Range)+").", "the servers have no partner application %s, which the configuration declares", o.Identity)
		}
	}
	for _, p := range all {
		t.partner(p, len(servers) > 0)
	}
	if len(all) == 0 && len(t.faults) == 0 {
		return Absent("the servers have no partner application, and the configuration declares none")
	}
	return t.result()
}

// partner looks at one: against its declaration, and, of Exchange, against what Exchange needs.
func (t *trial) partner(p live, tokens bool) {
	source := p.value.GetAttr("use_oauth_server")
	t.seen = append(t.seen, t.e.Saw("partner application "+p.identity,
		"ApplicationIdentifier "+p.text("application_identifier")+", ApplicationTrustLevel "+p.text("application_trust_level")+
			", Enabled "+p.text("enabled")+", UseOAuthServer "+p.text("use_oauth_server"), "the servers"))
	if o := t.e.declaredAs("partner_application", p.identity); o != nil {
		t.asDeclared(p, o)
	}
	switch exchange := strings.EqualFold(p.text("application_identifier"), exchangeOnline); {
	case !source.IsKnown():
		t.unknown("where the keys of %s come from is not shown", p.identity)
	case p.is("use_oauth_server") && !tokens:
		t.fault("Declare oauth_server \"microsoft.sts\" with the tenant's metadata_url, and apply.", "%s has its keys from the trusted token servers, and the servers trust none", p.identity)
	case exchange && !p.is("enabled"):
		t.fault("Set-CsPartnerApplication -Identity "+p.identity+" -Enabled $true, or declare enabled = true and apply.", "%s, which is Exchange, is disabled", p.identity)
	case exchange && p.text("application_trust_level") != "Full":
		t.fault("Set-CsPartnerApplication -Identity "+p.identity+" -ApplicationTrustLevel Full, or declare application_trust_level = \"Full\" and apply.", "%s, which is Exchange, has the trust level %s, and needs Full", p.identity, p.text("application_trust_level"))
	}
}

// asDeclared holds what the configuration says of a partner application against what there is.
func (t *trial) asDeclared(p live, o *planner.Object) {
	for _, name := range []string{"application_identifier", "application_trust_level", "enabled", "use_oauth_server"} {
		want, have := o.Want.GetAttr(name), p.value.GetAttr(name)
		if want.IsNull() || !want.IsKnown() || !have.IsKnown() || strings.EqualFold(written(want), written(have)) || unsaid(want, have) {
			continue
		}
		t.blame(o)
		t.fault("Apply "+o.Address.String()+" ("+schema.Place(o.Range)+"), which declares something else than there is.",
			"%s of %s is %s on the servers, and %s in the configuration", name, p.identity, written(have), written(want))
	}
}

// unsaid says whether false stands for what is not set.
func unsaid(want, have cty.Value) bool {
	return want.Type() == cty.Bool && want.False() && have.IsNull()
}
