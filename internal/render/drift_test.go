package render

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	tfjson "github.com/hashicorp/terraform-json"
	"github.com/zclconf/go-cty/cty"

	"hybrid/planner"
	"hybrid/schema"
)

// keyring is a kind with a repeated block that has words for its elements, and a secret.
var keyring = &schema.Kind{Name: "keyring", Attrs: []schema.Attr{
	{Name: "open", Type: cty.Bool},
	{Name: "tags", Type: cty.List(cty.String)},
	{Name: "pin", Type: cty.String, Sensitive: true},
}, Blocks: []schema.Block{{
	Name: "key", Many: true, Merge: func(live, _ cty.Value) cty.Value { return live },
	Attrs: []schema.Attr{{Name: "id", Type: cty.String}, {Name: "blob", Type: cty.String}},
	Text:  func(e cty.Value) string { return "key " + schema.Text(e.GetAttr("id")) },
}}}

func ring(open bool, key, pin string) cty.Value {
	return cty.ObjectVal(vals{
		"identity": cty.StringVal("r"), "open": cty.BoolVal(open), "tags": cty.ListVal([]cty.Value{cty.StringVal("a")}), "pin": cty.StringVal(pin).Mark(schema.Sensitive),
		"key": cty.ListVal([]cty.Value{cty.ObjectVal(vals{"id": cty.StringVal(key), "blob": cty.StringVal("long")})}),
	})
}

// driftedRing is a plan without changes of an object that somebody has changed since a run.
func driftedRing(t *testing.T) (*planner.Plan, *Drift) {
	t.Helper()
	at := func(v cty.Value) planner.Change {
		return planner.Change{
			Address: planner.Address{Kind: "keyring", Labels: []string{"r"}}, Kind: keyring, Provider: "x", Identity: "r", Action: planner.NoOp, Before: v, After: v,
			Want: cty.NullVal(keyring.Type()),
		}
	}
	was := at(ring(true, "one", "pin-1234"))
	s, known := was.Standing()
	if !known {
		t.Fatal("it does not stand")
	}
	b := planner.NewBaseline()
	b.Object("run1", s)
	p := &planner.Plan{Changes: []planner.Change{at(ring(false, "two", "pin-5678"))}}
	return p, &Drift{Drift: b.Measure(p), Since: map[string]string{"run1": "yesterday by ada (run1)"}}
}

func TestDriftAsText(t *testing.T) {
	t.Parallel()
	p, d := driftedRing(t)
	var out bytes.Buffer
	if err := Text(&out, p, Options{Drift: d}); err != nil {
		t.Fatal(err)
	}
	want := `Changed by hand since the run of yesterday by ada (run1):

  ! keyring.r
          open = true → false   the configuration leaves it alone
          key  = ["key one"] → ["key two"]   the configuration leaves it alone

No changes. The estate is as the configuration says. 1 object was looked at.
`
	if out.String() != want {
		t.Errorf("got:\n%s", out.String())
	}
	if hands, total := d.Hands(1, Redact(p)); total != 2 || len(hands) != 1 || hands[0] != (Hand{"keyring.r", "open", "true", "false"}) {
		t.Errorf("%d of %d: %+v", len(hands), total, hands)
	}
}

// Readers of Terraform's plans find drift where Terraform has it, and no secret in it.
func TestDriftAsJSON(t *testing.T) {
	t.Parallel()
	p, d := driftedRing(t)
	var out bytes.Buffer
	if err := JSON(&out, p, Options{Drift: d}); err != nil {
		t.Fatal(err)
	}
	var read tfjson.Plan
	if err := json.Unmarshal(out.Bytes(), &read); err != nil {
		t.Fatalf("%v: %s", err, out.String())
	}
	if len(read.ResourceDrift) != 1 || !read.ResourceDrift[0].Change.Actions.Update() || read.ResourceDrift[0].Address != "keyring.r" {
		t.Fatalf("got %s", out.String())
	}
	before, _ := read.ResourceDrift[0].Change.Before.(map[string]any)
	after, _ := read.ResourceDrift[0].Change.After.(map[string]any)
	if before["open"] != true || after["open"] != false || before["pin"] != nil {
		t.Errorf("from %v to %v", before, after)
	}
	if strings.Contains(out.String(), "pin-") {
		t.Errorf("the secret is in %s", out.String())
	}
}

// Who reviews a plan without the program sees what was changed by hand, before anything else and without secrets.
func TestDriftInEveryFormatForReviewers(t *testing.T) {
	t.Parallel()
	for format, want := range map[string][]string{
		"text":     {"Changed by hand since the run of yesterday by ada (run1):", "open = true → false"},
		"markdown": {"### Changed by hand since the run of yesterday by ada (run1)\n", "- `keyring.r`\n  - `open = true → false`: the configuration leaves it alone\n"},
		"html":     {"Changed by hand since the run of yesterday by ada (run1)</h2>", "<code>open</code>: <del>true</del>", `<ins>false</ins> <span class="quiet">(the configuration leaves it alone)</span>`},
		"sarif":    {`"ruleId":"drift/hand","level":"warning"`, `keyring.r: changed by hand since the run of yesterday by ada (run1).\nopen = true → false (the configuration leaves it alone)`},
	} {
		p, d := driftedRing(t)
		var out bytes.Buffer
		if err := Write(&out, format, p, Options{Drift: d}); err != nil {
			t.Fatal(err)
		}
		for _, text := range want {
			if !strings.Contains(out.String(), text) {
				t.Errorf("%s lacks %q:\n%s", format, text, out.String())
			}
		}
		if strings.Contains(out.String(), "pin-") {
			t.Errorf("%s shows the secret:\n%s", format, out.String())
		}
	}
}

// That nothing was changed by hand is said, since silence might be that nobody looked.
func TestNoDriftIsSaid(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"text", "markdown", "html"} {
		var out bytes.Buffer
		d := &Drift{Drift: &planner.Drift{}, Since: map[string]string{"run1": "yesterday by ada (run1)"}}
		if err := Write(&out, format, &planner.Plan{}, Options{Drift: d}); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(out.String(), "Nothing was changed by hand since the run of yesterday by ada (run1).") {
			t.Errorf("%s: %s", format, out.String())
		}
	}
}
