// Package deps pins modules until the packages that use them have landed.
package deps

import (
	_ "github.com/agext/levenshtein"
	_ "github.com/beevik/etree"
	_ "github.com/cenkalti/backoff/v5"
	_ "github.com/google/go-cmp/cmp"
	_ "github.com/hashicorp/go-cty-funcs/cidr"
	_ "github.com/hashicorp/go-cty-funcs/encoding"
	_ "github.com/hashicorp/go-hclog"
	_ "github.com/hashicorp/go-version"
	_ "github.com/hashicorp/hcl/v2/ext/tryfunc"
	_ "github.com/hashicorp/hcl/v2/ext/typeexpr"
	_ "github.com/hashicorp/hcl/v2/hcldec"
	_ "github.com/hashicorp/hcl/v2/hclsyntax"
	_ "github.com/hashicorp/hcl/v2/hclwrite"
	_ "github.com/hashicorp/terraform-json"
	_ "github.com/masterzen/winrm"
	_ "github.com/miekg/dns"
	_ "github.com/rogpeppe/go-internal/testscript"
	_ "github.com/spf13/cobra"
	_ "github.com/vbauerster/mpb/v8"
	_ "github.com/zclconf/go-cty-yaml"
	_ "github.com/zclconf/go-cty/cty/function/stdlib"
	_ "go.uber.org/goleak"
	_ "golang.org/x/term"
	_ "pgregory.net/rapid"
)
