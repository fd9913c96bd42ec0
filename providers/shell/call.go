package shell

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/powershell"
	"hybrid/planner"
	"hybrid/schema"
)

// A Call is one cmdlet call. Its text shows what will be issued, with a word in the place of a secret and of what is
// known only after apply.
type Call struct {
	Command powershell.Command // what is issued; it may hold secrets
	Secret  []string           // parameters whose values are never shown
	Unknown []string           // parameters whose values are known only after apply: the call cannot be issued yet
	later   []planner.WordKind // of those: how each is asked for
}

func (c Call) String() string {
	shown := powershell.Command{Cmdlet: c.Command.Cmdlet, Params: slices.Clone(c.Command.Params)}
	for i := range shown.Params {
		switch name := shown.Params[i].Name; {
		case slices.Contains(c.Unknown, name):
			shown.Params[i].Value = powershell.Placeholder("(known after apply)")
		case slices.Contains(c.Secret, name):
			shown.Params[i].Value = powershell.Placeholder("(sensitive)")
		}
	}
	return shown.String()
}

// ready says why the call cannot be issued, nil where it can.
func (c Call) ready() error {
	if len(c.Unknown) == 0 {
		return nil
	}
	return fmt.Errorf("%s cannot be called yet: the value of %s is not known", c.Command.Cmdlet, strings.Join(c.Unknown, " and "))
}

// add appends a parameter with a cty value. Secret values are told by their marks.
func (c *Call) add(arg schema.Arg) error {
	value, marks := arg.Value.UnmarkDeep()
	if len(marks) > 0 {
		c.Secret = append(c.Secret, arg.Name)
	}
	if !value.IsWhollyKnown() {
		c.Unknown, c.later = append(c.Unknown, arg.Name), append(c.later, laterKind(value.Type()))
		c.Command.Params = append(c.Command.Params, powershell.Param{Name: arg.Name})
		return nil
	}
	plain, err := argument(value)
	if err != nil {
		return fmt.Errorf("-%s: %w", arg.Name, err)
	}
	c.Command.Params = append(c.Command.Params, powershell.Param{Name: arg.Name, Value: plain})
	return nil
}

// laterKind is how a value of a type is asked for that is known only after apply.
func laterKind(t cty.Type) planner.WordKind {
	switch {
	case t == cty.Bool:
		return planner.LaterBool
	case t.IsSetType() || t.IsListType():
		return planner.LaterList
	}
	return planner.Later
}

// argument is a known value in the form that the host agent takes. Null unsets a text; nothing else can be unset.
func argument(v cty.Value) (any, error) {
	switch {
	case v.IsNull() && v.Type() == cty.String:
		return nil, nil
	case v.IsNull():
		return nil, errors.New("it had no value, and the cmdlet cannot take one away")
	case v.Type() == cty.String:
		return v.AsString(), nil
	case v.Type() == cty.Bool:
		return v.True(), nil
	case v.Type() == cty.Number:
		return number(v), nil
	case v.Type().Equals(resultType()):
		return *v.EncapsulatedValue().(*powershell.Command), nil
	case v.Type().IsSetType() || v.Type().IsListType():
		return arguments(v)
	case isCredential(v):
		return powershell.Credential{Username: TextOf(v.GetAttr("username")), Password: TextOf(v.GetAttr("password"))}, nil
	}
	return nil, fmt.Errorf("a cmdlet takes no %s", v.Type().FriendlyName())
}

// arguments are the elements of a list or, in an order that is always the same, of a set.
func arguments(v cty.Value) (any, error) {
	list := make([]any, 0, v.LengthInt())
	for it := v.ElementIterator(); it.Next(); {
		_, element := it.Element()
		plain, err := argument(element)
		if err != nil {
			return nil, err
		}
		list = append(list, plain)
	}
	return list, nil
}

// number keeps whole numbers whole.
func number(v cty.Value) any {
	f := v.AsBigFloat()
	if n, exact := f.Int64(); exact == 0 {
		return n
	}
	n, _ := f.Float64()
	return n
}

// isCredential says whether a value is a credential block.
func isCredential(v cty.Value) bool {
	t := v.Type()
	return t.IsObjectType() && t.HasAttribute("username") && t.HasAttribute("password")
}
