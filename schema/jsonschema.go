package schema

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/zclconf/go-cty/cty"
)

// JSONSchema describes configurations written as *.hcl.json, in draft 2020-12. Equal declarations give equal bytes.
// Wherever a value stands, a string with an expression in it, "${…}", may stand in its place.
func JSONSchema(kinds []*Kind, systems []*System) json.Marshaler {
	properties := object{
		{"hybrid", freeform("What steers hybrid: required_version, journal, guard, window.")},
		{"variable", freeform("Variables by name.")},
		{"locals", freeform("Local values by name.")},
		{"policy", freeform("A team's own rules for plans, by name: condition, error_message, severity.")},
		{"exclusive", freeform("Kinds of which only what is declared may exist.")},
		{"check", freeform("Checks that are waived, by id: skip = true, reason.")},
		{"notify", freeform("Whom to tell when an apply has ended, or something was changed by hand.")},
		{"provider", providersSchema(systems)},
	}
	var data object
	for _, k := range kinds {
		if of, ok := strings.CutPrefix(k.Name, "data."); ok {
			data = append(data, member{of, k.jsonSchema()})
		} else {
			properties = append(properties, member{k.Name, k.jsonSchema()})
		}
	}
	if data != nil {
		properties = append(properties, member{"data", object{{"description", "What is only read."}, {"type", "object"}, {"properties", data}, {"additionalProperties", false}}})
	}
	return object{
		{"$schema", "https://json-schema.org/draft/2020-12/schema"},
		{"title", "hybrid configuration"},
		{"type", "object"},
		{"properties", properties},
		{"additionalProperties", false},
		{"$defs", object{{"expression", object{{"type", "string"}, {"pattern", `[$%]\{`}}}}},
	}
}

// object is a JSON object that keeps the order of its members.
type object []member

type member struct {
	name  string
	value any
}

// MarshalJSON writes the members in order.
func (o object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for n, m := range o {
		if n > 0 {
			b.WriteByte(',')
		}
		value, err := encode(m.value)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", m.name, err)
		}
		name, _ := encode(m.name)
		b.Write(name)
		b.WriteByte(':')
		b.Write(value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// encode writes JSON without escaping what only matters in web pages.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimSpace(b.Bytes()), err
}

func freeform(doc string) object { return object{{"description", doc}, {"type", "object"}} }

// byLabel is a level of labels: objects of inner by name.
func byLabel(inner object) object {
	return object{{"type", "object"}, {"additionalProperties", inner}}
}

func providersSchema(systems []*System) object {
	var properties object
	for _, s := range systems {
		body := bodySchema(s.Attrs, s.Blocks, s.Doc, nil, true)
		if s.Named {
			body = byLabel(body)
		}
		properties = append(properties, member{s.Name, body})
	}
	return object{{"description", "Where the objects live."}, {"type", "object"}, {"properties", properties}, {"additionalProperties", false}}
}

// jsonSchema describes all blocks of a kind. Required arguments are only named in the text: a block with
// ensure = "absent" does without them.
func (k *Kind) jsonSchema() object {
	body := bodySchema(k.arguments(), k.Blocks, k.Doc, metaSchemas(k), false)
	for range k.LabelNames() {
		body = byLabel(body)
	}
	return body
}

func metaSchemas(k *Kind) object {
	text := func(doc string) object { return object{{"description", doc}, {"type", "string"}} }
	lifecycle := object{{"type", "object"}, {"properties", object{
		{"prevent_destroy", valueSchema(cty.Bool)},
		{"ignore_changes", object{{"type", "array"}, {"items", object{{"type", "string"}}}}},
	}}, {"additionalProperties", false}}
	metas := object{
		{"provider", text("The provider block that serves it, such as " + k.System + ".")},
		{"depends_on", object{{"description", "Blocks that come first."}, {"type", "array"}, {"items", object{{"type", "string"}}}}},
		{"ensure", object{{"description", "Whether it is to exist."}, {"anyOf", []any{object{{"enum", []string{"present", "absent"}}}, expression()}}}},
		{LifecycleBlock, lifecycle},
	}
	if !k.Singleton {
		metas = append(metas, member{"for_each", object{{"description", "A map or a set of strings: one object for each."}, {"type", []string{"object", "array", "string"}}}})
	}
	if k.named() {
		metas = append(metas, member{"identity", text("What the server calls it, where that is not the label.")})
	}
	return metas
}

// named says whether blocks of the kind have an identity of their own.
func (k *Kind) named() bool {
	return !k.Singleton && k.Rows == nil && slices.Contains(k.LabelNames(), "identity")
}

func bodySchema(attrs []Attr, blocks []Block, doc string, metas object, strict bool) object {
	var properties object
	var required []string
	for i := range attrs {
		a := &attrs[i]
		if a.Mode == Computed || a.Mode == Column {
			continue
		}
		properties = append(properties, member{a.Name, a.jsonSchema()})
		if a.Mode == Required {
			required = append(required, a.Name)
		}
	}
	for _, b := range blocks {
		one := bodySchema(b.Attrs, nil, b.Doc, nil, strict)
		if b.Many { // one block, or a list of them
			one = object{{"anyOf", []any{one, object{{"type", "array"}, {"items", one}}}}}
		}
		properties = append(properties, member{b.Name, one})
	}
	body := object{{"description", doc}, {"type", "object"}, {"properties", append(properties, metas...)}, {"additionalProperties", false}}
	if strict && len(required) > 0 {
		body = append(body, member{"required", required})
	}
	return body
}

func (a *Attr) jsonSchema() object {
	doc := a.Doc
	if a.Mode == Required {
		doc = strings.TrimSpace(doc + " Required.")
	}
	s := object{{"description", doc}}
	if len(a.OneOf) > 0 {
		s = append(s, member{"anyOf", []any{object{{"enum", a.OneOf}}, expression()}})
	} else if a.Word != "" {
		s = append(s, member{"anyOf", []any{object{{"const", a.Word}}, valueSchema(a.Type)}})
	} else {
		s = append(s, valueSchema(a.Type)...)
	}
	if text, ok := defaultJSON(a.Default); ok {
		s = append(s, member{"default", text})
	}
	return s
}

func expression() object { return object{{"$ref", "#/$defs/expression"}} }

// orExpression accepts an expression in the place of a value.
func orExpression(s object) object { return object{{"anyOf", []any{s, expression()}}} }

func valueSchema(t cty.Type) object {
	switch {
	case t == cty.String:
		return object{{"type", "string"}}
	case t == cty.Number:
		return orExpression(object{{"type", "number"}})
	case t == cty.Bool:
		return orExpression(object{{"type", "boolean"}})
	case t.IsListType(), t.IsSetType():
		return orExpression(object{{"type", "array"}, {"items", valueSchema(t.ElementType())}})
	case t.IsMapType():
		return orExpression(object{{"type", "object"}, {"additionalProperties", valueSchema(t.ElementType())}})
	case t.IsObjectType():
		return orExpression(objectSchema(t))
	}
	return object{}
}

func objectSchema(t cty.Type) object {
	var properties object
	for _, name := range attributeOrder(t) {
		properties = append(properties, member{name, valueSchema(t.AttributeType(name))})
	}
	return object{{"type", "object"}, {"properties", properties}, {"additionalProperties", false}}
}

func attributeOrder(t cty.Type) []string {
	var names []string
	for name := range t.AttributeTypes() {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// defaultJSON is a default as JSON; false where there is none.
func defaultJSON(v cty.Value) (json.RawMessage, bool) {
	if v == cty.NilVal || v.IsNull() || !v.IsWhollyKnown() {
		return nil, false
	}
	text, err := marshalValue(v)
	return text, err == nil
}
