package skype

import (
	"github.com/zclconf/go-cty/cty"

	"hybrid/providers/shell"
)

// What the kinds of this package say often, under short names.

const maxUInt32 = shell.MaxUInt32

func tells(v cty.Value) bool                             { return shell.Tells(v) }
func isText(v cty.Value, text string) bool               { return shell.IsText(v, text) }
func textOf(v cty.Value) string                          { return shell.TextOf(v) }
func paramOf(name string) string                         { return shell.ParamOf(name) }
func checkFQDN(v cty.Value) error                        { return shell.CheckFQDN(v) }
func normFQDN(v cty.Value) cty.Value                     { return shell.NormFQDN(v) }
func checkCount(least, most int64) func(cty.Value) error { return shell.CheckCount(least, most) }
func fqdnProblem(name string) string                     { return shell.FQDNProblem(name) }
