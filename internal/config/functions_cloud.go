package config

import (
	"errors"
	"strings"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"

	"hybrid/internal/clouds"
)

// cloudFunctions are those that depend on the configuration's cloud.
func (l *loader) cloudFunctions() map[string]function.Function {
	return map[string]function.Function{"metadata_url": l.metadataURLFunc()}
}

// metadataURLFunc is metadata_url(tenant_id): where the tenant's sign-in service describes itself to servers. It is held
// against the cloud also while the id is not known yet.
func (l *loader) metadataURLFunc() function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "tenant_id", Type: cty.String, AllowUnknown: true, AllowDynamicType: true}},
		Type:   function.StaticReturnType(cty.String),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			if !l.sky.stands() {
				return cty.UnknownVal(cty.String), nil
			}
			if problem := l.sky.use(metadataURL, l.sky.where); problem != "" {
				return cty.UnknownVal(cty.String), errors.New(problem)
			}
			if !args[0].IsKnown() {
				return cty.UnknownVal(cty.String), nil
			}
			id := args[0].AsString()
			if id == "" || strings.ContainsAny(id, "/?#{} ") {
				return cty.UnknownVal(cty.String), function.NewArgErrorf(0, "%q is no tenant: write its id, a GUID, such as data.tenant.NAME.id", id)
			}
			return cty.StringVal(strings.ReplaceAll(l.sky.Text(metadataURL), clouds.Tenant, id)), nil
		},
	})
}
