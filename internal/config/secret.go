package config

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"sync"

	"github.com/zclconf/go-cty/cty"

	"hybrid/planner"
	"hybrid/schema"
)

// secretTexts are the texts that a configuration knows for secrets: what env(), secret_file(), secret_command(), keyring() and sensitive() gave, the values
// of sensitive variables, and what is written out in sensitive arguments. They may grow while blocks are evaluated.
type secretTexts struct {
	mu    sync.Mutex
	texts map[string]bool
}

// keep remembers every text and number in a value.
func (s *secretTexts) keep(v cty.Value) {
	if v == cty.NilVal {
		return
	}
	v, _ = v.UnmarkDeep()
	switch {
	case v.IsNull() || !v.IsKnown():
	case v.Type() == cty.String:
		s.add(v.AsString())
	case v.Type() == cty.Number:
		s.add(v.AsBigFloat().Text('f', -1))
	case v.CanIterateElements():
		for it := v.ElementIterator(); it.Next(); {
			_, element := it.Element()
			s.keep(element)
		}
	}
}

func (s *secretTexts) add(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.texts == nil {
		s.texts = map[string]bool{}
	}
	s.texts[text] = true
}

// list is in order, so that nothing depends on chance.
func (s *secretTexts) list() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var texts []string
	for text := range s.texts {
		texts = append(texts, text)
	}
	slices.Sort(texts)
	return texts
}

// Secrets are the texts that must not be shown, whoever says them: a server that quotes what it was told, a function that
// complains of its argument. What the far end alone knows is not among them.
func (c *Config) Secrets() []string { return c.secrets.list() }

// keepMarked remembers what of an object is marked as sensitive.
func (s *secretTexts) keepMarked(v cty.Value) {
	if v == cty.NilVal || !v.ContainsMarked() {
		return
	}
	plain, paths := v.UnmarkDeepWithPaths()
	for _, at := range paths {
		if _, sensitive := at.Marks[schema.Sensitive]; sensitive {
			if part, err := at.Path.Apply(plain); err == nil {
				s.keep(part)
			}
		}
	}
}

// keepMarked remembers what is sensitive of provider blocks, notify blocks and objects: also what has been made of secrets.
func (l *loader) keepMarked(providers []Provider, notify []Notify, objects []planner.Object) {
	for i := range providers {
		l.secrets.keepMarked(providers[i].Values)
	}
	for i := range notify {
		l.secrets.keepMarked(notify[i].Values)
	}
	for i := range objects {
		l.secrets.keepMarked(objects[i].Want)
	}
}

// showable are the configuration's files for showing: what is written out in them as a secret is blotted out, byte by byte,
// so that every range still fits. Files of JSON are searched for the secrets that are known by now, too.
func (l *loader) showable() map[string][]byte {
	shown := map[string][]byte{}
	for name, src := range l.sources {
		switch blotted, done := l.shown[name]; {
		case done:
			src = blotted
		case strings.HasSuffix(name, ".json"):
			src = l.blotTexts(l.blottedJSON(src))
		}
		shown[name] = src
	}
	return shown
}

// blotTexts blots out the known secrets, as JSON writes them.
func (l *loader) blotTexts(src []byte) []byte {
	for _, text := range l.secrets.list() {
		quoted, err := json.Marshal(text)
		if err != nil || len(text) < 4 {
			continue
		}
		plain := strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&").Replace(string(quoted))
		for _, spelled := range []string{string(quoted), plain} {
			spelled = spelled[1 : len(spelled)-1]
			src = bytes.ReplaceAll(src, []byte(spelled), bytes.Repeat([]byte("*"), len(spelled)))
		}
	}
	return src
}
