// Package architecture_test holds the source to what is true of all of it: imports point one way, what is exported is documented, and
// whatever reaches the network, writes a file or speaks TLS is known.
package architecture_test

import (
	"go/ast"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// allowed says which packages of this module each package may import. Tests may import more.
var allowed = map[string][]string{
	"schema":                             {},
	"internal/roster":                    {},
	"internal/clock":                     {},
	"internal/event":                     {},
	"internal/journal":                   {"internal/amount", "internal/bounded"},
	"internal/journal/bucket":            {"internal/amount", "internal/journal", "internal/bounded"},
	"internal/journal/bucket/drivers":    {"internal/journal/bucket"},
	"internal/journal/bucket/buckettest": {"internal/journal/bucket"},
	"internal/estimate":                  {},
	"internal/manpage":                   {},
	"internal/notify":                    {"internal/amount", "internal/bounded"},
	"internal/pace":                      {},
	"internal/amount":                    {},
	"internal/bounded":                   {},
	"internal/hostile":                   {},
	"internal/cmdlets":                   {},
	"internal/kerberos":                  {},
	"internal/kerberos/kdctest":          {},
	"internal/wsman":                     {"internal/amount", "internal/kerberos", "internal/socket"},
	"internal/socket":                    {},
	"internal/facts":                     {},
	"internal/wsman/wsmantest":           {"internal/wsman"},
	"internal/powershell":                {"internal/bounded", "internal/amount", "internal/clock", "internal/wsman", "internal/powershell/literal"},
	"internal/powershell/literal":        {},
	"planner":                            {"schema", "internal/roster"},
	"planner/guard":                      {"schema", "planner", "internal/roster"},
	"providers":                          {"schema", "planner", "internal/clock", "internal/clouds"},
	"providers/shell":                    {"schema", "planner", "providers", "internal/catalogue", "internal/cmdlets", "internal/kerberos", "internal/powershell", "internal/wsman", "internal/bounded"},
	"providers/skype":                    {"schema", "planner", "providers", "providers/shell", "internal/roster", "internal/powershell"},
	"providers/teams":                    {"schema", "planner", "providers", "providers/shell", "internal/roster", "internal/powershell"},
	"providers/directory":                {"schema", "planner", "providers", "providers/shell", "internal/clock", "internal/kerberos", "internal/ldap", "internal/powershell", "internal/bounded"},
	"providers/dns":                      {"schema", "planner", "providers", "providers/shell", "internal/amount", "internal/clouds", "internal/dnsservice", "internal/kerberos", "internal/powershell", "internal/question", "internal/rest", "internal/socket", "internal/token"},
	"providers/entra":                    {"schema", "planner", "providers", "internal/autodiscover", "internal/clouds", "internal/graph", "internal/rest", "internal/token"},
	"internal/clouds":                    {},
	"internal/catalogue":                 {},
	"internal/document":                  {"internal/bounded"},
	"internal/check":                     {"schema", "planner", "providers", "internal/builds", "internal/catalogue", "internal/clouds", "internal/config", "internal/document", "internal/handshake", "internal/modules", "internal/phase", "internal/roots", "internal/roster"},
	"internal/handshake":                 {"internal/socket"},
	"internal/question":                  {"internal/socket"},
	"internal/trace":                     {"internal/handshake", "internal/socket"},
	"internal/roots":                     {"internal/facts"},
	"internal/builds":                    {"internal/facts"},
	"internal/modules":                   {"internal/facts"},
	"internal/autodiscover":              {"internal/bounded"},
	"internal/phase":                     {"schema", "planner", "internal/clouds", "internal/roster"},
	"internal/rest":                      {"internal/bounded"},
	"internal/token":                     {"internal/rest"},
	"internal/graph":                     {"internal/amount", "internal/bounded", "internal/clouds", "internal/rest", "internal/token"},
	"internal/secrets":                   {},
	"internal/dnsservice":                {"internal/amount", "internal/rest", "internal/token"},
	"internal/lab/discovery":             {},
	"internal/lab/https":                 {},
	"internal/lab/graph":                 {"internal/lab/discovery", "internal/lab/https"},
	"internal/lab/ldapserver":            {},
	"internal/lab/labtest":               {},
	"internal/agreement":                 {"planner"},
	"internal/config":                    {"schema", "planner", "planner/guard", "internal/secrets", "internal/agreement", "internal/builds", "internal/phase", "internal/modules", "internal/roots", "internal/roster", "internal/clouds", "internal/bounded"},
	"internal/engine":                    {"schema", "planner", "planner/guard", "internal/phase", "providers", "internal/amount", "internal/clock", "internal/roster", "internal/config", "internal/estimate", "internal/event", "internal/journal", "internal/pace"},
	"internal/importer":                  {"schema", "planner", "internal/clouds", "internal/config", "internal/engine", "internal/roster"},
	"internal/sheet":                     {},
	"internal/tally":                     {"internal/event", "internal/journal", "internal/sheet"},
	"internal/handout":                   {"internal/sheet", "planner", "internal/journal", "providers/skype"},
	"internal/render":                    {"schema", "planner", "internal/amount", "internal/catalogue", "internal/check", "internal/estimate", "internal/event", "internal/roster", "internal/powershell/literal", "internal/trace"},
	"internal/lab/dnsservice":            {"internal/lab/https"},
	"internal/lab/nameserver":            {},
	"internal/lab":                       {"schema", "internal/clock", "internal/kerberos", "internal/roots", "internal/roster", "internal/cmdlets", "internal/lab/discovery", "internal/lab/dnsservice", "internal/lab/nameserver", "internal/lab/graph", "internal/lab/https", "internal/lab/ldapserver", "internal/bounded"},
	"internal/architecture":              {},
	"internal/sambatest":                 {},
	"internal/slapdtest":                 {"internal/sambatest"},
	"internal/readonlytest":              {},
	"internal/sidebyside":                {"internal/lab/labtest"},
	"internal/ldap":                      {"internal/kerberos"},
	"cmd/hybrid":                         {"schema", "planner", "planner/guard", "providers", "providers/skype", "providers/teams", "providers/directory", "providers/dns", "providers/entra", "internal/catalogue", "internal/check", "internal/config", "internal/document", "internal/phase", "internal/question", "internal/roots", "internal/amount", "internal/engine", "internal/estimate", "internal/event", "internal/handout", "internal/handshake", "internal/importer", "internal/journal", "internal/journal/bucket", "internal/journal/bucket/drivers", "internal/manpage", "internal/notify", "internal/render", "internal/roster", "internal/secrets", "internal/sheet", "internal/tally", "internal/trace", "internal/lab", "internal/powershell", "internal/wsman", "internal/bounded"},
}

// outside says which modules the packages that must stay light may import.
var outside = map[string][]string{
	"schema":                  {"github.com/hashicorp/hcl/v2", "github.com/zclconf/go-cty", "github.com/agext/levenshtein"},
	"planner":                 {"github.com/hashicorp/hcl/v2", "github.com/zclconf/go-cty"},
	"planner/guard":           {"github.com/hashicorp/hcl/v2", "github.com/zclconf/go-cty"},
	"internal/journal/bucket": {"gocloud.dev"}, // its drivers, which bring the libraries of three clouds, are a package of their own
	"internal/roster":         {}, "internal/event": {}, "internal/journal": {}, "internal/cmdlets": {}, "internal/estimate": {}, "internal/pace": {},
}

// pure names what a package that computes must not reach for.
var pure = map[string][]string{
	"internal/phase":     {"context", "net", "os", "time", "net/http", "math/rand"},
	"internal/agreement": {"context", "net", "os", "time", "net/http", "math/rand"},
	"planner/guard":      {"context", "net", "os", "time", "net/http", "math/rand"},
	"internal/estimate":  {"context", "net", "os", "net/http", "math/rand"},
	"internal/pace":      {"context", "net", "os", "net/http", "math/rand"},
	"planner":            {"context", "net", "os", "time", "net/http", "math/rand"},
	"schema":             {"context", "net", "os", "net/http"},
}

// clock is what of package time a pure package must not use: durations are values, the time of day is not.
var clock = []string{"time.Now", "time.Since", "time.Until", "time.Sleep", "time.After", "time.Tick", "time.NewTimer"}

func TestPurePackagesHaveNoClock(t *testing.T) {
	t.Parallel()
	for dir := range pure {
		noClock(t, dir)
	}
}

// The engine tells the time and waits by the clock that it is given, or a rehearsal would take as long as the night itself.
func TestEngineGoesByItsClock(t *testing.T) {
	t.Parallel()
	noClock(t, "internal/engine")
}

// noClock refuses what tells the time, or waits, by the machine's clock.
func noClock(t *testing.T, dir string) {
	t.Helper()
	looked := 0
	for _, file := range source(t) {
		if file.dir() != dir {
			continue
		}
		looked++
		for _, use := range clock {
			if strings.Contains(file.text, use) {
				t.Errorf("%s uses %s", file.name, use)
			}
		}
	}
	if looked == 0 {
		t.Errorf("%s has no files", dir)
	}
}

func TestImportsPointOneWay(t *testing.T) {
	t.Parallel()
	for dir, imports := range importsByPackage(t) {
		may, known := allowed[dir]
		if !known {
			t.Errorf("%s is not in the table of allowed imports", dir)
			continue
		}
		for _, imported := range imports {
			inside, ours := strings.CutPrefix(imported, "hybrid/")
			switch {
			case ours && !slices.Contains(may, inside):
				t.Errorf("%s imports %s, which the table does not allow", dir, inside)
			case !ours && slices.Contains(pure[dir], imported):
				t.Errorf("%s is pure and imports %s", dir, imported)
			case !ours && strings.Contains(imported, ".") && !lightEnough(dir, imported):
				t.Errorf("%s must stay light and imports %s", dir, imported)
			}
		}
		for _, inside := range may {
			if !slices.Contains(imports, "hybrid/"+inside) {
				t.Errorf("the table lets %s import %s, which it does not: take that out", dir, inside)
			}
		}
	}
}

func lightEnough(dir, imported string) bool {
	modules, limited := outside[dir]
	if !limited {
		return true
	}
	return slices.ContainsFunc(modules, func(m string) bool { return imported == m || strings.HasPrefix(imported, m+"/") })
}

// importsByPackage are the imports of every package that is not a test.
func importsByPackage(t *testing.T) map[string][]string {
	t.Helper()
	found := map[string][]string{}
	for _, file := range source(t) {
		for _, spec := range file.parsed.Imports {
			found[file.dir()] = append(found[file.dir()], importPath(spec))
		}
	}
	return found
}

// importPath is what an import names.
func importPath(spec *ast.ImportSpec) string {
	imported, err := strconv.Unquote(spec.Path.Value)
	if err != nil {
		panic(err) // the parser has taken it
	}
	return imported
}
