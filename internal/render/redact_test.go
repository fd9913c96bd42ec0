package render

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"hybrid/planner"
	"hybrid/schema"
)

// A planter makes secrets and remembers them.
type planter struct{ planted []string }

func (p *planter) text() string {
	p.planted = append(p.planted, fmt.Sprintf("s3cr\"et-%d<&>", len(p.planted)))
	return p.planted[len(p.planted)-1]
}

func (p *planter) marked() cty.Value { return cty.StringVal(p.text()).Mark(schema.Sensitive) }

// vault is a kind whose attributes can hold a secret in every way.
var vault = &schema.Kind{Name: "vault", Attrs: []schema.Attr{
	{Name: "plain", Type: cty.String},
	{Name: "secret", Type: cty.String, Sensitive: true},
	{Name: "list", Type: cty.List(cty.String), Norm: sorted},
	{Name: "set", Type: cty.Set(cty.String)},
	{Name: "map", Type: cty.Map(cty.String)},
	{Name: "number", Type: cty.Number},
	{Name: "object", Type: cty.Object(map[string]cty.Type{"a": cty.String, "b": cty.List(cty.String)})},
	{Name: "settings", Type: cty.DynamicPseudoType, Settings: true},
}, Blocks: []schema.Block{{Name: "inner", Attrs: []schema.Attr{{Name: "plain", Type: cty.String}, {Name: "secret", Type: cty.String, Sensitive: true}}}}}

// filled is an object with a secret in every attribute; marked says whether those of attributes that are not sensitive
// by declaration carry marks (a live object has none).
func (p *planter) filled() cty.Value {
	p.planted = append(p.planted, "271828182845")
	return cty.ObjectVal(vals{
		"identity": p.marked(), "plain": p.marked(), "secret": cty.StringVal(p.text()),
		"list":     cty.ListVal([]cty.Value{cty.StringVal("open"), p.marked()}),
		"set":      cty.SetVal([]cty.Value{cty.StringVal("open"), p.marked()}),
		"map":      cty.MapVal(vals{"k": p.marked()}),
		"number":   cty.NumberIntVal(271828182845).Mark(schema.Sensitive),
		"object":   cty.ObjectVal(vals{"a": p.marked(), "b": cty.ListVal([]cty.Value{p.marked()})}),
		"settings": p.marked(),
		"inner":    cty.ObjectVal(vals{"plain": p.marked(), "secret": cty.StringVal(p.text())}),
	})
}

// bare is filled as it is read: without marks.
func (p *planter) bare() cty.Value {
	v, _ := p.filled().UnmarkDeep()
	return v
}

// planted is a plan with secrets wherever one can get: values before and after, under marks and under the kind's
// declaration, and the texts that others make of them.
func (p *planter) plan() *planner.Plan {
	var changes []planner.Change
	add := func(a planner.Action, before, after cty.Value) {
		c := planner.Change{Address: planner.Address{Kind: "vault", Labels: []string{fmt.Sprint("v", len(changes))}}, Kind: vault, Provider: "skype", Action: a, Before: before, After: after}
		for _, attr := range vault.Attrs {
			c.Paths = append(c.Paths, cty.GetAttrPath(attr.Name))
		}
		if a == planner.Replace {
			c.Replace = append(c.Paths, cty.GetAttrPath("map").IndexString("k"))
		}
		changes = append(changes, c)
	}
	gone := null(vault)
	add(planner.Create, gone, p.filled())
	add(planner.Update, p.bare(), p.filled())
	add(planner.Replace, p.bare(), p.filled())
	add(planner.Delete, p.bare().Mark(schema.Sensitive), gone)
	add(planner.Run, p.bare(), p.filled().Mark(schema.Sensitive))
	add(planner.Unknown, cty.UnknownVal(vault.Type()), p.filled())
	add(planner.NoOp, p.bare(), p.filled())
	move := moves(5, 1)
	target := p.text()
	move.After = object(homing, vals{"target": cty.StringVal(target).Mark(schema.Sensitive), "proxy_pool": p.marked()})
	changes = append(changes, move)
	all := strings.Join(p.planted, " and ")
	for i := range changes {
		c := &changes[i]
		c.Notes, c.Reason, c.Identity = []string{"note " + all}, "reason "+all, "identity "+all
		c.Node = &planner.Node{Address: c.Address, Kind: c.Kind, Needs: []planner.Edge{{To: "vault.v0", Why: "why " + all}}}
	}
	move.Users.Blocked = []planner.Blocked{{Row: 0, Reason: "blocked " + all}}
	return &planner.Plan{Changes: changes, Warnings: hcl.Diagnostics{{Severity: hcl.DiagWarning, Summary: "summary " + all, Detail: "detail " + all}}}
}

func TestNoOutputHoldsASecret(t *testing.T) {
	t.Parallel()
	var p planter
	plan := p.plan()
	all := strings.Join(p.planted, " ")
	steps := func(planner.Change) planner.Steps {
		return planner.Steps{Do: []string{"Set-It " + all}, Undo: []string{"Unset-It " + all}, Lost: []string{"what was " + all}}
	}
	for _, users := range []bool{false, true} {
		o := Options{Users: users, ShowCommands: true, Steps: steps}
		for _, name := range Formats() {
			output := rendered(t, func(b *bytes.Buffer) error { return Write(b, name, plan, o) })
			if !bytes.Contains(output, []byte(sensitiveText)) || !bytes.Contains(output, []byte("vault.v2")) {
				t.Errorf("%s shows too little to be a test:\n%s", name, output)
			}
			for i := range p.planted {
				// JSON and quotes write the secret's own quotation mark in another way: what follows it does not change.
				for _, form := range []string{fmt.Sprintf("et-%d<", i), fmt.Sprintf(`et-%d\u003c`, i)} {
					if at := bytes.Index(output, []byte(form)); at >= 0 {
						t.Errorf("%s (users %v) shows secret %d: …%s…", name, users, i, output[max(0, at-80):at+20])
					}
				}
			}
			if bytes.Contains(output, []byte("sipfed.online.lync.com")) || bytes.Contains(output, []byte("pool00.contoso.com")) {
				t.Errorf("%s shows what stands where the secret target will", name)
			}
			if bytes.Contains(output, []byte("271828182845")) {
				t.Errorf("%s shows the secret number", name)
			}
		}
	}
}

// What is hidden is hidden on both sides: what was there before a secret is one as well.
func TestTheLiveValueOfASecretIsHidden(t *testing.T) {
	t.Parallel()
	live := object(provider, vals{"verification_level": cty.StringVal("old-secret")})
	want := object(provider, vals{"verification_level": cty.StringVal("new-secret").Mark(schema.Sensitive)})
	plan := &planner.Plan{Changes: []planner.Change{diffed(provider, live, want, 1, "x")}}
	got := string(rendered(t, func(b *bytes.Buffer) error { return Text(b, plan, Options{}) }))
	if strings.Contains(got, "-secret") || !strings.Contains(got, "~ verification_level = (sensitive) → (sensitive)") {
		t.Error(got)
	}
}

func TestPlain(t *testing.T) {
	t.Parallel()
	if got := plain("a\x1b[2Jb\r\nc\td\u202ee\x00"); got != "a\uFFFD[2Jb\nc\td\uFFFDe\uFFFD" {
		t.Errorf("%q", got)
	}
	reason := diffed(edge, object(edge, nil), object(edge, nil), 1)
	reason.Action, reason.Reason = planner.Unknown, "\x1b]0;owned\a"
	got := rendered(t, func(b *bytes.Buffer) error {
		return Text(b, &planner.Plan{Changes: []planner.Change{reason}}, Options{})
	})
	if bytes.ContainsAny(got, "\x1b\a") {
		t.Errorf("%q", got)
	}
}

func TestRedactTakesTheLongestFirst(t *testing.T) {
	t.Parallel()
	c := diffed(provider, null(provider), object(provider, vals{"password": cty.StringVal("hunter22"), "verification_level": cty.StringVal("hunter").Mark(schema.Sensitive), "proxy_fqdn": cty.StringVal("abc").Mark(schema.Sensitive)}), 1, "x")
	redact := Redact(&planner.Plan{Changes: []planner.Change{c}})
	if got := redact("hunter22, hunter, abc"); got != "(sensitive), (sensitive), abc" {
		t.Error(got)
	}
}

// Whoever quotes a secret does it in a way of their own.
func TestHideKnowsEveryWayOfQuoting(t *testing.T) {
	t.Parallel()
	secret := `it's "<&>\ $ ü`
	hide := Hide([]string{secret, "-----BEGIN KEY-----\nMIIEvQIBADANBgkqh\nMII=\n-----END KEY-----", "abc"})
	for _, said := range []string{
		secret, `it's \"\u003c\u0026\u003e\\ $ ü`, `it's \"<&>\\ $ ü`, `it\u0027s \"\u003c\u0026\u003e\\ $ ü`, `it''s "<&>\ $ ü`, "it's `\"<&>\\ `$ ü",
		`it&#39;s &#34;&lt;&amp;&gt;\ $ ü`, `it&apos;s &quot;&lt;&amp;&gt;\ $ ü`, `it's "&lt;&amp;&gt;\ $ ü`, `it%27s%20%22%3C%26%3E%5C%20%24%20%C3%BC`, `it%27s+%22%3C%26%3E%5C+%24+%C3%BC`,
		"aXQncyAiPCY+XCAkIMO8", "aQB0ACcAcwAgACIAPAAmAD4AXAAgACQAIAD8AA==", `it's \\\"<&>\\\\ $ ü`, "MIIEvQIBADANBgkqh",
	} {
		if got := hide("x " + said + " y"); got != "x (sensitive) y" {
			t.Errorf("%s becomes %s", said, got)
		}
	}
	for _, open := range []string{"abc", "-----BEGIN KEY-----", "it is"} {
		if got := hide(open); got != open {
			t.Errorf("%s becomes %s", open, got)
		}
	}
}
