package lab

import (
	"iter"
	"slices"
	"strings"
)

// A collection holds the objects of a noun in order of creation. To find, add, replace or remove one costs the same however
// many there are.
type collection struct {
	rows  []Object // nil where one was removed
	count int
	// found leads from a property and its text in lower case to the rows, in order of creation. Identities are unique;
	// of proxy FQDNs the cmdlets see to that, but not somebody who edits the file.
	found map[string]map[string][]int
}

// identifying are the properties that objects are found by.
func identifying() []string { return []string{"Identity", "ProxyFqdn"} }

func newCollection() *collection {
	c := &collection{found: map[string]map[string][]int{}}
	for _, property := range identifying() {
		c.found[property] = map[string][]int{}
	}
	return c
}

// all gives the objects in order of creation.
func (c *collection) all() iter.Seq[Object] {
	return func(yield func(Object) bool) {
		for _, o := range c.rows {
			if o != nil && !yield(o) {
				return
			}
		}
	}
}

// row finds the first object with a property's text, without regard to case; -1 where there is none.
func (c *collection) row(property, text string) int {
	if rows := c.found[property][strings.ToLower(text)]; len(rows) > 0 {
		return rows[0]
	}
	return -1
}

// put adds an object, or replaces the one of the same identity.
func (c *collection) put(o Object) {
	row := c.row("Identity", o.Text("Identity"))
	if row < 0 {
		row = len(c.rows)
		c.rows = append(c.rows, nil)
		c.count++
	} else {
		c.forget(row)
	}
	c.rows[row] = o
	for _, property := range identifying() {
		if key := strings.ToLower(o.Text(property)); key != "" {
			rows := append(c.found[property][key], row)
			slices.Sort(rows)
			c.found[property][key] = rows
		}
	}
}

// remove takes the object of a row away.
func (c *collection) remove(row int) {
	c.forget(row)
	c.rows[row] = nil
	c.count--
}

// forget takes the object of a row out of the look-ups.
func (c *collection) forget(row int) {
	for _, property := range identifying() {
		key := strings.ToLower(c.rows[row].Text(property))
		rows := slices.DeleteFunc(c.found[property][key], func(n int) bool { return n == row })
		if c.found[property][key] = rows; len(rows) == 0 {
			delete(c.found[property], key)
		}
	}
}

// compact drops the rows of removed objects once they are the greater part. The others get new rows, so it is for those only
// who then say anew what changed last.
func (c *collection) compact() {
	if len(c.rows) < 16 || c.count > len(c.rows)/2 {
		return
	}
	fresh := newCollection()
	for o := range c.all() {
		fresh.put(o)
	}
	*c = *fresh
}
