package cmdlets

import (
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
)

var guidForm = regexp.MustCompile(`^(\{[0-9A-Fa-f-]{36}\}|\([0-9A-Fa-f-]{36}\)|[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}|[0-9A-Fa-f]{32})$`)

// convert gives the value as the parameter's type has it.
func (c *Cmdlet) convert(p *Param, value any) (any, *BindError) {
	converted, reason := p.coerce(value)
	if reason != "" {
		return nil, c.failure(TransformationError, "Cannot process argument transformation on parameter '%s'. %s", p.Name, reason)
	}
	if len(p.mandatory) > 0 {
		switch {
		case converted == nil:
			return nil, c.failure(NullNotAllowed, "Cannot bind argument to parameter '%s' because it is null.", p.Name)
		case converted == "" && p.isText():
			return nil, c.failure(EmptyStringNotAllowed, "Cannot bind argument to parameter '%s' because it is an empty string.", p.Name)
		}
	}
	return converted, nil
}

// isText says whether values of the type are texts: strings, names of hosts, and identities, which the real cmdlets
// make from texts.
func (p *Param) isText() bool {
	t := strings.ToLower(p.Type)
	return t == "string" || t == "fqdn" || t == "uri" || strings.HasSuffix(t, "identity") || strings.HasSuffix(t, "idparameter")
}

// coerce converts a value or says why it cannot be, in PowerShell's words.
func (p *Param) coerce(value any) (any, string) {
	switch t := strings.ToLower(p.Type); {
	case p.isText():
		return toText(value), ""
	case t == "boolean":
		return toBool(value, "System.Boolean")
	case t == "switchparameter":
		return toBool(value, "System.Management.Automation.SwitchParameter")
	case intBounds(t) != nil:
		return toInteger(value, p.Type, intBounds(t))
	case t == "guid":
		return toGUID(value)
	case t == "datetime":
		return toTime(value)
	case t == "string[]" || t == "list":
		return toTexts(value), ""
	case len(p.Values) > 0:
		return p.toEnum(value)
	}
	return value, ""
}

func toText(value any) string {
	switch v := value.(type) {
	case nil:
		return ""
	case string:
		return v
	case bool:
		if v {
			return "True"
		}
		return "False"
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64)
	case []any:
		texts := make([]string, len(v))
		for n := range v {
			texts[n] = toText(v[n])
		}
		return strings.Join(texts, " ")
	}
	return fmt.Sprint(value)
}

func toTexts(value any) []any {
	list, ok := value.([]any)
	if !ok {
		if value == nil {
			return nil
		}
		list = []any{value}
	}
	texts := make([]any, len(list))
	for n := range list {
		texts[n] = toText(list[n])
	}
	return texts
}

func toBool(value any, typ string) (any, string) {
	switch v := value.(type) {
	case bool:
		return v, ""
	case nil:
		return nil, fmt.Sprintf("Cannot convert value \"\" to type \"%s\". Boolean parameters accept only Boolean values and numbers, such as $True, $False, 1 or 0.", typ)
	}
	if number, ok := toNumber(value); ok {
		return number != 0, ""
	}
	return nil, fmt.Sprintf("Cannot convert value \"%s\" to type \"%s\". Boolean parameters accept only Boolean values and numbers, such as $True, $False, 1 or 0.", toText(value), typ)
}

// intBounds gives the least and the greatest value of an integer type; nil for other types. The 64-bit bounds are
// those of what JSON numbers hold exactly.
func intBounds(t string) *[2]float64 {
	switch t {
	case "int32":
		return &[2]float64{math.MinInt32, math.MaxInt32}
	case "uint32":
		return &[2]float64{0, math.MaxUint32}
	case "uint16":
		return &[2]float64{0, math.MaxUint16}
	case "int64":
		return &[2]float64{-1 << 53, 1 << 53}
	case "uint64":
		return &[2]float64{0, 1 << 53}
	}
	return nil
}

func toNumber(value any) (float64, bool) {
	switch v := value.(type) {
	case float64:
		return v, true
	case int:
		return float64(v), true
	case int64:
		return float64(v), true
	case json.Number:
		f, err := v.Float64()
		return f, err == nil
	}
	return 0, false
}

func toInteger(value any, typ string, bounds *[2]float64) (any, string) {
	number, ok := toNumber(value)
	switch v := value.(type) {
	case nil:
		return int64(0), ""
	case bool:
		if v {
			return int64(1), ""
		}
		return int64(0), ""
	case string:
		parsed, err := strconv.ParseFloat(strings.TrimSpace(v), 64)
		number, ok = parsed, err == nil || strings.TrimSpace(v) == ""
		if !ok {
			return nil, fmt.Sprintf("Cannot convert value \"%s\" to type \"System.%s\". Error: \"The input string '%s' was not in a correct format.\"", v, typ, v)
		}
	}
	if !ok {
		return nil, fmt.Sprintf("Cannot convert the \"%s\" value to type \"System.%s\".", toText(value), typ)
	}
	number = math.RoundToEven(number)
	if number < bounds[0] || number > bounds[1] {
		return nil, fmt.Sprintf("Cannot convert value \"%s\" to type \"System.%s\". Error: \"Value was either too large or too small for a %s.\"", toText(value), typ, typ)
	}
	return int64(number), ""
}

func toGUID(value any) (any, string) {
	text := toText(value)
	if guidForm.MatchString(text) {
		return strings.ToLower(strings.Trim(text, "{}()")), ""
	}
	return nil, fmt.Sprintf("Cannot convert value \"%s\" to type \"System.Guid\". Error: \"Unrecognized Guid format.\"", text)
}

// toTime accepts the forms in which times are sent: ISO 8601, with or without a zone, or a date alone.
func toTime(value any) (any, string) {
	text := toText(value)
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05", time.DateTime, time.DateOnly, "1/2/2006", "1/2/2006 15:04:05"} {
		if at, err := time.Parse(layout, text); err == nil {
			return at.UTC().Format("2006-01-02T15:04:05.0000000Z"), ""
		}
	}
	return nil, fmt.Sprintf("Cannot convert value \"%s\" to type \"System.DateTime\". Error: \"The string '%s' was not recognized as a valid DateTime.\"", text, text)
}

// toEnum finds the name that a text means: in any case, or by a beginning that only one has; or by its number.
func (p *Param) toEnum(value any) (any, string) {
	if number, ok := toNumber(value); ok && number >= 0 && int(number) < len(p.Values) {
		return p.Values[int(number)], ""
	}
	text := toText(value)
	var found []string
	for _, name := range p.Values {
		if strings.EqualFold(name, text) {
			return name, ""
		}
		if text != "" && len(name) > len(text) && strings.EqualFold(name[:len(text)], text) {
			found = append(found, name)
		}
	}
	if len(found) == 1 {
		return found[0], ""
	}
	if value == nil {
		return nil, fmt.Sprintf("Cannot convert null to type \"%s\" due to enumeration values that are not valid. Specify one of the following enumeration values and try again. The possible enumeration values are \"%s\".", p.Type, strings.Join(p.Values, ","))
	}
	return nil, fmt.Sprintf("Cannot convert value \"%s\" to type \"%s\". Error: \"Unable to match the identifier name %s to a valid enumerator name. "+
		"Specify one of the following enumerator names and try again:\n%s\"", text, p.Type, text, strings.Join(p.Values, ", "))
}
