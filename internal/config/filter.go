package config

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"hybrid/schema"
)

// filter selects rows: for each column the accepted texts, compared without case and without blanks around
// them, which nobody sees in a spreadsheet. An empty filter accepts all.
type filter map[string][]string

// filterOf reads the where argument of users_csv: an object of columns, each with a value or a list of values.
func filterOf(v cty.Value) (filter, error) {
	if v.IsNull() || !(v.Type().IsObjectType() || v.Type().IsMapType()) {
		return nil, fmt.Errorf(`it is an object of columns with what they must hold, { wave = "1" } or { site = ["Berlin", "Paris"] }`)
	}
	where := filter{}
	for column, accepted := range v.AsValueMap() {
		items := []cty.Value{accepted}
		if !accepted.IsNull() && accepted.CanIterateElements() && !accepted.Type().IsObjectType() && !accepted.Type().IsMapType() {
			items = accepted.AsValueSlice()
		}
		for _, item := range items {
			text, err := convert.Convert(item, cty.String)
			if err != nil || text.IsNull() {
				return nil, fmt.Errorf("%s is compared with texts, and this is %s", column, described(item))
			}
			where[column] = append(where[column], strings.TrimSpace(text.AsString()))
		}
		if len(items) == 0 {
			where[column] = []string{}
		}
	}
	return where, nil
}

// bind finds the columns in a file.
func (where filter) bind(f *csvFile) (func(row []string) bool, error) {
	type condition struct {
		column   int
		accepted []string
	}
	var conditions []condition
	for _, name := range slices.Sorted(maps.Keys(where)) {
		n := f.column(name)
		if n < 0 {
			text := fmt.Sprintf("%s: the filter names a column %q, and there is %s.%s", f.at(1), name,
				schema.List(schema.Quoted(f.columns), "and"), schema.DidYouMean(name, f.columns))
			return nil, errors.New(strings.TrimSuffix(text, ".")) // whoever tells it ends the sentence
		}
		conditions = append(conditions, condition{n, where[name]})
	}
	return func(row []string) bool {
		for _, c := range conditions {
			cell := strings.TrimSpace(row[c.column])
			if !slices.ContainsFunc(c.accepted, func(text string) bool { return strings.EqualFold(text, cell) }) {
				return false
			}
		}
		return true
	}, nil
}
