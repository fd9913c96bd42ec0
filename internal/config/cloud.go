package config

import (
	"bytes"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/clouds"
	"hybrid/schema"
)

// A sky is the cloud that a configuration is about, with what it makes of it.
type sky struct {
	clouds.Cloud // without a name where it could not be settled, which has been reported
	table        clouds.Table
	where        hcl.Range            // where the configuration chooses it; the zero range where it does not
	values       map[string]cty.Value // what cloud.… stands for in expressions; facts that nobody knows are left out
	inferred     map[string]use       // by name: where facts are used first that no source states outright
}

// A use is the first place at which a fact is used.
type use struct {
	fact  clouds.Fact
	where hcl.Range
}

// chooseCloud reads the cloud out of the hybrid block. Local values can be made of it, so it is made of variables only.
func (l *loader) chooseCloud() {
	l.sky = sky{table: clouds.BuiltIn(), inferred: map[string]use{}}
	name, settled := "", true
	if blocks := l.blocks["hybrid"]; len(blocks) > 0 {
		name, settled = l.readCloud(blocks[0])
	}
	if !settled || name == "" && l.partial { // what was not read may name one
		return
	}
	cloud, err := l.sky.table.Named(name)
	if err != nil {
		l.fail(l.sky.where, "No such cloud", "hybrid.cloud: %s.%s", err, schema.DidYouMean(name, l.sky.table.Open()))
		return
	}
	l.sky.settle(cloud)
}

func (s *sky) settle(c clouds.Cloud) {
	s.Cloud = c
	s.values = map[string]cty.Value{"name": cty.StringVal(c.Name)}
	for _, name := range clouds.Names() {
		if f := c.Fact(name); f.Mark != clouds.Unknown && name != metadataURL {
			s.values[name] = f.Value
		}
	}
}

// readCloud gives the cloud that the hybrid block names, and whether all that it says of clouds could be read.
func (l *loader) readCloud(block *hcl.Block) (string, bool) {
	content, _, _ := block.Body.PartialContent(&hcl.BodySchema{Attributes: []hcl.AttributeSchema{{Name: "cloud"}, {Name: "clouds"}}})
	errs := len(l.diags.Errs())
	if attr := content.Attributes["clouds"]; attr != nil {
		if path := l.early(attr); path != "" {
			l.readClouds(path, attr.Expr.Range())
		}
	}
	name := ""
	if attr := content.Attributes["cloud"]; attr != nil {
		l.sky.where = attr.Expr.Range()
		name = l.early(attr)
	}
	return name, len(l.diags.Errs()) == errs
}

// early evaluates an argument of the hybrid block of which everything else can be made.
func (l *loader) early(attr *hcl.Attribute) string {
	s := l.scope([]hcl.Expression{attr.Expr}, reach{owner: "hybrid." + attr.Name})
	l.add(s.diags)
	if s.diags.HasErrors() {
		return ""
	}
	v, diags := constantText(attr.Expr, s.context(nil), "hybrid."+attr.Name, "All else depends on it.")
	l.add(diags)
	if v == "" && !diags.HasErrors() {
		l.fail(attr.Expr.Range(), "An empty text", "hybrid.%s is empty. Write a name, or remove the line.", attr.Name)
	}
	return v
}

// readClouds lays a file of clouds over those that are known.
func (l *loader) readClouds(path string, where hcl.Range) {
	src, err := l.files.get(path)
	if err != nil {
		l.fail(where, "Cannot read the clouds", "hybrid.clouds: %s.", err)
		return
	}
	shown := path
	if !filepath.IsAbs(path) {
		shown = filepath.Join(shortest(l.dir), path)
	}
	l.sources[shown] = bytes.TrimPrefix(src, utf8BOM) // so that what is wrong in it can be shown
	table, diags := l.sky.table.Read(l.sources[shown], shown)
	l.add(diags)
	l.sky.table = table
}

// stands says whether a cloud is settled, so that values can be held against it.
func (s *sky) stands() bool { return s.Name != "" }

// chosen says where the configuration chooses its cloud.
func (s *sky) chosen() string {
	if s.where.Filename == "" {
		return "as it is where the hybrid block names no cloud"
	}
	return "as " + schema.Place(s.where) + " says"
}

// use notes that a fact is used. Where nobody knows it, it says what to do about that.
func (s *sky) use(name string, where hcl.Range) (problem string) {
	f := s.Fact(name)
	if f.Mark == clouds.Unknown {
		return s.unknown(name, f)
	}
	if before, ok := s.inferred[name]; f.Inferred() && (!ok || earlier(where, before.where)) {
		s.inferred[name] = use{f, where}
	}
	return ""
}

func (s *sky) unknown(name string, f clouds.Fact) string {
	text := fmt.Sprintf("no source gives the %s of the cloud %s.", name, s.Cloud)
	if f.Note != "" {
		text += " The table says: " + f.Note + "."
	}
	return text + " Find out what it is and write it out here, or put it into a file of clouds that hybrid { clouds = … } names"
}

// earlier says whether a place comes before another; what has no place comes last.
func earlier(a, b hcl.Range) bool {
	switch {
	case a.Filename == b.Filename:
		return a.Start.Byte < b.Start.Byte
	case a.Filename == "" || b.Filename == "":
		return b.Filename == ""
	}
	return a.Filename < b.Filename
}

// warnOfInferred says once of each fact that is used what it rests on, where that is no source's own word.
func (l *loader) warnOfInferred() {
	for _, name := range slices.Sorted(maps.Keys(l.sky.inferred)) {
		used := l.sky.inferred[name]
		d := problem(used.where, "A fact that no source states outright", "The %s of the cloud %s is taken to be %q: %s. Hold it against what the tenant or Microsoft's support says before you apply.",
			name, l.sky.Cloud.String(), l.sky.Text(name), used.fact.Basis())
		d.Severity = hcl.DiagWarning
		if used.where.Filename == "" {
			d.Subject = nil
		}
		l.diags = append(l.diags, d)
	}
}

// followCloud resolves cloud.NAME.
func (s *scope) followCloud(t hcl.Traversal) {
	name, known := second(t), append([]string{"name"}, clouds.Names()...)
	switch {
	case !s.reach.cloud:
		s.dangling(t, 1, "Not available here", "From %s only var.… can be referred to.", s.reach.owner)
	case name == "":
		s.dangling(t, 1, "Which fact of the cloud?", "Write which: cloud.%s.", strings.Join(known, ", cloud."))
	case name == metadataURL:
		s.dangling(t, 2, "The tenant's id is missing", "The metadata document is another one for each tenant: write metadata_url(…) with the tenant's id, such as metadata_url(data.tenant.NAME.id).")
	case !slices.Contains(known, name):
		s.dangling(t, 2, "No such fact", "There is no cloud.%s.%s", name, schema.DidYouMean(name, known))
	case !s.l.sky.stands():
		s.holes = append(s.holes, []string{"cloud", name})
	case name != "name":
		if problem := s.l.sky.use(name, t.SourceRange()); problem != "" {
			s.dangling(t, 2, "Not known of this cloud", "cloud.%s: %s.", name, problem)
		}
	}
}

// metadataURL is the fact that is made with a tenant's id, by the function of the same name.
const metadataURL = "metadata_url"
