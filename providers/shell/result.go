package shell

import (
	"reflect"
	"sync"

	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/powershell"
)

// resultType is the type of values that stand for what another cmdlet returns.
var resultType = sync.OnceValue(func() cty.Type {
	return cty.Capsule("what a cmdlet returns", reflect.TypeFor[powershell.Command]())
})

// ResultOf is an argument's value that stands for what another cmdlet returns when the call is made: some parameters
// take objects that only a cmdlet of their module makes.
func ResultOf(c powershell.Command) cty.Value { return cty.CapsuleVal(resultType(), &c) }
