package shell

import (
	"fmt"

	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/cmdlets"
	"hybrid/internal/powershell"
	"hybrid/schema"
)

// compose turns arguments into a call, those that come from secrets as secrets.
func (w *writing) compose(cmdlet *cmdlets.Cmdlet, args []schema.Arg) (Call, error) {
	for i := range args {
		if w.secret(args[i].Name) {
			args[i].Value = args[i].Value.Mark(schema.Sensitive)
		}
	}
	if w.Place != "" && takesController(cmdlet) {
		args = append(args, schema.Arg{Name: domainController, Value: cty.StringVal(w.Place)})
	}
	return compose(cmdlet, args)
}

// Compose makes a call of one cmdlet of the module, for kinds whose changes are more than a cmdlet each. Marked arguments
// are secret, unknown ones known only after apply.
func (t *Translator) Compose(name string, args ...schema.Arg) (Call, error) {
	tables, err := t.tables()
	if err != nil {
		return Call{}, err
	}
	cmdlet := tables.Cmdlet(name)
	if cmdlet == nil {
		return Call{}, fmt.Errorf("%s is in no published table of cmdlets", name)
	}
	return compose(cmdlet, args)
}

// compose makes a call that asks no question and holds it against the published parameter sets, so that what a plan
// prints is what the cmdlet takes.
func compose(cmdlet *cmdlets.Cmdlet, args []schema.Arg) (Call, error) {
	if cmdlet.HasParam("Confirm") {
		args = append(args, schema.Arg{Name: "Confirm", Value: cty.False})
	}
	call := Call{Command: powershell.Command{Cmdlet: cmdlet.Name}}
	for _, arg := range args {
		if err := call.add(arg); err != nil {
			return Call{}, fmt.Errorf("%s: %w", cmdlet.Name, err)
		}
	}
	return call, fits(cmdlet, call)
}

// secret says whether a parameter carries what came from a secret on either side of the change.
func (w *writing) secret(param string) bool {
	for i := range w.Kind.Attrs {
		a := &w.Kind.Attrs[i]
		secret := a.Sensitive || marked(w.after[a.Name]) || marked(w.before[a.Name])
		if secret && a.WriteName() == param {
			return true
		}
	}
	return param == "Credential" && (secretName(w.after["credential"]) || secretName(w.before["credential"]))
}

func marked(v cty.Value) bool { return v != cty.NilVal && schema.IsSensitive(v) }

// secretName says whether the user name of a credential is itself a secret. Its password is never part of a text.
func secretName(credential cty.Value) bool {
	if credential == cty.NilVal {
		return false
	}
	values, marks := credential.Unmark()
	return len(marks) > 0 || Tells(values) && marked(values.GetAttr("username"))
}

// plain takes the marks off an object's values.
func plain(values map[string]cty.Value) map[string]cty.Value {
	unmarked := make(map[string]cty.Value, len(values))
	for name, v := range values {
		if v.Type().IsPrimitiveType() { // most are, and need no search
			unmarked[name], _ = v.Unmark()
		} else {
			unmarked[name], _ = v.UnmarkDeep()
		}
	}
	return unmarked
}

// fits holds a call against the published parameter sets. A call that does not know all its values yet is held against
// them when it does. The words of the refusal may quote values, so of a secret call only their kind is told.
func fits(cmdlet *cmdlets.Cmdlet, call Call) error {
	if len(call.Unknown) > 0 {
		return nil
	}
	params := make(map[string]any, len(call.Command.Params))
	for _, p := range call.Command.Params {
		params[p.Name] = p.Value
	}
	_, refused := cmdlet.Bind(params)
	switch {
	case refused == nil:
		return nil
	case len(call.Secret) > 0:
		return fmt.Errorf("%s would refuse the call (%s)", cmdlet.Name, refused.ID)
	}
	return fmt.Errorf("%s would refuse the call: %w", cmdlet.Name, refused)
}
