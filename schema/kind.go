package schema

import (
	"slices"
	"strings"

	"github.com/zclconf/go-cty/cty"
)

// Summary is the first sentence of the documentation.
func (k *Kind) Summary() string { return firstSentence(k.Doc) }

func firstSentence(doc string) string {
	for i := range len(doc) - 1 {
		if doc[i] == '.' && (doc[i+1] == ' ' || doc[i+1] == '\n') {
			return doc[:i+1]
		}
		if doc[i] == '\n' && doc[i+1] == '\n' { // a paragraph that ends in something else
			return doc[:i]
		}
	}
	return strings.TrimSpace(doc)
}

// LabelNames gives what each label of a block sets.
func (k *Kind) LabelNames() []string {
	switch {
	case k.Singleton:
		return nil
	case k.Labels == nil:
		return []string{"identity"}
	}
	return k.Labels
}

// OfUsers lists the attributes that are compared with what is live of each user; none where [Rows.State] is.
func (k *Kind) OfUsers() []*Attr {
	if k.Rows == nil || k.Rows.State != nil {
		return nil
	}
	var attrs []*Attr
	for i := range k.Attrs {
		if a := &k.Attrs[i]; !a.Initial && !a.Settings && a.Mode != Computed {
			attrs = append(attrs, a)
		}
	}
	return attrs
}

// ColumnNames lists the attributes that are columns of tables of users, of any of some kinds.
func ColumnNames(kinds []*Kind) []string {
	var names []string
	for _, k := range kinds {
		for i := range k.Attrs {
			if a := &k.Attrs[i]; a.Mode == Column && !slices.Contains(names, a.Name) {
				names = append(names, a.Name)
			}
		}
	}
	return names
}

// Attr finds an attribute by name; nil where there is none.
func (k *Kind) Attr(name string) *Attr { return find(k.Attrs, name) }

func find(attrs []Attr, name string) *Attr {
	for i := range attrs {
		if attrs[i].Name == name {
			return &attrs[i]
		}
	}
	return nil
}

// Type is the object type of the kind's values: every attribute, every nested block as an object, and, unless the
// kind is a singleton, the identity.
func (k *Kind) Type() cty.Type {
	types := attrTypes(k.Attrs)
	for _, b := range k.Blocks {
		types[b.Name] = b.Type()
	}
	if !k.Singleton {
		types["identity"] = cty.String
	}
	return cty.Object(types)
}

// Type is the type that the block decodes to: an object, or a list of objects.
func (b Block) Type() cty.Type {
	if b.Many {
		return cty.List(b.element())
	}
	return b.element()
}

// element is the type of what one block decodes to.
func (b Block) element() cty.Type { return cty.Object(attrTypes(b.Attrs)) }

// Type is the object type of a provider block's values.
func (s *System) Type() cty.Type {
	types := attrTypes(s.Attrs)
	for _, b := range s.Blocks {
		types[b.Name] = b.Type()
	}
	return cty.Object(types)
}

// SharingType is an object of a type that has this very type and none of its own: cty describes that of each object anew, attribute
// by attribute, which takes as much memory as what the object holds. What is of another type stays as it is.
func SharingType(t cty.Type, v cty.Value) cty.Value {
	if !t.Equals(v.Type()) {
		return v
	}
	return cty.ListVal([]cty.Value{cty.NullVal(t), v}).Index(cty.NumberIntVal(1)) // elements of a list have the type of its first
}

func attrTypes(attrs []Attr) map[string]cty.Type {
	types := make(map[string]cty.Type, len(attrs)+2)
	for _, a := range attrs {
		types[a.Name] = a.Type
	}
	return types
}

// LiveID is the canonical key of a live object among those of its kind and provider: the labels' values, in lower
// case and without a trailing dot.
func (k *Kind) LiveID(identity string, v cty.Value) string {
	id := strings.ToLower(strings.TrimSuffix(k.sameIdentity(identity), "."))
	for _, label := range k.LabelNames() {
		if label == "identity" || v.IsNull() || !v.IsKnown() {
			continue
		}
		if part, _ := v.GetAttr(label).Unmark(); part.IsKnown() && !part.IsNull() {
			id += " " + strings.ToLower(part.AsString())
		}
	}
	return id
}

func (k *Kind) sameIdentity(identity string) string {
	if k.NormIdentity == nil {
		return identity
	}
	return k.NormIdentity(identity)
}

// IsBuiltIn says whether an identity is that of an object that exists in every deployment.
func (k *Kind) IsBuiltIn(identity string) bool {
	return slices.ContainsFunc(k.BuiltIn, func(name string) bool {
		return strings.EqualFold(k.sameIdentity(name), k.sameIdentity(identity))
	})
}

// Nothing is [Kind.Lost] of a kind of which undoing loses nothing; why, stands beside it.
func Nothing(string, map[string]cty.Value, map[string]cty.Value) []string { return nil }

// Gone is [Kind.Unmakes] of a kind of which nothing but the object's removal takes its name away.
func Gone(action string, _, _ map[string]cty.Value) bool {
	return action == "delete" || action == "replace"
}
