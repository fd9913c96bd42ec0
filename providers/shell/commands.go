package shell

import (
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/cmdlets"
	"hybrid/planner"
	"hybrid/providers"
	"hybrid/schema"
)

// A Translator turns changes into cmdlet calls. It holds nothing but the published tables, read at first use.
type Translator struct {
	tables func() (*cmdlets.Tables, error)
}

// NewTranslator translates into calls of one published module: some of its cmdlets have namesakes in others.
func NewTranslator(module string) *Translator {
	return &Translator{tables: sync.OnceValues(func() (*cmdlets.Tables, error) {
		all, err := cmdlets.Load()
		if err != nil {
			return nil, err
		}
		return all.Module(module), nil
	})}
}

// Commands gives the calls that carry out a change of one object or user, in order. Nothing is contacted. The undo is
// the commands of the reversed change; an error says why there is none.
func (t *Translator) Commands(c planner.Change) ([]providers.Command, error) {
	calls, err := t.Calls(c)
	commands := make([]providers.Command, len(calls))
	for i, call := range calls {
		commands[i] = call
	}
	return commands, err
}

// Calls is [Translator.Commands] before its results are commands like any other.
func (t *Translator) Calls(c planner.Change) ([]Call, error) {
	verbs, err := steps(c)
	if err != nil || len(verbs) == 0 {
		return nil, err
	}
	if why := c.Refused(); why != "" {
		return nil, errors.New(why)
	}
	w, err := t.writing(c)
	if err != nil {
		return nil, err
	}
	var calls []Call
	for _, verb := range verbs {
		call, err := w.call(verb)
		if err != nil {
			return nil, err
		}
		calls = append(calls, call)
	}
	return calls, nil
}

// steps are the verbs, in the terms of [schema.Cmdlet.Verb], that a change takes. A user is created first and then given
// what differs from what a new user has: no one cmdlet does both.
func steps(c planner.Change) ([]string, error) {
	switch action := c.Action; {
	case action == planner.NoOp || action == planner.Unknown:
		return nil, nil
	case action == planner.Create && c.Kind.Rows != nil && len(c.Paths) > 0:
		return []string{"create", "update"}, nil
	case action == planner.Create || action == planner.Update || action == planner.Delete:
		return []string{string(action)}, nil
	case action == planner.Replace:
		return []string{"delete", "create"}, nil
	case action == planner.Move:
		return []string{"move"}, nil
	}
	return nil, fmt.Errorf("there is no cmdlet for the action %q", c.Action)
}

// A writing is one change on its way to become calls. Its values may be marked.
type writing struct {
	planner.Change
	remote        schema.Cmdlet
	tables        *cmdlets.Tables
	identity      string
	before, after map[string]cty.Value
}

func (t *Translator) writing(c planner.Change) (*writing, error) {
	remote, ok := c.Kind.Remote.(schema.Cmdlet)
	if !ok {
		return nil, fmt.Errorf("%s is not kept by cmdlets", c.Kind.Name)
	}
	tables, err := t.tables()
	if err != nil {
		return nil, err
	}
	w := &writing{Change: c, remote: remote, tables: tables, before: valuesOf(c.Before), after: valuesOf(c.After)}
	w.identity, err = w.name()
	return w, err
}

// valuesOf is an object's values by attribute; nil where it is absent or not known.
func valuesOf(v cty.Value) map[string]cty.Value {
	if !Tells(v) {
		return nil
	}
	types := v.Type().AttributeTypes()
	values := make(map[string]cty.Value, len(types))
	for name := range types { // AsValueMap sorts them first
		values[name] = v.GetAttr(name)
	}
	return values
}

// name is the identity that the calls are given.
func (w *writing) name() (string, error) {
	identity := w.Identity
	for _, side := range []map[string]cty.Value{w.after, w.before} {
		if identity == "" {
			identity = TextOf(side["identity"])
		}
	}
	switch {
	case identity == "" && w.Kind.Singleton:
		return "Global", nil
	case identity == "":
		return "", fmt.Errorf("%s has no identity to give to a cmdlet", w.Address)
	case w.Kind.Rows != nil && strings.Contains(identity, "*"):
		// In a display name an asterisk stands for anything: one line would enable, move or wipe many.
		return "", fmt.Errorf("the identity %q holds an asterisk, which the cmdlets take for any number of users: write the SIP address or the user principal name", identity)
	}
	return identity, nil
}

// call makes the call of one step: identity, what the step needs, what the kind arranges, and no question asked.
func (w *writing) call(step string) (Call, error) {
	verb := w.verb(step)
	if step == "update" && w.remote.Toggle != "" && !Tells(w.after[w.remote.Toggle]) {
		return Call{}, fmt.Errorf("Enable- or Disable-%s cannot be chosen yet: the value of %s is not known", w.remote.Noun, w.remote.Toggle)
	}
	if verb == "" {
		return Call{}, fmt.Errorf("%s cannot be carried out by a cmdlet: there is none that would %s it", w.Address, step)
	}
	cmdlet := w.tables.Cmdlet(verb + "-" + w.remote.Noun)
	if cmdlet == nil {
		return Call{}, fmt.Errorf("%s-%s is in no published table of cmdlets", verb, w.remote.Noun)
	}
	args, err := w.args(step)
	if err != nil {
		return Call{}, err
	}
	if w.remote.Arrange != nil {
		args = w.remote.Arrange(verb, args, plain(w.before), plain(w.after))
	}
	return w.compose(cmdlet, args)
}

// verb is the cmdlet's verb for a step, "" where there is none. A toggle takes the one that its value says.
func (w *writing) verb(step string) string {
	switch {
	case step == "move":
		return w.remote.Verb("update")
	case step == "update" && w.remote.Toggle != "" && Tells(w.after[w.remote.Toggle]):
		if on, _ := w.after[w.remote.Toggle].Unmark(); on.False() {
			return "Disable"
		}
		return "Enable"
	}
	return w.remote.Verb(step)
}

// args are the parameters that a step needs, in the order of the kind, the identity first.
func (w *writing) args(step string) ([]schema.Arg, error) {
	args := []schema.Arg{{Name: "Identity", Value: cty.StringVal(w.identity)}}
	switch step {
	case "create":
		if w.after == nil {
			return nil, errors.New("nothing says what was there before")
		}
		if w.Kind.Rows != nil {
			args[0].Value = cty.StringVal(principalName(w.identity))
			args = append(args, schema.Arg{Name: "SipAddress", Value: cty.StringVal(w.Address.User)})
			return w.set(args, w.initial()), w.homeless()
		}
		return w.set(args, w.after), nil
	case "move":
		if !Tells(w.after[w.Kind.Rows.Attr]) {
			return nil, errors.New("it is not known where the user was homed before")
		}
		return w.moving(args), nil
	case "update":
		if w.Action == planner.Create { // found by the name by which it has just been created
			args[0].Value = cty.StringVal(principalName(w.identity))
		}
		return w.changed(args)
	}
	return args, nil
}

// initial is what creating a user is told; the rest is set of the user who then exists.
func (w *writing) initial() map[string]cty.Value {
	values := map[string]cty.Value{}
	for i := range w.Kind.Attrs {
		if a := &w.Kind.Attrs[i]; a.Initial {
			values[a.Name] = w.after[a.Name]
		}
	}
	return values
}

// principalName is how a user is found who has no SIP address yet and so cannot answer to it: without its prefix it is the
// user principal name.
func principalName(identity string) string {
	if len(identity) > 4 && strings.EqualFold(identity[:4], "sip:") {
		return identity[4:]
	}
	return identity
}

// set appends every attribute that has a value.
func (w *writing) set(args []schema.Arg, values map[string]cty.Value) []schema.Arg {
	for i := range w.Kind.Attrs {
		a := &w.Kind.Attrs[i]
		v := values[a.Name]
		if a.Settings || a.Mode == schema.Computed || v == cty.NilVal || v.IsNull() {
			continue
		}
		args = append(args, schema.Arg{Name: a.WriteName(), Value: spelt(a, v)})
	}
	return args
}

// homeless refuses to enable a user without saying where: a user who was disabled is not known to have had a home.
func (w *writing) homeless() error {
	for _, rule := range w.Kind.Rules {
		if rule.Check(plain(w.after)) != "" {
			return errors.New("it is not known where the user would be homed, and the contacts and conferences that Disable-CsUser wiped cannot be brought back")
		}
	}
	return nil
}

// moving appends where to and how. The way back is travelled as the way there: only the target is another.
func (w *writing) moving(args []schema.Arg) []schema.Arg {
	values := map[string]cty.Value{}
	for i := range w.Kind.Attrs {
		name := w.Kind.Attrs[i].Name
		values[name] = w.after[name]
		if name != w.Kind.Rows.Attr && (values[name] == cty.NilVal || values[name].IsNull()) {
			values[name] = w.before[name]
		}
	}
	return w.set(args, values)
}

// changed appends what differs.
func (w *writing) changed(args []schema.Arg) ([]schema.Arg, error) {
	if len(w.Paths) == 0 || w.after == nil {
		return nil, fmt.Errorf("%s is to be updated, and nothing differs", w.Address)
	}
	for _, path := range w.Paths {
		step, ok := path[0].(cty.GetAttrStep)
		if !ok || w.Kind.Attr(step.Name) == nil {
			return nil, fmt.Errorf("%s has no attribute at %#v", w.Kind.Name, path)
		}
		a := w.Kind.Attr(step.Name)
		if a.ForceNew || a.Initial {
			return nil, fmt.Errorf("%s can only be set at creation", a.Name)
		}
		args = append(args, schema.Arg{Name: a.WriteName(), Value: spelt(a, w.after[a.Name])})
	}
	return args, nil
}

// spelt is a value in the form of the far end: its spelling of a word, the one text in which it keeps a set.
func spelt(a *schema.Attr, v cty.Value) cty.Value {
	if len(a.OneOf) > 0 {
		return a.Canonical(v)
	}
	return a.Joined(v)
}
