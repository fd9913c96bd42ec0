package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"hybrid/internal/config"
	"hybrid/schema"
)

// A block is what is known of one provider block that is to be written.
type block struct {
	name   string            // "skype", "dns.external"
	values map[string]string // by argument, as they are typed
}

// providersFile is the blocks as a file. Secrets come from the environment, and the tenant's id is a local value, so that what is
// imported can refer to it.
func providersFile(blocks []block) ([]byte, error) {
	var text strings.Builder
	if id := tenantOf(blocks); id != "" {
		fmt.Fprintf(&text, "locals {\ntenant_id = %s\n}\n\n", literalText(id))
	}
	for _, b := range blocks {
		if err := b.write(&text); err != nil {
			return nil, err
		}
	}
	formatted, diags := config.Format([]byte(text.String()), "providers.hcl")
	if diags.HasErrors() {
		return nil, diags
	}
	return formatted, nil
}

// tenantOf is the one tenant that blocks name, "" where they name none, or several.
func tenantOf(blocks []block) string {
	id := ""
	for _, b := range blocks {
		own := b.values["tenant_id"]
		if own != "" && id != "" && own != id {
			return ""
		}
		id = orElse(id, own)
	}
	return id
}

func (b block) write(text *strings.Builder) error {
	system, label, _ := strings.Cut(b.name, ".")
	s, err := systemNamed(system)
	switch {
	case err != nil:
		return err
	case s.Named && label == "":
		return fmt.Errorf("--provider %s: there may be several of these, so each has a name: write --provider %s.external", b.name, system)
	case !s.Named && label != "":
		return fmt.Errorf("--provider %s: there is one of these, without a name: write --provider %s", b.name, system)
	}
	fmt.Fprintf(text, "provider %s", literalText(system))
	if label != "" {
		fmt.Fprintf(text, " %s", literalText(label))
	}
	text.WriteString(" {\n")
	if err := b.arguments(text, s); err != nil {
		return err
	}
	text.WriteString("}\n\n")
	return nil
}

// arguments are the block's, in the order of the system's. A secret is taken from the environment where something needs it.
func (b block) arguments(text *strings.Builder, s *schema.System) error {
	for name, value := range b.values {
		a := systemAttr(s, name)
		if a == nil {
			return fmt.Errorf("--set %s.%s: there is no such argument.%s", b.name, name, schema.DidYouMean(name, systemAttrNames(s)))
		}
		if a.Sensitive {
			return fmt.Errorf("--set %s.%s: it is a secret, which does not belong on a command line: leave it out, and set the environment variable %s", b.name, name, b.variable(a.Name))
		}
		if _, err := typed(a, value); err != nil {
			return fmt.Errorf("--set %s.%s: %w", b.name, name, err)
		}
	}
	for i := range s.Attrs {
		a := &s.Attrs[i]
		value, said := b.values[a.Name]
		switch {
		case said && a.Name == "tenant_id" && value == tenantOf([]block{b}):
			fmt.Fprintf(text, "tenant_id = local.tenant_id\n")
		case said:
			v, _ := typed(a, value)
			fmt.Fprintf(text, "%s = %s\n", a.Name, hclwrite.TokensForValue(v).Bytes())
		case a.Sensitive && b.needs(s.Name, a.Name):
			fmt.Fprintf(text, "%s = env(%s)\n", a.Name, literalText(b.variable(a.Name)))
		}
	}
	return nil
}

// needs says whether the block takes a secret: one that goes with an account that it names, or that signs an application in.
func (b block) needs(system, secret string) bool {
	for _, s := range asked {
		if s.system != system || !slices.Contains(s.secrets, secret) {
			continue
		}
		account, ofAccount := strings.CutSuffix(secret, "password")
		return !ofAccount || b.values[account+"username"] != ""
	}
	return secret == "password" && b.values["username"] != ""
}

// variable is the environment variable that a secret of the block is taken from: HYBRID_SKYPE_PASSWORD.
func (b block) variable(attr string) string {
	return "HYBRID_" + strings.ToUpper(strings.NewReplacer(".", "_", "-", "_").Replace(b.name+"_"+attr))
}

// typed is a text as a value of an argument; lists are separated by commas.
func typed(a *schema.Attr, text string) (cty.Value, error) {
	v := cty.StringVal(text)
	if a.Type.IsListType() || a.Type.IsSetType() {
		var elements []cty.Value
		for part := range strings.SplitSeq(text, ",") {
			if part = strings.TrimSpace(part); part != "" {
				elements = append(elements, cty.StringVal(part))
			}
		}
		v = cty.TupleVal(elements)
	}
	converted, err := convert.Convert(v, a.Type)
	if err != nil {
		return v, fmt.Errorf("it takes %s, and %q is not that", schema.TypeName(a.Type), text)
	}
	return converted, nil
}

func literalText(text string) string {
	return string(hclwrite.TokensForValue(cty.StringVal(text)).Bytes())
}

func systemNamed(name string) (*schema.System, error) {
	all, _ := declarations()
	var names []string
	for _, s := range all {
		if s.Name == name {
			return s, nil
		}
		names = append(names, s.Name)
	}
	return nil, fmt.Errorf("--provider: there is no provider %q.%s There are %s", name, schema.DidYouMean(name, names), strings.Join(names, ", "))
}

func systemAttr(s *schema.System, name string) *schema.Attr {
	for i := range s.Attrs {
		if s.Attrs[i].Name == name {
			return &s.Attrs[i]
		}
	}
	return nil
}

func systemAttrNames(s *schema.System) []string {
	var names []string
	for i := range s.Attrs {
		names = append(names, s.Attrs[i].Name)
	}
	return names
}
