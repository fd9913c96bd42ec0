package config

import (
	"bytes"

	"github.com/hashicorp/hcl/v2"

	"hybrid/internal/modules"
)

// readModules lays the file that the hybrid block names over the versions of PowerShell modules that are known. Like the clouds it
// is named by variables at the most.
func (l *loader) readModules() {
	l.modules = modules.BuiltIn()
	blocks := l.blocks["hybrid"]
	if len(blocks) == 0 {
		return
	}
	content, _, _ := blocks[0].Body.PartialContent(&hcl.BodySchema{Attributes: []hcl.AttributeSchema{{Name: "modules"}}})
	attr := content.Attributes["modules"]
	if attr == nil {
		return
	}
	path := l.early(attr)
	if path == "" {
		return
	}
	src, err := l.files.get(path)
	if err == nil {
		l.modules, err = l.modules.Read(bytes.TrimPrefix(src, utf8BOM))
	}
	if err != nil {
		l.fail(attr.Expr.Range(), "Cannot read the modules", "hybrid.modules: %s: %s.", path, err)
	}
}
