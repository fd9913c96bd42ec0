package schema

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	hcljson "github.com/hashicorp/hcl/v2/json"
	"github.com/zclconf/go-cty/cty"
)

func parse(t *testing.T, src string) hcl.Body {
	t.Helper()
	file, diags := hclsyntax.ParseConfig([]byte(src), "x.hcl", hcl.InitialPos)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	return file.Body
}

func context() *hcl.EvalContext {
	return &hcl.EvalContext{Variables: map[string]cty.Value{
		"unknown": cty.UnknownVal(cty.String), "secret": cty.StringVal("hunter2").Mark(Sensitive), "pin": cty.StringVal("1234").Mark(Sensitive),
		"inner": cty.StringVal("INNER").Mark(Sensitive), "number": cty.UnknownVal(cty.Number),
	}}
}

func messages(diags hcl.Diagnostics) []string {
	var all []string
	for _, d := range diags {
		all = append(all, fmt.Sprintf("%d:%d %s: %s", d.Subject.Start.Line, d.Subject.Start.Column, d.Summary, d.Detail))
	}
	return all
}

func TestDecode(t *testing.T) {
	t.Parallel()
	k := station()
	v, ranges, diags := k.DecodeGiven(parse(t, `zone = "outer"
platforms = "2"
names = ["b", "a", "b"]
pin = pin
founder = null
clock {
  maker = "Bürk"
}
depends_on = [x.y]
lifecycle { prevent_destroy = true }`), context(), Given{
		Values: map[string]cty.Value{"identity": cty.StringVal("Central"), "line": cty.StringVal("north")},
		Ranges: map[string]hcl.Range{"line": {Filename: "header"}},
	})
	if len(diags) > 0 {
		t.Fatalf("diagnostics: %q", messages(diags))
	}
	want := cty.ObjectVal(map[string]cty.Value{
		"identity": cty.StringVal("Central"), "line": cty.StringVal("North"), "zone": cty.StringVal("Outer"), "platforms": cty.NumberIntVal(2),
		"names": cty.SetVal([]cty.Value{cty.StringVal("a"), cty.StringVal("b")}), "open": cty.NullVal(cty.Bool),
		"pin": cty.StringVal("1234").Mark(Sensitive), "seal": cty.NullVal(cty.String), "founder": cty.NullVal(cty.String), "visits": cty.NullVal(cty.Number),
		"clock":  cty.ObjectVal(map[string]cty.Value{"maker": cty.StringVal("Bürk"), "offset": cty.NullVal(cty.Number)}),
		"survey": cty.NullVal(k.Blocks[1].Type()),
	})
	if !v.RawEquals(want) {
		t.Errorf("got  %#v\nwant %#v", v, want)
	}
	if !v.Type().Equals(k.Type()) {
		t.Errorf("the value is of another type than the kind: %#v", v.Type())
	}
	names := slices.Sorted(maps.Keys(ranges))
	if diff := cmp.Diff([]string{"clock", "clock.maker", "founder", "line", "names", "pin", "platforms", "zone"}, names); diff != "" {
		t.Errorf("ranges (-want +got):\n%s", diff)
	}
	if ranges["platforms"].Start.Line != 2 || ranges["clock.maker"].Start.Line != 7 || ranges["line"].Filename != "header" {
		t.Errorf("ranges: %v", ranges)
	}
}

func TestDecodeSaysAllThatIsWrong(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		src  string
		want []string
	}{
		"everything": {`zone = "Midle"
platforms = 0
names = "x"
open = "yes"
pin = "12345"
visits = 1
platfroms = 1
line = "North"
provder = x
clock { ofset = 1 }
clocks {}
identity = "x"`, []string{
			`7:1 Unsupported argument: station has no argument "platfroms". Did you mean "platforms"?`,
			`8:1 Unsupported argument: station has no argument "line". It has zone, platforms, names, open, pin, seal, founder, clock, survey.`,
			`9:1 Unsupported argument: station has no argument "provder". Did you mean "provider"?`,
			`11:1 Unsupported block: station has no block "clocks". Did you mean "clock"?`,
			`1:8 Not an accepted value: station.zone takes "Inner" or "Outer".`,
			`2:13 Not a usable value: station.platforms: a station has platforms; write 1 or more.`,
			`3:9 Wrong type: station.names takes a set of strings, and this is a string.`,
			`4:8 Wrong type: station.open takes true or false, and "yes" is not that.`,
			`5:7 Not a usable value: station.pin cannot be what it is set to. It is sensitive, so what is wrong is not shown. It should be: Four digits.`,
			`6:1 Not yours to set: station.visits is set by the server and can only be read. Remove this line.`,
			`10:9 Unsupported argument: station.clock has no argument "ofset". Did you mean "offset"?`,
			"10:9 Missing argument: station.clock cannot do without:\n  maker (a string): Who made it.",
		}},
		"missing": {`zone = null`, []string{
			"1:1 Missing argument: station cannot do without:\n  zone (a string): The fare zone.\n  platforms (a number): How many platforms it has.",
		}},
		"a rule": {"zone = \"outer\"\nplatforms = 3", []string{
			"1:8 Arguments do not go together: A station in the outer zone has at most two platforms. Put it into the inner zone.",
		}},
		"a block as an argument": {"zone = \"Inner\"\nplatforms = 1\nclock = {}\nnames {}", []string{
			"3:1 Unsupported argument: clock is a block: write clock { … } without the equals sign.",
			"4:1 Unsupported block: names is an argument: write names = … with an equals sign.",
		}},
		"what cannot be evaluated": {"zone = nothing.there\nplatforms = 1", []string{
			`1:8 Unknown variable: There is no variable named "nothing".`,
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v, _, diags := station().Decode(parse(t, tt.src), context())
			if diff := cmp.Diff(tt.want, messages(diags)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if !v.Type().Equals(station().Type()) {
				t.Errorf("the value cannot be used: %#v", v)
			}
		})
	}
}

func TestUnknownValuesPassAndStayUnknown(t *testing.T) {
	t.Parallel()
	v, _, diags := station().Decode(parse(t, "zone = unknown\nplatforms = number\nnames = [unknown, \"a\"]"), context())
	if len(diags) > 0 {
		t.Fatalf("diagnostics: %q", messages(diags))
	}
	if v.GetAttr("zone").IsKnown() || v.GetAttr("platforms").IsKnown() || v.GetAttr("names").IsWhollyKnown() {
		t.Errorf("unknown values became known: %#v", v)
	}
}

func TestAbsentRequiresNothing(t *testing.T) {
	t.Parallel()
	_, _, diags := station().DecodeGiven(parse(t, "zone = \"Outer\"\nclock {}"), context(), Given{Absent: true})
	if len(diags) > 0 {
		t.Errorf("diagnostics: %q", messages(diags))
	}
}

func TestMessagesNeverShowSensitiveValues(t *testing.T) {
	t.Parallel()
	src := "zone = secret\nplatforms = secret\nnames = secret\nopen = secret\npin = secret\nfounder = \"x ${secret} y\"\nclock {\n  maker = secret\n  offset = \"${secret}\"\n}"
	v, _, diags := station().DecodeGiven(parse(t, src), context(), Given{Values: map[string]cty.Value{"identity": cty.StringVal("a 1234")}})
	if all := strings.Join(messages(diags), "\n"); strings.Contains(all, "hunter2") || len(diags) != 6 {
		t.Errorf("%d messages: %s", len(diags), all)
	}
	if !v.GetAttr("founder").HasMark(Sensitive) || !v.GetAttr("clock").GetAttr("maker").HasMark(Sensitive) {
		t.Errorf("marks are lost: %#v", v)
	}
	_, _, diags = station().DecodeGiven(parse(t, "zone = inner\nplatforms = 1\npin = pin"), context(), Given{Values: map[string]cty.Value{"identity": cty.StringVal("a 1234")}})
	want := []string{"3:7 Arguments do not go together: station: The PIN is not in the name."}
	if diff := cmp.Diff(want, messages(diags)); diff != "" {
		t.Errorf("a rule about sensitive values (-want +got):\n%s", diff)
	}
}

func TestDecodeSystem(t *testing.T) {
	t.Parallel()
	v, ranges, diags := railway().Decode(parse(t, "office = \"Bern\"\nkey {\n  secret = secret\n}\npassword = \"p\""), context())
	want := []string{"2:1 Arguments do not go together: provider \"railway\": A key or a password."}
	if diff := cmp.Diff(want, messages(diags)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if !v.Type().Equals(railway().Type()) || !v.GetAttr("password").HasMark(Sensitive) || ranges["key.secret"].Start.Line != 3 {
		t.Errorf("value %#v, ranges %v", v, ranges)
	}
}

func TestDecodeJSON(t *testing.T) {
	t.Parallel()
	file, diags := hcljson.Parse([]byte(`{"zone": "Inner", "platforms": 2, "names": ["${unknown}"], "clock": {"maker": "x"}, "lifecycle": {}, "depends_on": ["a.b"], "platfrom": 1}`), "x.json")
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	v, _, diags := station().Decode(file.Body, context())
	want := []string{`1:125 Extraneous JSON object property: No argument or block type is named "platfrom".`}
	if diff := cmp.Diff(want, messages(diags)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if !v.GetAttr("platforms").RawEquals(cty.NumberIntVal(2)) || !v.GetAttr("clock").GetAttr("maker").RawEquals(cty.StringVal("x")) {
		t.Errorf("got %#v", v)
	}
}

func TestNearest(t *testing.T) {
	t.Parallel()
	names := []string{"proxy_fqdn", "enabled", "verification_level", "var"}
	for given, want := range map[string]string{
		"proxy_fdqn": "proxy_fqdn", "ENABLED": "enabled", "vra": "var", "proxy": "proxy_fqdn", "xyz": "", "": "", "enable": "enabled", "e": "",
	} {
		if got := Nearest(given, names); got != want {
			t.Errorf("Nearest(%q) = %q, want %q", given, got, want)
		}
	}
}

// A rule that warns refuses nothing, and its page says so.
func TestRulesThatWarn(t *testing.T) {
	t.Parallel()
	k := station()
	k.Rules = k.Rules[:1]
	k.Rules[0].Warns = true
	_, _, diags := k.DecodeGiven(parse(t, "zone = \"Outer\"\nplatforms = 3"), context(), Given{})
	if diags.HasErrors() || len(diags) != 1 || diags[0].Severity != hcl.DiagWarning || diags[0].Summary != "This may not work" {
		t.Errorf("diagnostics: %q", messages(diags))
	}
	if page := Reference([]*Kind{k}, []*System{railway()}); !strings.Contains(page, "at most two platforms. Otherwise there is a warning.") {
		t.Error("the page does not tell")
	}
}
