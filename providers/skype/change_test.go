package skype

import (
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/cmdlets"
	"hybrid/internal/roster"
	"hybrid/planner"
	"hybrid/providers/shell"
	"hybrid/schema"
)

// kindNamed finds one of the kinds.
func kindNamed(t testing.TB, name string) *schema.Kind {
	t.Helper()
	for _, k := range kinds() {
		if k.Name == name {
			return k
		}
	}
	t.Fatalf("no kind %q", name)
	return nil
}

// decoded is what a block's body says.
func decoded(t testing.TB, k *schema.Kind, identity, body string) (cty.Value, hcl.Diagnostics) {
	t.Helper()
	file, diags := hclsyntax.ParseConfig([]byte(body), "main.hcl", hcl.InitialPos)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	given := schema.Given{Values: map[string]cty.Value{}, Ranges: map[string]hcl.Range{}}
	if !k.Singleton {
		given.Values["identity"] = cty.StringVal(identity)
	}
	context := &hcl.EvalContext{Variables: map[string]cty.Value{
		"later":  cty.UnknownVal(cty.String),
		"secret": cty.StringVal("https://secret.contoso.com/hunter2").Mark(schema.Sensitive),
		"cer":    cty.StringVal(certificate(t)),
	}}
	v, _, diags := k.DecodeGiven(file.Body, context, given)
	return v, diags
}

// wanted is [decoded] of a body without mistakes.
func wanted(t testing.TB, k *schema.Kind, identity, body string) cty.Value {
	t.Helper()
	v, diags := decoded(t, k, identity, body)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	return v
}

// change compares a live object, nil where there is none, with what a body says, "" where it is to be absent.
func change(t testing.TB, k *schema.Kind, identity string, props map[string]any, body string) planner.Change {
	t.Helper()
	live, want := cty.NullVal(k.Type()), cty.NullVal(k.Type())
	if props != nil {
		v, err := k.Live(identity, props)
		if err != nil {
			t.Fatal(err)
		}
		live = v
	}
	if body != "" {
		want = wanted(t, k, identity, body)
	}
	c := planner.Diff(k, live, want)
	c.Kind, c.Identity, c.Provider = k, identity, "skype"
	c.Address = planner.Address{Kind: k.Name, Labels: []string{identity}}
	return c
}

// oneUser is the change of one user of a block, whose cells are nil where there is none yet.
func oneUser(t testing.TB, kind string, action planner.Action, identity, body string, cells []string) planner.Change {
	t.Helper()
	k := kindNamed(t, kind)
	want := roster.New("sip_address", "identity")
	want.Append("sip:ada@contoso.com", identity)
	live := roster.New(userColumns()...)
	at := int32(-1)
	if cells != nil {
		live.Append(cells...)
		at = 0
	}
	c := planner.Change{
		Address: planner.Address{Kind: kind, Labels: []string{"pilot"}}, Kind: k, Action: action,
		Before: cty.NullVal(k.Type()), After: wanted(t, k, "pilot", "users = []\n"+body),
		Users: &planner.UserChanges{Want: want, Live: live, Pick: []int32{0}, At: []int32{at}},
	}
	return c.User(0)
}

// lines are the texts of a change's commands. Every one of them must be what the published cmdlet takes.
func lines(t testing.TB, c planner.Change) (string, error) {
	t.Helper()
	commands, err := newTranslator().Commands(c)
	var texts []string
	for _, command := range commands {
		binds(t, command.(shell.Call))
		texts = append(texts, command.String())
	}
	return strings.Join(texts, "\n"), err
}

// binds holds a call against the published parameter sets, with a text in the place of what is not known yet.
func binds(t testing.TB, call shell.Call) cmdlets.Binding {
	t.Helper()
	tables, err := cmdlets.Load()
	if err != nil {
		t.Fatal(err)
	}
	params := map[string]any{}
	for _, p := range call.Command.Params {
		if params[p.Name] != nil {
			t.Errorf("%s: -%s is given twice", call, p.Name)
		}
		params[p.Name] = p.Value
		if p.Value == nil && len(call.Unknown) > 0 {
			params[p.Name] = "later"
		}
	}
	bound, refused := tables.Module("SkypeForBusiness").Bind(call.Command.Cmdlet, params)
	if refused != nil {
		t.Errorf("%s: %s", call, refused)
	}
	return bound
}
