package phase

import (
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/roster"
	"hybrid/planner"
	"hybrid/schema"
)

// The kinds that phases speak of, as far as they speak of them.
var kinds = map[string]*schema.Kind{
	"sip_domain":        {Name: "sip_domain"},
	"tenant_federation": {Name: "tenant_federation", Singleton: true},
	"hosting_provider":  {Name: "hosting_provider"},
	"access_edge":       {Name: "access_edge", Singleton: true},
	"dns_record":        {Name: "dns_record", Labels: []string{"identity", "type"}, Attrs: []schema.Attr{{Name: "type", Type: cty.String}}},
	"user":              {Name: "user", Rows: &schema.Rows{Columns: columns}},
	endpointsKind:       {Name: endpointsKind},
	"user_homing":       {Name: "user_homing", Rows: &schema.Rows{Columns: columns, Attr: "target"}},
}

var columns = []string{"SipAddress", "HostingProvider"}

// declared makes objects of lines: kind, identity, then attribute=value, "absent" or sip addresses. Values are true,
// false, ? for unknown, or texts; those of records follow "values=" to the end of the line.
func declared(t *testing.T, lines ...string) []planner.Object {
	t.Helper()
	var all []planner.Object
	for n, line := range lines {
		head, values, hasValues := strings.Cut(line, " values=")
		words := strings.Fields(head)
		o := planner.Object{Kind: kinds[words[0]], Identity: words[1], Provider: "skype", Ranges: map[string]hcl.Range{}, Range: at(n + 1)}
		if o.Kind == nil {
			t.Fatalf("no kind %s", words[0])
		}
		o.Address = planner.Address{Kind: words[0], Labels: []string{words[1]}}
		attrs := map[string]cty.Value{}
		for _, word := range words[2:] {
			name, text, set := strings.Cut(word, "=")
			switch {
			case word == "absent":
				o.Absent, o.Ranges["ensure"] = true, at(n+1)
			case strings.HasPrefix(word, "sip:"):
				if o.Users == nil {
					o.Users = roster.New("sip_address", "identity")
				}
				o.Users.Append(word, word)
			case set:
				attrs[name], o.Ranges[name] = parsed(text), at(n+1)
			}
		}
		if hasValues {
			attrs["values"], o.Ranges["values"] = cty.SetVal([]cty.Value{cty.StringVal(values)}), at(n+1)
			if values == "?" {
				attrs["values"] = cty.UnknownVal(cty.Set(cty.String))
			}
		}
		o.Want = cty.ObjectVal(attrs)
		all = append(all, o)
	}
	return all
}

func parsed(text string) cty.Value {
	switch text {
	case "true", "false":
		return cty.BoolVal(text == "true")
	case "?":
		return cty.UnknownVal(cty.Bool)
	}
	return cty.StringVal(text)
}

func at(line int) hcl.Range {
	return hcl.Range{Filename: "main.hcl", Start: hcl.Pos{Line: line, Column: 1}, End: hcl.Pos{Line: line, Column: 9}}
}
