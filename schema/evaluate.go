package schema

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// Evaluate gives an expression's value. Errors never show a sensitive value: where one has gone into what failed, the
// reason is left out.
func Evaluate(expr hcl.Expression, ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	v, diags := expr.Value(ctx)
	for _, d := range diags {
		if d.Expression != nil && d.EvalContext != nil && fedBySecret(d.Expression, d.EvalContext) && !quotesNothing(d) {
			d.Detail = "A sensitive value went into this, so the reason is not shown."
		}
		outside := nameFunction(d)
		suggestFunction(d)
		d.Expression, d.EvalContext, d.Extra = nil, nil, nil // so that nothing can print values from it
		if outside {
			d.Extra = Outside{}
		}
	}
	return v, diags
}

// A Refusal is an error of a function that holds nothing of its arguments: it is shown also where one of them is a secret.
type Refusal string

func (r Refusal) Error() string { return string(r) }

// quotesNothing says whether a diagnostic is that of a function with a [Refusal].
func quotesNothing(d *hcl.Diagnostic) bool {
	call, is := hcl.DiagnosticExtra[hclsyntax.FunctionCallDiagExtra](d)
	if !is {
		return false
	}
	_, is = call.FunctionCallError().(Refusal)
	return is
}

// functionError is how hcl begins what a function says of itself or of an argument.
var functionError = regexp.MustCompile(`^(Invalid value for "[^"]*" parameter|Call to function "[^"]*" failed): `)

// Outside is the Extra of a diagnostic whose cause lies in the environment or in another file, however many lines of the
// configuration run into it.
type Outside struct{}

// outside says of the functions that look beyond the configuration what has failed when they do.
var outside = map[string]string{
	"env":            "The environment lacks a value",
	"file":           "A file cannot be used",
	"secret_file":    "A file cannot be used",
	"secret_command": "A program gave no secret",
	"keyring":        "The keyring gave no secret",
	"templatefile":   "A file cannot be used",
	"csvdecode":      "A table cannot be used",
	"users_csv":      "A table cannot be used",
}

// nameFunction lets a function speak for itself, "file: cannot read …", and says whether it looks beyond the configuration.
func nameFunction(d *hcl.Diagnostic) bool {
	call, ok := hcl.DiagnosticExtra[hclsyntax.FunctionCallDiagExtra](d)
	if !ok || call.FunctionCallError() == nil || !functionError.MatchString(d.Detail) {
		return false
	}
	summary, beyond := outside[call.CalledFunctionName()]
	d.Summary = summary
	if !beyond {
		d.Summary = "A function failed"
	}
	d.Detail = call.CalledFunctionName() + ": " + functionError.ReplaceAllString(d.Detail, "")
	d.Detail = strings.Replace(d.Detail, "?.", "?", 1)
	return beyond
}

// suggestFunction puts the nearest function in the place of any that is near, which is what hcl names.
func suggestFunction(d *hcl.Diagnostic) {
	call, ok := hcl.DiagnosticExtra[hclsyntax.FunctionCallUnknownDiagExtra](d)
	if !ok {
		return
	}
	known := map[string]function.Function{}
	for ctx := d.EvalContext; ctx != nil; ctx = ctx.Parent() {
		maps.Copy(known, ctx.Functions)
	}
	d.Summary = "No such function"
	d.Detail = fmt.Sprintf("There is no function %q.%s", call.CalledFunctionName(), DidYouMean(call.CalledFunctionName(), slices.Sorted(maps.Keys(known))))
}

// fedBySecret says whether an expression, or what a call is given, holds a sensitive value.
func fedBySecret(expr hcl.Expression, ctx *hcl.EvalContext) bool {
	if native, ok := expr.(hclsyntax.Node); ok {
		return nodeFedBySecret(native, ctx)
	}
	v, _ := expr.Value(ctx)
	return IsSensitive(v)
}

// nodeFedBySecret looks at every sub-expression, because the result of a call that failed has lost its marks.
func nodeFedBySecret(node hclsyntax.Node, ctx *hcl.EvalContext) bool {
	found := false
	hclsyntax.VisitAll(node, func(n hclsyntax.Node) hcl.Diagnostics {
		if sub, ok := n.(hclsyntax.Expression); ok && !found {
			v, _ := sub.Value(ctx)
			found = IsSensitive(v)
		}
		return nil
	})
	return found
}
