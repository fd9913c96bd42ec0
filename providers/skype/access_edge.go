package skype

import (
	"fmt"
	"slices"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"hybrid/schema"
)

// The routing methods of the Access Edge, in the words of the configuration.
const (
	dnsSrv       = "dns_srv"
	defaultRoute = "default"
)

// verificationLevels are the values of VerificationLevelType (New-CsHostingProvider, Set-CsAccessEdgeConfiguration).
func verificationLevels() []string {
	return []string{"AlwaysVerifiable", "AlwaysUnverifiable", "UseSourceVerification"}
}

// accessEdge declares the federation settings of the Edge Servers. Parameter sets, defaults and what belongs to which
// routing are from the page of Set-CsAccessEdgeConfiguration (MicrosoftDocs/office-docs-powershell); which properties
// an object has, from the views of Microsoft.Rtc.Management.WritableConfig.Settings.Edge that Microsoft ships.
func accessEdge() *schema.Kind {
	return &schema.Kind{
		Name:      "access_edge",
		Concern:   "federation",
		System:    "skype",
		Singleton: true,
		Doc: "The federation settings of all Edge Servers: who may talk to whom across the Internet. They exist once in a " +
			"deployment and are only ever changed, never created or deleted.\n\n" +
			"Hybrid needs `allow_outside_users`, `allow_federated_users`, `routing = \"dns_srv\"` and `enable_partner_discovery`, all on. " +
			"Changes reach the Edge Servers when the Central Management Store has replicated.",
		Example: `access_edge {
  allow_outside_users      = true
  allow_federated_users    = true
  routing                  = "dns_srv"
  enable_partner_discovery = true
}`,
		After: afterTrust(),
		Leaving: []schema.First{
			{Kind: "user_homing", Why: "moves to the tenant go through the Edge Servers"},
			{Kind: "dns_record", Why: "partners come to the Edge Servers until DNS leads elsewhere"},
			{Kind: "tenant_federation", Why: "the tenant looks for users behind the Edge Servers while it shares its address space"},
			{Kind: "hosting_provider", Why: "providers are reached through the Edge Servers"},
		},
		Lost:   lostEdge,
		Remote: schema.Cmdlet{Noun: "CsAccessEdgeConfiguration", Create: "-", Delete: "-", Arrange: arrangeAccessEdge},
		Attrs:  append(append(edgeRouting(), edgeAccess()...), edgeLimits()...),
		Rules:  edgeRules(),
		Notes:  edgeNotes,
		FromLive: func(live map[string]cty.Value, props map[string]any) {
			live["routing"] = liveRouting(props)
			forgetOtherRouting(live)
		},
	}
}

func edgeRouting() []schema.Attr {
	return []schema.Attr{
		{
			Name: "routing", Type: cty.String, OneOf: []string{dnsSrv, defaultRoute}, Default: cty.StringVal(dnsSrv), Param: "UseDnsSrvRouting", Prop: "RoutingMethod",
			Doc: "How the way to a partner is found: `dns_srv` asks DNS for `_sipfederationtls._tcp`, `default` sends everything to one server. Hybrid needs `dns_srv`. " +
				"A default route can only be set once every hosting and public provider has been deleted.",
		},
		{
			Name: "enable_partner_discovery", Type: cty.Bool, Default: cty.False,
			Doc: "Whether partners that are on no allow list are found through DNS (open federation). Only with `routing = \"dns_srv\"`.",
		},
		{
			Name: "discovered_partner_verification_level", Type: cty.String, OneOf: verificationLevels(),
			Doc: "How far messages of discovered partners are trusted. Only with `routing = \"dns_srv\"`; Lync Server 2013 and later.",
		},
		{
			Name: "be_clearing_house", Type: cty.Bool, Default: cty.False,
			Doc: "Whether the Edge Servers are directly connected to other organisations. Only with `routing = \"dns_srv\"`; leave it alone unless Microsoft's support asks for it.",
		},
		{
			Name: "default_route_fqdn", Type: cty.String, Check: checkFQDN, Norm: normFQDN,
			Doc: "The server that all federation requests go to. Only with `routing = \"default\"`, which needs it.",
		},
		{
			Name: "verification_level", Type: cty.String, OneOf: verificationLevels(),
			Doc: "How far messages over the default route are trusted. Only with `routing = \"default\"`.",
		},
		{
			Name: "is_public_provider", Type: cty.Bool,
			Doc: "Whether the default route leads to a public instant messaging service, which needs a licence. Only with `routing = \"default\"`.",
		},
	}
}

func edgeAccess() []schema.Attr {
	return []schema.Attr{
		{
			Name: "allow_outside_users", Type: cty.Bool, Default: cty.True,
			Doc: "Whether users may sign in across the Internet.",
		},
		{
			Name: "allow_federated_users", Type: cty.Bool, Default: cty.False,
			Doc: "Whether users may talk to federated domains. It also decides whether the users of one SIP domain who are homed on the servers and in the tenant reach one another.",
		},
		{
			Name: "allow_anonymous_users", Type: cty.Bool, Default: cty.False,
			Doc: "Whether people without an account may join meetings.",
		},
		{
			Name: "enable_archiving_disclaimer", Type: cty.Bool, Default: cty.False,
			Doc: "Whether partners are told that conversations may be archived.",
		},
		{
			Name: "keep_crls_up_to_date_for_peers", Type: cty.Bool, Default: cty.True,
			Doc: "Whether the revocation lists of partners' certificates are fetched from time to time.",
		},
		{
			Name: "mark_source_verifiable_on_outgoing_messages", Type: cty.Bool, Default: cty.True,
			Doc: "Whether outgoing messages are marked as verifiable, so that partners can tell how far to trust each.",
		},
		{
			Name: "enable_user_replicator", Type: cty.Bool, Default: cty.False,
			Doc: "Whether users are replicated to the Edge Servers. Leave it off: where it is on, the Access Edge service has been seen to hang at start (events 30006 and 32136). Lync Server 2013 and later.",
		},
		{
			Name: "skype_search_url", Type: cty.String, Check: checkURL, Norm: normURL,
			Doc: "Where users of consumer Skype are searched. Skype for Business Server 2015 and later.",
		},
	}
}

func edgeLimits() []schema.Attr {
	return []schema.Attr{
		edgeLimit("outgoing_tls_count_for_federated_partners", 4, 1, 4,
			"How many TLS connections may be open to one partner. Leave it alone unless Microsoft's support asks for it."),
		{
			Name: "enable_discovered_partner_contacts_limit", Type: cty.Bool, Default: cty.True,
			Doc: "Whether a discovered partner is kept from trying out who exists here. Lync Server 2013 and later.",
		},
		edgeLimit("max_contacts_per_discovered_partner", 1000, 0, maxUInt32,
			"How many of your users a discovered partner may contact. Lync Server 2013 and later."),
		edgeLimit("discovered_partner_standard_rate", 20, 0, maxUInt32,
			"How many messages a second a discovered partner may send. Lync Server 2013 and later."),
		edgeLimit("discovered_partner_report_period_minutes", 60, 0, maxUInt32,
			"How often discovered partners are reported, in minutes. Lync Server 2013 and later."),
		edgeLimit("dns_srv_cache_record_count", 131072, 0, maxUInt32,
			"How many SRV records are kept in the cache. Skype for Business Server 2015 and later."),
		edgeLimit("max_accepted_certificates_stored", 1000, 0, maxUInt32,
			"How many accepted certificates are kept in the cache. Lync Server 2013 and later."),
		edgeLimit("max_rejected_certificates_stored", 500, 0, maxUInt32,
			"How many refused certificates are kept in the cache. Lync Server 2013 and later."),
		edgeLimit("certificates_deleted_percentage", 20, 0, maxUInt32,
			"What part of the cached certificates goes when the cache is full, in percent. Lync Server 2013 and later."),
	}
}

func edgeLimit(name string, usual, least, most int64, doc string) schema.Attr {
	return schema.Attr{Name: name, Type: cty.Number, Default: cty.NumberIntVal(usual), Check: checkCount(least, most), Doc: doc}
}

// ofRouting names the attributes that exist with one routing method only, the one that must travel with the switch
// first.
func ofRouting(method string) []string {
	if method == defaultRoute {
		return []string{"default_route_fqdn", "verification_level", "is_public_provider"}
	}
	return []string{"enable_partner_discovery", "discovered_partner_verification_level", "be_clearing_house"}
}

func otherRouting(method string) string {
	if method == defaultRoute {
		return dnsSrv
	}
	return defaultRoute
}

// edgeRules hold attributes to the routing method they exist with. The method must be declared beside them: to send one
// of them is to choose the method, and that must not happen unseen.
func edgeRules() []schema.Rule {
	var rules []schema.Rule
	for _, method := range []string{dnsSrv, defaultRoute} {
		for _, name := range ofRouting(method) {
			rules = append(rules, schema.Rule{
				Attrs: []string{name, "routing"},
				Doc:   fmt.Sprintf("`%s` needs `routing = %q`.", name, method),
				Check: func(v map[string]cty.Value) string { return routingProblem(v, name, method) },
			})
		}
	}
	return append(rules, schema.Rule{
		Attrs: []string{"routing", "default_route_fqdn"},
		Doc:   "`routing = \"default\"` needs `default_route_fqdn`.",
		Check: func(v map[string]cty.Value) string {
			if isText(v["routing"], defaultRoute) && v["default_route_fqdn"].IsNull() {
				return `routing = "default" needs default_route_fqdn, the server that federation requests go to.`
			}
			return ""
		},
	})
}

func routingProblem(v map[string]cty.Value, name, method string) string {
	switch {
	case v[name].IsNull() || isText(v["routing"], method):
		return ""
	case v["routing"].IsNull():
		return fmt.Sprintf("%s exists only with one way of routing: write routing = %q beside it.", name, method)
	}
	return fmt.Sprintf("%s exists only with routing = %q: take it out, or change the routing.", name, method)
}

// replicatorNote is from Microsoft's support article on the Access Edge service not starting.
const replicatorNote = "User Replicator on the Edge Servers keeps the Access Edge service from starting (events 30006 and 32136): where it has been on, restart the Edge's services once the change has been replicated"

func edgeNotes(_ string, before, after map[string]cty.Value) []string {
	if before != nil && after != nil && tells(after["enable_user_replicator"]) && isTrue(before["enable_user_replicator"]) != isTrue(after["enable_user_replicator"]) {
		return append([]string{replicatorNote}, routingNotes(before, after)...)
	}
	return routingNotes(before, after)
}

func routingNotes(before, after map[string]cty.Value) []string {
	if before == nil || after == nil || !isText(after["routing"], defaultRoute) || isText(before["routing"], defaultRoute) {
		return nil
	}
	return []string{"the servers refuse a default route while any hosting or public provider exists, and hybrid does not work with one"}
}

// liveRouting reads the routing method. Builds that do not tell it show it by the properties they have.
func liveRouting(props map[string]any) cty.Value {
	said, _ := schema.Property(props, "RoutingMethod")
	if method, ok := said.(string); ok && method != "" {
		if strings.EqualFold(method, "UseDefaultRouting") {
			return cty.StringVal(defaultRoute)
		}
		if strings.EqualFold(method, "UseDnsSrvRouting") {
			return cty.StringVal(dnsSrv)
		}
		return cty.UnknownVal(cty.String)
	}
	_, dns := schema.Property(props, "EnablePartnerDiscovery")
	_, route := schema.Property(props, "DefaultRouteFqdn")
	switch {
	case dns && !route:
		return cty.StringVal(dnsSrv)
	case route && !dns:
		return cty.StringVal(defaultRoute)
	}
	return cty.UnknownVal(cty.String)
}

// forgetOtherRouting makes null what does not exist with the live routing: its property is missing for a reason.
func forgetOtherRouting(live map[string]cty.Value) {
	if !live["routing"].IsKnown() {
		return
	}
	for _, name := range ofRouting(otherRouting(live["routing"].AsString())) {
		live[name] = cty.NullVal(live[name].Type())
	}
}

// arrangeAccessEdge chooses the parameter set. Attributes common to both ways of routing go with -Identity, which leaves
// the routing alone; as soon as one attribute belongs to a way of routing, the switch of that way goes instead of
// -Identity, and with it the parameter that its documentation demands.
func arrangeAccessEdge(_ string, args []schema.Arg, before, after map[string]cty.Value) []schema.Arg {
	method, changed := routingOf(args, before, after)
	if method == "" {
		return args
	}
	kept := []schema.Arg{{Name: routingSwitch(method), Value: cty.True}}
	for _, name := range ofRouting(method) {
		param := paramOf(name)
		at := slices.IndexFunc(args, func(a schema.Arg) bool { return a.Name == param })
		switch {
		case at >= 0:
			kept = append(kept, args[at])
		case tells(after[name]) && (changed || name == ofRouting(method)[0]):
			kept = append(kept, schema.Arg{Name: param, Value: after[name]})
		case changed && name == "enable_partner_discovery":
			kept = append(kept, schema.Arg{Name: param, Value: cty.False}) // demanded, and this is what it is by default
		}
	}
	for _, arg := range args {
		if arg.Name != "Identity" && arg.Name != "UseDnsSrvRouting" && !isRoutingParam(arg.Name) {
			kept = append(kept, arg)
		}
	}
	return kept
}

// routingOf gives the method whose parameter set a call needs, "" where it needs none, and whether the method changes.
func routingOf(args []schema.Arg, before, after map[string]cty.Value) (method string, changed bool) {
	for _, arg := range args {
		if arg.Name == "UseDnsSrvRouting" && tells(arg.Value) {
			return strings.ToLower(arg.Value.AsString()), true
		}
	}
	needed := slices.ContainsFunc(args, func(a schema.Arg) bool { return isRoutingParam(a.Name) })
	for _, side := range []map[string]cty.Value{after, before} {
		if needed && tells(side["routing"]) {
			return strings.ToLower(side["routing"].AsString()), false
		}
	}
	return "", false
}

func routingSwitch(method string) string {
	if method == defaultRoute {
		return "UseDefaultRouting"
	}
	return "UseDnsSrvRouting"
}

func isRoutingParam(param string) bool {
	for _, method := range []string{dnsSrv, defaultRoute} {
		if slices.ContainsFunc(ofRouting(method), func(name string) bool { return paramOf(name) == param }) {
			return true
		}
	}
	return false
}
