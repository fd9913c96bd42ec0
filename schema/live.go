package schema

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/zclconf/go-cty/cty"
)

// Live makes a value of [Kind.Type] of the properties of a live object, as decoded from JSON: nil, bool, float64,
// json.Number, int64, int, string, []any and map[string]any. Names are matched exactly, then without case. A property
// that is missing is unknown; nil, and for texts "", is null. Attributes that cannot be read (settings, write-only,
// initial) are null unless the kind's FromLive sets them. A property of another shape is an error that names it.
func (k *Kind) Live(identity string, props map[string]any) (cty.Value, error) {
	values := make(map[string]cty.Value, len(k.Attrs)+len(k.Blocks)+1)
	for i := range k.Attrs {
		a := &k.Attrs[i]
		v, err := a.live(props)
		if err != nil {
			return cty.DynamicVal, fmt.Errorf("%s %q: %w", k.Name, identity, err)
		}
		values[a.Name] = v
	}
	for _, b := range k.Blocks {
		v, err := b.live(props)
		if err != nil {
			return cty.DynamicVal, fmt.Errorf("%s %q: %w", k.Name, identity, err)
		}
		values[b.Name] = v
	}
	if !k.Singleton {
		values["identity"] = cty.StringVal(identity)
	}
	if k.FromLive != nil {
		k.FromLive(values, props)
	}
	return cty.ObjectVal(values), nil
}

// readable says whether the far end tells the attribute at all.
func (a *Attr) readable() bool { return !a.Settings && !a.WriteOnly && !a.Initial }

func (a *Attr) live(props map[string]any) (cty.Value, error) {
	if !a.readable() {
		return cty.NullVal(a.Type), nil
	}
	raw, ok := Property(props, a.ReadName())
	if !ok {
		return cty.UnknownVal(a.Type), nil
	}
	if a.Read != nil {
		return a.Read(raw), nil
	}
	if text, ok := raw.(string); ok || raw == nil {
		raw = a.split(text, raw)
	}
	v, err := fromJSON(raw, a.Type)
	if err != nil {
		return cty.DynamicVal, fmt.Errorf("property %s: %w", a.ReadName(), err)
	}
	if a.Sensitive {
		v = v.Mark(Sensitive)
	}
	return v, nil
}

// split takes apart the one text in which the far end keeps a set; of other attributes raw stays as it is. No text is an
// empty set.
func (a *Attr) split(text string, raw any) any {
	if a.Join == "" {
		return raw
	}
	items := []any{}
	for item := range strings.SplitSeq(text, a.Join) {
		if item = strings.TrimSpace(item); item != "" {
			items = append(items, item)
		}
	}
	return items
}

// Joined is the one text in which the far end keeps a set; null and what is not wholly known stay as they are. Elements
// are in their order, so that equal sets give equal texts.
func (a *Attr) Joined(v cty.Value) cty.Value {
	plain, marks := v.UnmarkDeep()
	switch {
	case a.Join == "":
		return v
	case !plain.IsWhollyKnown():
		return cty.UnknownVal(cty.String).WithMarks(marks)
	case plain.IsNull():
		return cty.NullVal(cty.String).WithMarks(marks)
	}
	return cty.StringVal(strings.Join(Texts(plain), a.Join)).WithMarks(marks)
}

// live reads a nested block from a property that is an object. A block that only steers hybrid is null.
func (b Block) live(props map[string]any) (cty.Value, error) {
	if !slices.ContainsFunc(b.Attrs, func(a Attr) bool { return a.readable() }) {
		return cty.NullVal(b.Type()), nil
	}
	raw, ok := Property(props, pascal(b.Name))
	if items, several := raw.([]any); several && b.Many {
		return b.liveElements(items)
	}
	switch inner := raw.(type) {
	case nil:
		if !ok {
			return cty.UnknownVal(b.Type()), nil
		}
		return cty.NullVal(b.Type()), nil
	case map[string]any:
		if b.Many {
			return b.liveElements([]any{inner})
		}
		return b.liveObject(inner)
	}
	return cty.DynamicVal, fmt.Errorf("property %s: want an object, got %s", pascal(b.Name), shape(raw))
}

func (b Block) liveElements(items []any) (cty.Value, error) {
	if len(items) == 0 {
		return cty.ListValEmpty(b.element()), nil
	}
	elements := make([]cty.Value, 0, len(items))
	for _, item := range items {
		properties, ok := item.(map[string]any)
		if !ok {
			return cty.DynamicVal, fmt.Errorf("property %s: want objects, got %s", pascal(b.Name), shape(item))
		}
		element, err := b.liveObject(properties)
		if err != nil {
			return cty.DynamicVal, err
		}
		elements = append(elements, element)
	}
	return cty.ListVal(elements), nil
}

func (b Block) liveObject(props map[string]any) (cty.Value, error) {
	values := make(map[string]cty.Value, len(b.Attrs))
	for i := range b.Attrs {
		v, err := b.Attrs[i].live(props)
		if err != nil {
			return cty.DynamicVal, fmt.Errorf("%s: %w", b.Name, err)
		}
		values[b.Attrs[i].Name] = v
	}
	return cty.ObjectVal(values), nil
}

// Property finds a property by name, exactly or else without case, as PowerShell does; of several the first by name.
func Property(props map[string]any, name string) (any, bool) {
	if v, ok := props[name]; ok {
		return v, true
	}
	for _, other := range slices.Sorted(maps.Keys(props)) {
		if strings.EqualFold(other, name) {
			return props[other], true
		}
	}
	return nil, false
}
