package check

import (
	"encoding/json"
	"fmt"
	"strings"
)

// A Side is a user as one system has it. Where Err is set nothing is known; where there is neither Err nor a row, there is no
// such user.
type Side struct {
	Where string // "Active Directory", "the servers", "the tenant"
	Err   error
	row   *row
}

// row are the properties of one object. What is not among them nobody has told, which is not the same as unset.
type row struct {
	places map[string]int // of the properties that are told, by lower-case name
	cells  []any
}

// here says whether the side has the user.
func (s Side) here() bool { return s.Err == nil && s.row != nil }

// absent says whether it is known that there is no such user.
func (s Side) absent() bool { return s.Err == nil && s.row == nil }

// cell is a property as it was read, and whether it was told.
func (s Side) cell(property string) (any, bool) {
	if !s.here() {
		return nil, false
	}
	place, ok := s.row.places[strings.ToLower(property)]
	if !ok {
		return nil, false
	}
	return s.row.cells[place], true
}

// Text is a property as text, "" where it is unset; known is false where nobody tells, or tells in a form that is none of a text.
func (s Side) Text(property string) (text string, known bool) {
	value, told := s.cell(property)
	if !told {
		return "", false
	}
	switch v := value.(type) {
	case nil:
		return "", true
	case string:
		return strings.TrimSpace(v), true
	case bool:
		if v {
			return "True", true
		}
		return "False", true
	case json.Number:
		return v.String(), true
	case int, int64, float64:
		return fmt.Sprint(v), true
	case map[string]any: // an object that stands for its name, such as a policy
		for _, name := range []string{"Name", "Fqdn", "value", "Value"} {
			if text, ok := v[name].(string); ok {
				return text, true
			}
		}
	}
	return "", false
}

// list is a property that is a list of texts; one text is a list of one.
func (s Side) list(property string) ([]string, bool) {
	value, told := s.cell(property)
	if !told {
		return nil, false
	}
	switch v := value.(type) {
	case nil:
		return nil, true
	case string:
		return []string{v}, true
	case []any:
		texts := make([]string, 0, len(v))
		for _, item := range v {
			text, ok := item.(string)
			if !ok {
				return nil, false
			}
			texts = append(texts, text)
		}
		return texts, true
	}
	return nil, false
}

// objects is a property that is a list of objects; one object is a list of one, and JSON stands for what it says.
func (s Side) objects(property string) ([]map[string]any, bool) {
	value, told := s.cell(property)
	if !told {
		return nil, false
	}
	return objectsIn(value)
}

func objectsIn(value any) ([]map[string]any, bool) {
	switch v := value.(type) {
	case nil:
		return nil, true
	case map[string]any:
		return []map[string]any{v}, true
	case string:
		var inner any
		if v == "" {
			return nil, true
		}
		if json.Unmarshal([]byte(v), &inner) != nil {
			return []map[string]any{{"value": v}}, true
		}
		return objectsIn(inner)
	case []any:
		all := make([]map[string]any, 0, len(v))
		for _, item := range v {
			if text, ok := item.(string); ok {
				item = map[string]any{"value": text}
			}
			one, ok := item.(map[string]any)
			if !ok {
				return nil, false
			}
			all = append(all, one)
		}
		return all, true
	}
	return nil, false
}

// member is a member of an object as text, in any spelling of its name.
func member(o map[string]any, name string) string {
	for own, value := range o {
		if strings.EqualFold(own, name) {
			text, _ := value.(string)
			return text
		}
	}
	return ""
}

// untold is what is unknown of a property that a side does not tell.
func (s Side) untold(property string) Result {
	if s.Err != nil {
		return Unread(s.Err)
	}
	return Unread(fmt.Errorf("%s of the user is not shown by %s: this build has no such property, or in a form that is not known", property, s.Where))
}
