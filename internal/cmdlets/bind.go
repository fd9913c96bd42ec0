package cmdlets

import (
	"fmt"
	"slices"
	"strings"
)

// A Binding is a call as PowerShell understands it.
type Binding struct {
	Set string // the parameter set, "" where the cmdlet has a single unnamed one
	// Params are the given parameters under their full names, converted: bool for Boolean and switches, int64 for
	// integers, the declared spelling for enumerations, string for texts, identities and GUIDs, []any for lists;
	// anything for types known only to the real assemblies. A text that was given as null is "".
	Params map[string]any
}

// A BindError says why PowerShell refuses a call before the cmdlet runs.
type BindError struct {
	ID      string // the part of FullyQualifiedErrorId before the comma: "NamedParameterNotFound"
	Cmdlet  string
	Message string // PowerShell's own words
}

// The ids of [BindError], as PowerShell gives them.
const (
	NamedParameterNotFound    = "NamedParameterNotFound"
	AmbiguousParameter        = "AmbiguousParameter"
	AmbiguousParameterSet     = "AmbiguousParameterSet"
	ParameterAlreadyBound     = "ParameterAlreadyBound"
	MissingMandatoryParameter = "MissingMandatoryParameter"
	TransformationError       = "ParameterArgumentTransformationError"
	EmptyStringNotAllowed     = "ParameterArgumentValidationErrorEmptyStringNotAllowed"
	NullNotAllowed            = "ParameterArgumentValidationErrorNullNotAllowed"
)

func (e *BindError) Error() string { return e.Message }

// Kind is the FullyQualifiedErrorId: "NamedParameterNotFound,New-CsHostingProvider".
func (e *BindError) Kind() string { return e.ID + "," + e.Cmdlet }

// Category is the error category: "InvalidArgument" or "InvalidData".
func (e *BindError) Category() string {
	switch e.ID {
	case TransformationError, EmptyStringNotAllowed, NullNotAllowed:
		return "InvalidData"
	}
	return "InvalidArgument"
}

// Type is the .NET type of the exception.
func (e *BindError) Type() string {
	switch e.ID {
	case TransformationError:
		return "System.Management.Automation.ParameterBindingArgumentTransformationException"
	case EmptyStringNotAllowed, NullNotAllowed:
		return "System.Management.Automation.ParameterBindingValidationException"
	}
	return "System.Management.Automation.ParameterBindingException"
}

// Bind binds a call with named parameters the way PowerShell does: names in any case, unambiguous abbreviations and
// aliases, values converted to the parameter's type, then the parameter set that all of them fit, then the mandatory
// parameters of that set. It panics when the tables have no such cmdlet: ask [Tables.Cmdlet] first.
func (t *Tables) Bind(name string, params map[string]any) (Binding, *BindError) {
	c := t.Cmdlet(name)
	if c == nil {
		panic("cmdlets: no cmdlet " + name)
	}
	return c.Bind(params)
}

// Bind is [Tables.Bind] of this cmdlet.
func (c *Cmdlet) Bind(params map[string]any) (Binding, *BindError) {
	given := make([]string, 0, len(params))
	for name := range params {
		given = append(given, name)
	}
	slices.Sort(given) // PowerShell stops at the first error in a hashtable's order, which is arbitrary; ours is not
	bound := map[string]any{}
	for _, name := range given {
		p, err := c.resolve(name)
		if err != nil {
			return Binding{}, err
		}
		if _, twice := bound[p.Name]; twice {
			return Binding{}, c.failure(ParameterAlreadyBound, "Cannot bind parameter because parameter '%s' is specified more than once. "+
				"To provide multiple values to parameters that can accept multiple values, use the array syntax. "+
				"For example, \"-parameter value1,value2,value3\".", p.Name)
		}
		if bound[p.Name], err = c.convert(p, params[name]); err != nil {
			return Binding{}, err
		}
	}
	set, err := c.chooseSet(bound)
	if err != nil {
		return Binding{}, err
	}
	if err := c.missing(set, bound); err != nil {
		return Binding{}, err
	}
	return Binding{Set: set.Name, Params: bound}, nil
}

func (c *Cmdlet) failure(id, format string, args ...any) *BindError {
	return &BindError{ID: id, Cmdlet: c.Name, Message: fmt.Sprintf(format, args...)}
}

// resolve finds the parameter that a name means: its full name, else an alias, else a beginning that only one has. Where
// several begin so, a single one that is not common to all cmdlets wins.
func (c *Cmdlet) resolve(name string) (*Param, *BindError) {
	if p := c.Param(name); p != nil { // as most are given
		return p, nil
	}
	all := append(c.Params(), commonParams()...)
	for _, matches := range []func(*Param, string) bool{(*Param).hasName, (*Param).hasAlias} {
		if n := slices.IndexFunc(all, func(p *Param) bool { return matches(p, name) }); n >= 0 {
			return all[n], nil
		}
	}
	var prefixed, common []*Param
	for _, p := range all {
		switch {
		case !p.begins(name):
		case p.isCommon():
			common = append(common, p)
		default:
			prefixed = append(prefixed, p)
		}
	}
	if len(prefixed) == 0 {
		prefixed = common
	}
	switch len(prefixed) {
	case 0:
		return nil, c.failure(NamedParameterNotFound, "A parameter cannot be found that matches parameter name '%s'.", name)
	case 1:
		return prefixed[0], nil
	}
	var names strings.Builder
	for _, p := range prefixed {
		names.WriteString(" -" + p.Name)
	}
	return nil, c.failure(AmbiguousParameter, "Parameter cannot be processed because the parameter name '%s' is ambiguous. Possible matches include:%s.", name, names.String())
}

func (p *Param) hasName(name string) bool { return strings.EqualFold(p.Name, name) }

func (p *Param) hasAlias(name string) bool {
	return slices.ContainsFunc(p.Aliases, func(alias string) bool { return strings.EqualFold(alias, name) })
}

// begins says whether a name is a beginning of the parameter's name or of an alias.
func (p *Param) begins(name string) bool {
	return slices.ContainsFunc(append([]string{p.Name}, p.Aliases...), func(own string) bool {
		return len(own) > len(name) && strings.EqualFold(own[:len(name)], name)
	})
}

// chooseSet finds the parameter set of a call: one that holds every given parameter. Of several the default wins, even
// where it lacks a mandatory parameter; failing that, the only one that lacks none.
func (c *Cmdlet) chooseSet(bound map[string]any) (*Set, *BindError) {
	fitting := c.fitting(bound)
	switch len(fitting) {
	case 0:
		return nil, c.ambiguousSet()
	case 1:
		return fitting[0], nil
	}
	if standard := c.DefaultSet(); slices.Contains(fitting, standard) {
		return standard, nil
	}
	var complete []*Set
	for _, set := range fitting {
		if c.missing(set, bound) == nil {
			complete = append(complete, set)
		}
	}
	if len(complete) != 1 {
		return nil, c.ambiguousSet()
	}
	return complete[0], nil
}

func (c *Cmdlet) ambiguousSet() *BindError {
	return c.failure(AmbiguousParameterSet, "Parameter set cannot be resolved using the specified named parameters. "+
		"One or more parameters issued cannot be used together or an insufficient number of parameters were provided.")
}

// fitting lists the sets that hold every bound parameter.
func (c *Cmdlet) fitting(bound map[string]any) []*Set {
	var sets []*Set
	for n := range c.Sets {
		fits := true
		for name := range bound {
			if p := c.Param(name); p != nil && !p.In(c.Sets[n].Name) {
				fits = false
			}
		}
		if fits {
			sets = append(sets, &c.Sets[n])
		}
	}
	return sets
}

// DefaultSet is the set that is taken where several fit: the one declared so, the one named Identity, the first.
// Most pages declare none.
func (c *Cmdlet) DefaultSet() *Set {
	for n := range c.Sets {
		if c.Sets[n].Default {
			return &c.Sets[n]
		}
	}
	for n := range c.Sets {
		if c.Sets[n].Name == "Identity" {
			return &c.Sets[n]
		}
	}
	return &c.Sets[0]
}

// missing names the set's mandatory parameters that are not bound.
func (c *Cmdlet) missing(set *Set, bound map[string]any) *BindError {
	var names []string
	for _, name := range set.Params {
		if _, ok := bound[name]; !ok && c.Param(name).Mandatory(set.Name) {
			names = append(names, name)
		}
	}
	if names == nil {
		return nil
	}
	return c.failure(MissingMandatoryParameter, "Cannot process command because of one or more missing mandatory parameters: %s.", strings.Join(names, " "))
}
