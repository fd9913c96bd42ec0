package config

import (
	"fmt"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"

	"hybrid/schema"
)

// fileFunctions are those that read files.
func (l *loader) fileFunctions() map[string]function.Function {
	return map[string]function.Function{
		"file": textFunc("path", l.file), "fileexists": l.fileExistsFunc(), "templatefile": l.templateFileFunc(),
		"csvdecode": l.csvDecodeFunc(), "users_csv": l.usersCSVFunc(),
	}
}

// file gives a file's text.
func (l *loader) file(path string) (string, error) {
	src, err := l.files.get(path)
	if err != nil {
		return "", err
	}
	if len(src) > 1 && src[0] == 0x30 && src[1]&0x80 != 0 && !utf8.Valid(src) { // a SEQUENCE in DER, of more than 127 bytes
		return "", fmt.Errorf("%q is a certificate in binary form (DER or PFX): export it again as Base-64 encoded X.509, without its private key; certutil -encode OLD.cer NEW.cer turns a DER one into that", path)
	}
	if !utf8.Valid(src) {
		return "", fmt.Errorf("%q is not UTF-8 text; save it as UTF-8", path)
	}
	return string(src), nil
}

func (l *loader) fileExistsFunc() function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "path", Type: cty.String}},
		Type:   function.StaticReturnType(cty.Bool),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			exists, err := l.files.exists(args[0].AsString())
			if err != nil {
				return cty.UnknownVal(cty.Bool), function.NewArgError(0, err)
			}
			return cty.BoolVal(exists), nil
		},
	})
}

// templateFileFunc evaluates a file as a template with the given variables.
func (l *loader) templateFileFunc() function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{
			{Name: "path", Type: cty.String},
			{Name: "variables", Type: cty.DynamicPseudoType},
		},
		Type: function.StaticReturnType(cty.String),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			v, err := l.template(args[0].AsString(), args[1])
			if err != nil {
				return cty.UnknownVal(cty.String), function.NewArgError(0, err)
			}
			return v, nil
		},
	})
}

func (l *loader) template(path string, variables cty.Value) (cty.Value, error) {
	src, err := l.file(path)
	if err != nil {
		return cty.DynamicVal, err
	}
	if !variables.Type().IsObjectType() && !variables.Type().IsMapType() {
		return cty.DynamicVal, fmt.Errorf("the second argument is an object of the template's variables, and this is %s", schema.TypeName(variables.Type()))
	}
	expr, diags := hclsyntax.ParseTemplate([]byte(src), path, hcl.InitialPos)
	if diags.HasErrors() {
		return cty.DynamicVal, fmt.Errorf("%s: %s", schema.Place(subject(diags[0])), diags[0].Detail)
	}
	functions := l.functionTable()
	delete(functions, "templatefile") // a template that includes itself would not end
	v, diags := schema.Evaluate(expr, &hcl.EvalContext{Variables: variables.AsValueMap(), Functions: functions})
	if diags.HasErrors() {
		return cty.DynamicVal, fmt.Errorf("%s: %s", schema.Place(subject(diags[0])), diags[0].Detail)
	}
	return v, nil
}

// csvDecodeFunc gives a list of objects, one a row, of texts.
func (l *loader) csvDecodeFunc() function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "text", Type: cty.String}},
		Type: func(args []cty.Value) (cty.Type, error) {
			if !args[0].IsKnown() {
				return cty.DynamicPseudoType, nil
			}
			f, err := openCSV(l.files.named(args[0].AsString()), []byte(args[0].AsString()))
			if err != nil {
				return cty.DynamicPseudoType, function.NewArgError(0, err)
			}
			columns := map[string]cty.Type{}
			for _, name := range f.columns {
				columns[name] = cty.String
			}
			return cty.List(cty.Object(columns)), nil
		},
		Impl: func(args []cty.Value, t cty.Type) (cty.Value, error) {
			rows, err := l.files.decodeCSV(args[0].AsString())
			if err != nil {
				return cty.UnknownVal(t), function.NewArgError(0, err)
			}
			return schema.Collection(t, rows), nil
		},
	})
}

// usersCSVFunc is users_csv(path, where): a table of users that never becomes values.
func (l *loader) usersCSVFunc() function.Function {
	return function.New(&function.Spec{
		Params:   []function.Parameter{{Name: "path", Type: cty.String}},
		VarParam: &function.Parameter{Name: "where", Type: cty.DynamicPseudoType},
		Type:     function.StaticReturnType(usersType),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			where := filter{}
			if len(args) > 2 {
				return cty.UnknownVal(usersType), function.NewArgErrorf(2, "users_csv takes a file and one object of columns")
			}
			if len(args) == 2 {
				var err error
				if where, err = filterOf(args[1]); err != nil {
					return cty.UnknownVal(usersType), function.NewArgError(1, err)
				}
			}
			users, err := l.files.users(args[0].AsString(), where)
			if err != nil {
				return cty.UnknownVal(usersType), function.NewArgError(0, err)
			}
			return cty.CapsuleVal(usersType, users), nil
		},
	})
}
