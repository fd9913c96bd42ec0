package config

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	hcljson "github.com/hashicorp/hcl/v2/json"
	"github.com/zclconf/go-cty/cty"

	"hybrid/schema"
)

// variablePrefix begins the environment variables that set variables.
const variablePrefix = "HYBRID_VAR_"

// byFlag is where a value comes from that stands in the command line.
const byFlag = "by --var"

// givenValue is what a variable was set to from outside the configuration, and how.
type givenValue struct {
	value cty.Value
	text  *string // where only a text was given, to be read by the variable's type
	from  string  // "by --var", "in prod.vars.hcl:3"
}

// read gives the value. A text is taken as it is for a string and read as an expression for any other type.
func (g *givenValue) read(v *variable) (cty.Value, error) {
	if g.text == nil {
		return g.value, nil
	}
	if v.kind.IsPrimitiveType() || v.kind == cty.DynamicPseudoType {
		return cty.StringVal(*g.text), nil
	}
	expr, diags := hclsyntax.ParseExpression([]byte(*g.text), "value", hcl.InitialPos)
	if !diags.HasErrors() {
		var value cty.Value
		if value, diags = expr.Value(nil); !diags.HasErrors() {
			return value, nil
		}
	}
	// The parser's own words would quote the value.
	return cty.DynamicVal, errors.New(`what was given cannot be read as such a value; lists are written ["a", "b"], objects {a = "b"}`)
}

// givenValues collects what variables are set to: --var before --var-file before the environment, later files before
// earlier ones.
func (l *loader) givenValues() map[string]*givenValue {
	given := map[string]*givenValue{}
	for name := range l.variableDecl {
		if value, ok := l.LookupEnv(variablePrefix + name); ok {
			given[name] = &givenValue{text: &value, from: "by the environment variable " + variablePrefix + name}
		}
	}
	for _, path := range l.VarFiles {
		l.readVariableFile(path, given)
	}
	for _, name := range slices.Sorted(maps.Keys(l.Vars)) {
		if l.variableDecl[name] == nil && l.partial {
			continue
		}
		if l.variableDecl[name] == nil {
			l.diags = append(l.diags, &hcl.Diagnostic{
				Severity: hcl.DiagError, Summary: "No such variable",
				Detail: fmt.Sprintf("--var sets %q, and no variable block declares it.%s", name, schema.DidYouMean(name, l.variableNames())),
			})
			continue
		}
		value := l.Vars[name]
		given[name] = &givenValue{text: &value, from: byFlag}
	}
	return given
}

func (l *loader) variableNames() []string { return slices.Sorted(maps.Keys(l.variableDecl)) }

// readVariableFile reads name = value lines in HCL, or an object in JSON. The file is no part of Sources: its lines may
// hold secrets, and diagnostics show source lines.
func (l *loader) readVariableFile(path string, given map[string]*givenValue) {
	src, err := readRegular(path)
	if err != nil {
		l.diags = append(l.diags, &hcl.Diagnostic{
			Severity: hcl.DiagError, Summary: "Cannot read the variables",
			Detail: fmt.Sprintf("--var-file %s: %s.", path, cause(err)),
		})
		return
	}
	src = []byte(strings.TrimPrefix(string(src), string(utf8BOM)))
	var file *hcl.File
	diags := nested(src, path)
	if strings.HasSuffix(path, ".json") {
		diags = nestedJSON(src, path)
	}
	if diags.HasErrors() {
		l.unreadable(diags)
		return
	}
	if strings.HasSuffix(path, ".json") {
		file, diags = hcljson.Parse(src, path)
	} else {
		file, diags = hclsyntax.ParseConfig(src, path, hcl.InitialPos)
	}
	if diags.HasErrors() {
		l.unreadable(diags)
		return
	}
	attrs, diags := file.Body.JustAttributes()
	l.unreadable(diags)
	for _, name := range slices.Sorted(maps.Keys(attrs)) {
		l.takeVariable(name, attrs[name], given)
	}
}

// unreadable reports where a file of variables is not what it should be. The parser's own words may quote what stands
// there.
func (l *loader) unreadable(diags hcl.Diagnostics) {
	for _, d := range diags {
		l.fail(subject(d), "Cannot read the variables", "A file of variables holds lines of name = value, or is a JSON object; this cannot be read as one.")
	}
}

func (l *loader) takeVariable(name string, attr *hcl.Attribute, given map[string]*givenValue) {
	if l.variableDecl[name] == nil && l.partial {
		return
	}
	if l.variableDecl[name] == nil {
		d := problem(attr.NameRange, "No such variable", "No variable block declares %q, so it sets nothing.%s", name, schema.DidYouMean(name, l.variableNames()))
		d.Severity = hcl.DiagWarning // one file often serves several configurations
		l.diags = append(l.diags, d)
		return
	}
	value, diags := schema.Evaluate(attr.Expr, nil)
	if diags.HasErrors() {
		l.fail(attr.NameRange, "Not a constant", "A file of variables holds constants only, and %s is none.", name)
		return
	}
	given[name] = &givenValue{value: value, from: "in " + schema.Place(attr.NameRange)}
}
