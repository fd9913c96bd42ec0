package config

import (
	"bytes"

	"github.com/hashicorp/hcl/v2"

	"hybrid/internal/roots"
)

// readRoots lays the file that the hybrid block names over the root authorities that are known. Like the clouds it is named
// by variables at the most.
func (l *loader) readRoots() {
	l.roots = roots.BuiltIn()
	blocks := l.blocks["hybrid"]
	if len(blocks) == 0 {
		return
	}
	content, _, _ := blocks[0].Body.PartialContent(&hcl.BodySchema{Attributes: []hcl.AttributeSchema{{Name: "roots"}}})
	attr := content.Attributes["roots"]
	if attr == nil {
		return
	}
	path := l.early(attr)
	if path == "" {
		return
	}
	src, err := l.files.get(path)
	if err == nil {
		l.roots, err = l.roots.Read(bytes.TrimPrefix(src, utf8BOM))
	}
	if err != nil {
		l.fail(attr.Expr.Range(), "Cannot read the roots", "hybrid.roots: %s: %s.", path, err)
	}
}
