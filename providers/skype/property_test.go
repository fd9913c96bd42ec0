package skype

import (
	"slices"
	"strings"
	"testing"

	"github.com/zclconf/go-cty/cty"
	"pgregory.net/rapid"

	"hybrid/planner"
	"hybrid/providers/shell"
	"hybrid/schema"
)

// drawn is any value that an attribute may have: of a declaration, or of a live object, where it may be unknown.
func drawn(t *rapid.T, a *schema.Attr, live bool, label string) cty.Value {
	var choices []cty.Value
	if live || a.Mode != schema.Required {
		choices = append(choices, cty.NullVal(a.Type))
	}
	if live {
		choices = append(choices, cty.UnknownVal(a.Type))
	}
	if !live && a.Mode == schema.Computed {
		return cty.NullVal(a.Type)
	}
	switch {
	case len(a.OneOf) > 0:
		for _, text := range a.OneOf {
			choices = append(choices, cty.StringVal(text))
		}
	case a.Type == cty.Bool:
		choices = append(choices, cty.True, cty.False)
	case a.Type.IsSetType():
		choices = append(choices, cty.SetValEmpty(cty.String), cty.SetVal([]cty.Value{cty.StringVal("a.contoso.com"), cty.StringVal("b.contoso.com")}))
	case a.Type == cty.Number:
		choices = append(choices, cty.NumberIntVal(1), cty.NumberIntVal(4))
	default:
		choices = append(choices, cty.StringVal("https://a.contoso.com/1"), cty.StringVal("https://b.contoso.com/2"))
	}
	return rapid.SampledFrom(choices).Draw(t, label+" "+a.Name)
}

// drawnObject draws values of a kind that keep its rules; what rules refuse is set to null until they do.
func drawnObject(t *rapid.T, k *schema.Kind, live bool, label string) cty.Value {
	values := map[string]cty.Value{"identity": cty.StringVal("x")}
	for i := range k.Attrs {
		values[k.Attrs[i].Name] = drawn(t, &k.Attrs[i], live, label)
	}
	if k.Singleton {
		delete(values, "identity")
	}
	switch k.Name {
	case "access_edge":
		settleRouting(values, live)
	case "partner_application":
		settleSource(t, values, live, label)
	}
	return cty.ObjectVal(values)
}

// settleRouting keeps only what exists with the routing method.
func settleRouting(values map[string]cty.Value, live bool) {
	if live && !tells(values["routing"]) {
		values["routing"] = cty.StringVal(dnsSrv)
	}
	for _, method := range []string{dnsSrv, defaultRoute} {
		if isText(values["routing"], method) {
			continue
		}
		for _, name := range ofRouting(method) {
			values[name] = cty.NullVal(values[name].Type())
		}
	}
	if isText(values["routing"], defaultRoute) && !tells(values["default_route_fqdn"]) {
		values["default_route_fqdn"] = cty.StringVal("edge.contoso.com")
	}
}

// settleSource leaves one source of keys, as a declaration has it or as an AuthToken text tells it.
func settleSource(t *rapid.T, values map[string]cty.Value, live bool, label string) {
	source := rapid.SampledFrom(keySources()).Draw(t, label+" source")
	for _, name := range keySources() {
		values[name] = cty.NullVal(values[name].Type())
	}
	switch {
	case live && strings.HasPrefix(source, "certificate"):
		values["certificate"], values["certificate_file"] = cty.UnknownVal(cty.String), cty.UnknownVal(cty.String)
	case source == "use_oauth_server":
		values[source] = cty.True
	default:
		values[source] = cty.StringVal("https://keys.contoso.com/" + rapid.SampledFrom([]string{"1", "2"}).Draw(t, label+" keys"))
	}
	values["application_trust_level"] = cty.StringVal("Full")
	if !live && source == "metadata_url" {
		values["application_identifier"], values["realm"] = cty.NullVal(cty.String), cty.NullVal(cty.String)
	} else if !live {
		values["application_identifier"], values["realm"] = cty.StringVal("app"), cty.StringVal("contoso.com")
	}
}

func TestNoCallEverHoldsWhatMustNotGoTogether(t *testing.T) {
	t.Parallel()
	translator := newTranslator()
	for _, name := range []string{
		"access_edge", "hosting_provider", "oauth_server", "partner_application", "oauth_configuration", "public_provider",
		"allowed_domain", "blocked_domain", "external_access_policy", "hosted_voicemail_policy",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := kindNamed(t, name)
			seen := map[planner.Action]int{}
			rapid.Check(t, func(t *rapid.T) {
				live, want := drawnObject(t, k, true, "live"), drawnObject(t, k, false, "want")
				if rapid.Bool().Draw(t, "made alike") {
					want = madeAlike(k, live, want)
				}
				c := planner.Diff(k, live, want)
				c.Kind, c.Identity, c.Address = k, "x", planner.Address{Kind: k.Name}
				calls, err := translator.Calls(c)
				if err != nil {
					t.Fatalf("%s: %v", c.Action, err)
				}
				for _, call := range calls {
					sound(t, call)
				}
				back, err := translator.Calls(c.Reverse())
				for _, call := range back {
					sound(t, call)
				}
				if err == nil && len(back) != len(calls) {
					t.Fatalf("%d calls there, %d back", len(calls), len(back))
				}
				seen[c.Action]++
			})
			if seen[planner.Update] == 0 || createOnly(k) && seen[planner.Replace] == 0 {
				t.Errorf("only %v were tried", seen)
			}
		})
	}
}

// madeAlike gives a wanted object what the live one was created with, so that it is updated and not replaced.
func madeAlike(k *schema.Kind, live, want cty.Value) cty.Value {
	values := want.AsValueMap()
	for i := range k.Attrs {
		if a := &k.Attrs[i]; a.ForceNew && tells(live.GetAttr(a.Name)) {
			values[a.Name] = live.GetAttr(a.Name)
		} else if a.ForceNew && a.Mode != schema.Required {
			values[a.Name] = cty.NullVal(a.Type)
		}
	}
	return cty.ObjectVal(values)
}

// createOnly says whether a kind has attributes that are only set at creation.
func createOnly(k *schema.Kind) bool {
	return slices.ContainsFunc(k.Attrs, func(a schema.Attr) bool { return a.ForceNew })
}

// sound holds a call against what must hold of every call.
func sound(t *rapid.T, call shell.Call) {
	var names []string
	for _, p := range call.Command.Params {
		names = append(names, p.Name)
	}
	has := func(name string) bool { return slices.Contains(names, name) }
	count := func(of ...string) (n int) {
		for _, name := range of {
			if has(name) {
				n++
			}
		}
		return n
	}
	routing := append(slices.Collect(paramsOf(dnsSrv)), slices.Collect(paramsOf(defaultRoute))...)
	switch {
	case has("Force"):
		t.Fatalf("-Force in %s", call)
	case !has("Confirm"):
		t.Fatalf("no -Confirm in %s", call)
	case has("Identity") && count(append(routing, "UseDnsSrvRouting", "UseDefaultRouting")...) > 0 && strings.HasSuffix(call.Command.Cmdlet, "AccessEdgeConfiguration"):
		t.Fatalf("-Identity with a way of routing in %s", call)
	case count("UseDnsSrvRouting", "UseDefaultRouting") > 1:
		t.Fatalf("two ways of routing in %s", call)
	case has("EnablePartnerDiscovery") && !has("UseDnsSrvRouting"):
		t.Fatalf("-EnablePartnerDiscovery alone in %s", call)
	case count("UseOAuthServer", "MetadataUrl", "CertificateRawData", "CertificateFileData") > 1:
		t.Fatalf("two sources of keys in %s", call)
	case strings.HasPrefix(call.Command.Cmdlet, "Enable-CsHosting"), strings.HasPrefix(call.Command.Cmdlet, "Disable-CsHosting"):
		t.Fatalf("%s", call)
	case len(slices.Compact(slices.Sorted(slices.Values(names)))) != len(names):
		t.Fatalf("a parameter twice in %s", call)
	}
}

func paramsOf(method string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for _, name := range ofRouting(method) {
			if !yield(paramOf(name)) {
				return
			}
		}
	}
}
