package config

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"

	"hybrid/schema"
)

// ownFunctions are those that the standard library of cty lacks.
func ownFunctions(secrets *secretTexts) map[string]function.Function {
	return map[string]function.Function{
		"length": lengthFunc(), "sum": sumFunc(), "alltrue": boolsFunc(true), "anytrue": boolsFunc(false), "one": oneFunc(),
		"startswith":  textTest(strings.HasPrefix),
		"endswith":    textTest(strings.HasSuffix),
		"strcontains": textTest(strings.Contains),
		"sha256": textFunc("text", func(s string) (string, error) {
			sum := sha256.Sum256([]byte(s))
			return hex.EncodeToString(sum[:]), nil
		}),
		"sensitive":            sensitiveFunc(secrets),
		"hosted_migration_url": textFunc("url", hostedMigrationURL),
	}
}

// textFunc is a function from text to text.
func textFunc(name string, f func(string) (string, error)) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: name, Type: cty.String}},
		Type:   function.StaticReturnType(cty.String),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			s, err := f(args[0].AsString())
			if err != nil {
				return cty.UnknownVal(cty.String), function.NewArgError(0, err)
			}
			return cty.StringVal(s), nil
		},
	})
}

// textTest is a function of two texts that is true or false.
func textTest(f func(s, part string) bool) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "text", Type: cty.String}, {Name: "part", Type: cty.String}},
		Type:   function.StaticReturnType(cty.Bool),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			return cty.BoolVal(f(args[0].AsString(), args[1].AsString())), nil
		},
	})
}

// lengthFunc counts elements, or the characters of a text.
func lengthFunc() function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "value", Type: cty.DynamicPseudoType, AllowDynamicType: true}},
		Type:   function.StaticReturnType(cty.Number),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			v := args[0]
			switch {
			case v.Type() == cty.DynamicPseudoType:
				return cty.UnknownVal(cty.Number), nil
			case v.Type() == cty.String:
				return stdlib.Strlen(v)
			case v.Type().Equals(usersType):
				return cty.NumberIntVal(int64(v.EncapsulatedValue().(*Users).Table.Len())), nil
			case v.Type().IsObjectType():
				return cty.NumberIntVal(int64(len(v.Type().AttributeTypes()))), nil
			case !v.CanIterateElements():
				return cty.UnknownVal(cty.Number), function.NewArgErrorf(0, "a list, a map or a string is needed")
			}
			return v.Length(), nil
		},
	})
}

func sumFunc() function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "numbers", Type: cty.List(cty.Number)}},
		Type:   function.StaticReturnType(cty.Number),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			total := cty.Zero
			for _, n := range args[0].AsValueSlice() {
				if n.IsNull() {
					return cty.UnknownVal(cty.Number), function.NewArgErrorf(0, "a number is null")
				}
				total = total.Add(n)
			}
			return total, nil
		},
	})
}

// boolsFunc tells whether all, or any, of a list of conditions hold.
func boolsFunc(all bool) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "conditions", Type: cty.List(cty.Bool)}},
		Type:   function.StaticReturnType(cty.Bool),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			result := cty.BoolVal(all)
			for _, c := range args[0].AsValueSlice() {
				switch {
				case c.IsNull():
					c = cty.False
				case !c.IsKnown():
					result = cty.UnknownVal(cty.Bool)
					continue
				}
				if c.True() != all {
					return c, nil
				}
			}
			return result, nil
		},
	})
}

// oneFunc gives the only element of a list, null for an empty one.
func oneFunc() function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "list", Type: cty.List(cty.DynamicPseudoType)}},
		Type: func(args []cty.Value) (cty.Type, error) {
			return args[0].Type().ElementType(), nil
		},
		Impl: func(args []cty.Value, t cty.Type) (cty.Value, error) {
			switch items := args[0].AsValueSlice(); len(items) {
			case 0:
				return cty.NullVal(t), nil
			case 1:
				return items[0], nil
			default:
				return cty.UnknownVal(t), function.NewArgErrorf(0, "it has %d elements, and one or none was expected", len(items))
			}
		},
	})
}

// sensitiveFunc marks a value. There is no way back.
func sensitiveFunc(secrets *secretTexts) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{
			Name: "value", Type: cty.DynamicPseudoType,
			AllowUnknown: true, AllowNull: true, AllowMarked: true, AllowDynamicType: true,
		}},
		Type: func(args []cty.Value) (cty.Type, error) { return args[0].Type(), nil },
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			secrets.keep(args[0])
			return args[0].Mark(schema.Sensitive), nil
		},
	})
}

// onlineHost is the host of an online admin centre: webdir or admin, and the forest. Of other clouds no source says where
// the migration service is.
var onlineHost = regexp.MustCompile(`^(?:webdir|admin)([0-9a-z]{2,3})\.online\.lync\.com$`)

// hostedMigrationURL gives what Move-CsUser takes as -HostedMigrationOverrideUrl for the address that the browser shows
// in the legacy admin centre: the same host with admin for webdir, and the path of the migration service ("Move users
// between on-premises and cloud", Microsoft's Skype for Business Server documentation).
func hostedMigrationURL(admin string) (string, error) {
	const form = `it looks like "https://webdir0a.online.lync.com/lscp/…"`
	u, err := url.Parse(strings.TrimSpace(admin))
	if err != nil || !utf8.ValidString(admin) {
		return "", fmt.Errorf("this is no URL; %s", form)
	}
	host := strings.ToLower(u.Hostname())
	parts := onlineHost.FindStringSubmatch(host)
	switch {
	case u.Scheme != "https":
		return "", fmt.Errorf("the address begins with https://; %s", form)
	case parts != nil:
		return "https://admin" + parts[1] + ".online.lync.com/HostedMigration/hostedmigrationService.svc", nil
	case strings.HasPrefix(host, "webdir.online.") || strings.HasPrefix(host, "admin.online."):
		return "", fmt.Errorf(`%s is the same for every tenant and names no forest; open the admin centre in a browser and take the address it leads to: %s. data "forest" finds it without a browser`, host, form)
	case strings.HasSuffix(host, ".skypeforbusiness.us") || strings.HasSuffix(host, ".partner.lync.cn"):
		return "", fmt.Errorf("%s is of a cloud of which no source says where its migration service is; leave hosted_migration_override_url out, or write the address itself where Microsoft has told it you", host)
	}
	return "", fmt.Errorf(`%s is no host of the legacy admin centre; %s. data "forest" finds it without a browser`, host, form)
}
