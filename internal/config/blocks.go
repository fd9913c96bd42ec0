package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	hcljson "github.com/hashicorp/hcl/v2/json"

	"hybrid/schema"
)

// languageBlocks are the top-level blocks that are no resources, with the names of their labels.
func languageBlocks() map[string][]string {
	return map[string][]string{
		"hybrid": nil, "locals": nil, "provider": {"system"}, "variable": {"name"}, "exclusive": {"kind"}, "policy": {"name"}, "module": {"name"}, "notify": {"name"}, "check": {"id"}, "data": {"kind", "name"},
	}
}

// collect parses every file and puts its blocks where they belong.
func (l *loader) collect() {
	for _, name := range slices.Sorted(maps.Keys(l.sources)) {
		if strings.HasSuffix(name, ".json") {
			l.collectJSON(name)
		} else {
			l.collectNative(name)
		}
	}
	for _, block := range l.blocks["module"] {
		l.fail(block.DefRange, "Modules are not built yet",
			"This version reads one folder. Write what the module holds into this folder; for_each serves what is needed several times.")
	}
	l.declareVariables()
	l.declareLocals()
}

func (l *loader) collectNative(name string) {
	if deep := nested(l.sources[name], name); deep.HasErrors() {
		l.add(deep)
		return
	}
	file, diags := hclsyntax.ParseConfig(l.sources[name], name, hcl.InitialPos)
	body, ok := file.Body.(*hclsyntax.Body)
	if !ok {
		l.add(diags)
		return
	}
	l.shown[name] = l.blotted(name, body, diags.HasErrors())
	l.readable(body, diags)
	for _, attr := range body.Attributes {
		l.fail(attr.NameRange, "Argument outside of a block",
			"%s = … stands in no block. Put it into the block it belongs to; values to use in several places go into a locals block.", attr.Name)
	}
	for _, block := range body.Blocks {
		l.place(block.AsHCLBlock())
	}
}

// place files a block under its type.
func (l *loader) place(block *hcl.Block) {
	if block.Type == "data" {
		l.placeData(block)
		return
	}
	if labels, ok := languageBlocks()[block.Type]; ok {
		if block.Type == "provider" || l.labelled(block, labels) {
			l.blocks[block.Type] = append(l.blocks[block.Type], block)
		}
		return
	}
	if kind := l.kinds[block.Type]; kind != nil { // a kind of data has a dot in its name, and a block type has none
		if l.labelled(block, kind.LabelNames()) {
			l.declare(kind, block)
		}
		return
	}
	hint := schema.DidYouMean(block.Type, l.blockTypes())
	if hint == "" {
		hint = " This version knows " + schema.List(l.blockTypes(), "and") + "."
	}
	l.fail(block.TypeRange, "Unknown block type", "There is no block %q.%s", block.Type, hint)
}

// placeData files a data block under its kind.
func (l *loader) placeData(block *hcl.Block) {
	if !l.labelled(block, languageBlocks()["data"]) {
		return
	}
	kind := l.kinds["data."+block.Labels[0]]
	if kind == nil {
		names := l.dataKinds()
		hint := schema.DidYouMean(block.Labels[0], names)
		if hint == "" && len(names) > 0 {
			hint = " There is " + schema.List(schema.Quoted(names), "and") + "."
		}
		l.fail(block.LabelRanges[0], "No such data", "There is no data %q in this version.%s", block.Labels[0], hint)
		return
	}
	named := *block
	named.Labels, named.LabelRanges = block.Labels[1:], block.LabelRanges[1:]
	l.declare(kind, &named)
}

// dataKinds names what data blocks can read.
func (l *loader) dataKinds() []string {
	var names []string
	for name := range l.kinds {
		if of, ok := strings.CutPrefix(name, "data."); ok {
			names = append(names, of)
		}
	}
	slices.Sort(names)
	return names
}

func (l *loader) blockTypes() []string {
	return append(l.managed(), slices.Sorted(maps.Keys(languageBlocks()))...)
}

// managed names the kinds that have blocks of their own.
func (l *loader) managed() []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(l.kinds)), func(name string) bool { return l.kinds[name].Data })
}

// labelled says whether a block has the labels it must have.
func (l *loader) labelled(block *hcl.Block, want []string) bool {
	if len(block.Labels) == len(want) {
		return true
	}
	header := block.Type
	for _, label := range want {
		header += fmt.Sprintf(" %q", strings.ToUpper(label))
	}
	switch {
	case len(want) == 0:
		l.fail(block.DefRange, "A label too many", "%s takes no label, there is only one of it: write %s { … }.", block.Type, block.Type)
	default:
		l.fail(block.DefRange, "Wrong number of labels", "%s takes %d, and this one has %d: write %s { … }.",
			block.Type, len(want), len(block.Labels), header)
	}
	return false
}

// collectJSON takes a JSON file apart, where only the schema tells labels from arguments.
func (l *loader) collectJSON(name string) {
	if deep := nestedJSON(l.sources[name], name); deep.HasErrors() {
		l.add(deep)
		return
	}
	file, diags := hcljson.Parse(l.sources[name], name)
	l.add(diags)
	if file == nil || file.Body == nil {
		return
	}
	s := &hcl.BodySchema{}
	for _, block := range slices.Sorted(maps.Keys(languageBlocks())) {
		s.Blocks = append(s.Blocks, hcl.BlockHeaderSchema{Type: block, LabelNames: languageBlocks()[block]})
	}
	for _, kind := range l.managed() {
		s.Blocks = append(s.Blocks, hcl.BlockHeaderSchema{Type: kind, LabelNames: l.kinds[kind].LabelNames()})
	}
	content, diags := file.Body.Content(s)
	l.add(diags)
	for _, block := range content.Blocks {
		l.placeJSON(block)
	}
}

// placeJSON takes the second label of a provider block from its body: {"provider": {"dns": {"external": {…}}}}.
func (l *loader) placeJSON(block *hcl.Block) {
	system := (*schema.System)(nil)
	if block.Type == "provider" {
		system = l.systems[block.Labels[0]]
	}
	if system == nil || !system.Named {
		l.place(block)
		return
	}
	names, diags := block.Body.JustAttributes()
	l.add(diags)
	for _, name := range slices.Sorted(maps.Keys(names)) {
		content, _, diags := block.Body.PartialContent(&hcl.BodySchema{Blocks: []hcl.BlockHeaderSchema{{Type: name}}})
		l.add(diags)
		for _, inner := range content.Blocks {
			l.place(&hcl.Block{
				Type: "provider", Labels: []string{system.Name, name}, Body: inner.Body,
				DefRange: inner.DefRange, TypeRange: block.TypeRange, LabelRanges: []hcl.Range{block.LabelRanges[0], inner.TypeRange},
			})
		}
	}
}
