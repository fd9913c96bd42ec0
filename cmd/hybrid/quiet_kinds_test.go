package main

import (
	"maps"
	"slices"
	"strings"

	"github.com/zclconf/go-cty/cty"
	"pgregory.net/rapid"

	"hybrid/schema"
)

// keys are attributes that are read otherwise than they are written: each draws a value and a form of the property.
var keys = map[string]func(t *rapid.T, other bool) (cty.Value, any){
	// The cmdlet takes switches, and shows the names of those (HybridHealthChecker tests UseDnsSrvRouting).
	"routing": func(t *rapid.T, other bool) (cty.Value, any) {
		if other {
			return cty.StringVal("default"), inAnyCase(t, "UseDefaultRouting")
		}
		return cty.StringVal("dns_srv"), inAnyCase(t, "UseDnsSrvRouting")
	},
	// Sources of keys come back in one text; see settle.
	"use_oauth_server": ofKeys, "certificate": ofKeys, "certificate_file": ofKeys,
}

func ofKeys(*rapid.T, bool) (cty.Value, any) { return cty.NullVal(cty.String), nil }

// settle makes a subject one that there can be.
func (s *subject) settle(t *rapid.T) {
	switch s.kind.Name {
	case "access_edge":
		s.settleRouting()
	case "partner_application":
		s.settleKeys(t)
	case "online_sip_domain": // a text in the place of a Boolean
		s.props["Status"] = statusForms(t, s.want["enabled"].True())
	}
}

// altered completes a value that was changed at the far end; false where that is no difference of this attribute alone.
func (s *subject) altered(a *schema.Attr, now cty.Value) bool {
	switch s.kind.Name + "." + a.Name {
	case "online_sip_domain.enabled":
		s.props["Status"] = map[bool]string{true: "Enabled", false: "Disabled"}[now.True()]
	case "partner_application.metadata_url":
		delete(s.props, a.ReadName())
		s.set1("AuthToken", "Value="+now.AsString())
		return now.AsString() != ""
	}
	return true
}

// set1 gives a property a value, whatever the case of its name.
func (s *subject) set1(name string, value any) {
	maps.DeleteFunc(s.props, func(other string, _ any) bool { return strings.EqualFold(other, name) })
	s.props[name] = value
}

func statusForms(t *rapid.T, enabled bool) any {
	return inAnyCase(t, map[bool]string{true: "Enabled", false: "Disabled"}[enabled])
}

// forget takes out of a subject what there is not beside the rest.
func (s *subject) forget(names ...string) {
	for _, name := range names {
		delete(s.want, name)
		delete(s.props, s.kind.Attr(name).ReadName())
	}
	s.touched = slices.DeleteFunc(s.touched, func(a *schema.Attr) bool { return slices.Contains(names, a.Name) })
}

// settleRouting leaves what exists with the way of routing: an object has the properties of one only.
func (s *subject) settleRouting() {
	method, _ := s.props["RoutingMethod"].(string)
	if strings.EqualFold(method, "UseDefaultRouting") {
		s.forget("enable_partner_discovery", "discovered_partner_verification_level", "be_clearing_house")
	} else {
		s.forget("default_route_fqdn", "verification_level", "is_public_provider")
	}
	// To change the way of routing is another matter than to read it in another form.
	s.touched = slices.DeleteFunc(s.touched, func(a *schema.Attr) bool { return a.Name == "routing" })
}

// settleKeys leaves one source of keys, whose texts OnPremDiag's fixtures have: the name of a type, a URL, or Value=URL.
func (s *subject) settleKeys(t *rapid.T) {
	url := urls.samples[0]
	source := rapid.SampledFrom([]string{"use_oauth_server", "metadata_url"}).Draw(t, "source")
	s.forget("use_oauth_server", "metadata_url", "certificate", "certificate_file")
	if source == "use_oauth_server" {
		s.want[source] = cty.True
		s.props["AuthToken"] = rapid.SampledFrom([]string{"Microsoft.Rtc.Management.WritableConfig.Settings.SSAuth.UseOAuthServer", "UseOAuthServer"}).Draw(t, "token")
		return
	}
	s.want[source] = cty.StringVal(urlForms(t, url).(string))
	s.props["AuthToken"] = rapid.SampledFrom([]string{"", "Value="}).Draw(t, "token") + urlForms(t, url).(string)
	s.touched = append(s.touched, s.kind.Attr(source))
}
