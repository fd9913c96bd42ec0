package teams

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"hybrid/schema"
)

// plansValue reads AssignedPlan: a list of plans as objects, as JSON, or as their texts, which are the capability alone.
// Only plans in use count: one that was taken away stays in the list with another status. In any other form, such as the
// XML of old modules, the plans are not known.
func plansValue(cell any) cty.Value {
	items, ok := elements(cell)
	if !ok {
		return cty.UnknownVal(cty.List(cty.String))
	}
	var plans []string
	for _, item := range items {
		name, inUse, ok := plan(item)
		if !ok {
			return cty.UnknownVal(cty.List(cty.String))
		}
		if inUse && !slices.Contains(plans, name) {
			plans = append(plans, name)
		}
	}
	return schema.TextList(plans)
}

var capability = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]*$`)

// plan reads one plan: its capability, and whether it is in use. A plan that tells no status is.
func plan(item any) (name string, inUse, ok bool) {
	switch v := item.(type) {
	case string:
		return v, true, capability.MatchString(v)
	case map[string]any:
		given, _ := memberOf(v, "Capability")
		name, ok = given.(string)
		status, told := memberOf(v, "CapabilityStatus")
		text, isText := status.(string)
		if told && status != nil && !isText {
			return name, false, false
		}
		return name, text == "" || strings.EqualFold(text, "Enabled") || strings.EqualFold(text, "Warning"), ok && name != ""
	}
	return "", false, false
}

// errorsValue reads UserValidationErrors: an empty list where there are none, nothing in some versions; else objects with
// ErrorCode and ErrorDescription, or texts.
func errorsValue(cell any) cty.Value {
	items, ok := elements(cell)
	if !ok {
		return cty.UnknownVal(cty.List(cty.String))
	}
	var found []string
	for _, item := range items {
		text, ok := validationError(item)
		if !ok {
			return cty.UnknownVal(cty.List(cty.String))
		}
		found = append(found, text)
	}
	return schema.TextList(found)
}

func validationError(item any) (string, bool) {
	switch v := item.(type) {
	case string:
		return v, v != ""
	case map[string]any:
		var parts []string
		for _, name := range []string{"ErrorCode", "ErrorDescription"} {
			if member, _ := memberOf(v, name); member != nil {
				if text, ok := member.(string); ok && text != "" {
					parts = append(parts, text)
				}
			}
		}
		return strings.Join(parts, ": "), len(parts) > 0
	}
	return "", false
}

// elements takes a list apart; one element may stand for a list of one, and JSON for what it says.
func elements(cell any) (items []any, ok bool) {
	switch v := cell.(type) {
	case nil:
		return nil, true
	case []any:
		return v, true
	case map[string]any:
		return []any{v}, true
	case string:
		if v == "" {
			return nil, true
		}
		if !strings.HasPrefix(v, "[") && !strings.HasPrefix(v, "{") {
			return []any{v}, true
		}
		var inner any
		if json.Unmarshal([]byte(v), &inner) != nil {
			return nil, false
		}
		return elements(inner)
	}
	return nil, false
}
