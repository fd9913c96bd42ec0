package config

import (
	"bytes"

	"github.com/hashicorp/hcl/v2"

	"hybrid/internal/builds"
	"hybrid/internal/modules"
	"hybrid/internal/roots"
)

// readTables lays the files that the hybrid block names over the tables that the program comes with: root authorities, builds of
// the servers, and versions of PowerShell modules. Like the clouds they are named by variables at the most.
func (l *loader) readTables() {
	l.roots, l.builds, l.modules = roots.BuiltIn(), builds.BuiltIn(), modules.BuiltIn()
	l.readTable("roots", func(src []byte) (err error) {
		l.roots, err = l.roots.Read(src)
		return err
	})
	l.readTable("builds", func(src []byte) (err error) {
		l.builds, err = l.builds.Read(src)
		return err
	})
	l.readTable("modules", func(src []byte) (err error) {
		l.modules, err = l.modules.Read(src)
		return err
	})
}

// readTable reads the file that an argument of the hybrid block names, where there is one.
func (l *loader) readTable(name string, read func([]byte) error) {
	blocks := l.blocks["hybrid"]
	if len(blocks) == 0 {
		return
	}
	content, _, _ := blocks[0].Body.PartialContent(&hcl.BodySchema{Attributes: []hcl.AttributeSchema{{Name: name}}})
	attr := content.Attributes[name]
	if attr == nil {
		return
	}
	path := l.early(attr)
	if path == "" {
		return
	}
	src, err := l.files.get(path)
	if err == nil {
		err = read(bytes.TrimPrefix(src, utf8BOM))
	}
	if err != nil {
		l.fail(attr.Expr.Range(), "Cannot read the "+name, "hybrid.%s: %s: %s.", name, path, err)
	}
}
