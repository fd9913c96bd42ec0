// Package config reads a configuration: a folder of HCL files in, evaluated objects with their source ranges and the
// graph between them out. It contacts nothing, and reports every error of a configuration in one run.
package config

import (
	"maps"
	"path/filepath"
	"slices"
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/builds"
	"hybrid/internal/clouds"
	"hybrid/internal/modules"
	"hybrid/internal/roots"
	"hybrid/planner"
	"hybrid/schema"
)

// Options is what a configuration is read with.
type Options struct {
	Systems   []*schema.System
	Kinds     []*schema.Kind
	Vars      map[string]string           // --var name=value
	VarFiles  []string                    // --var-file, relative to the working directory; later ones win
	LookupEnv func(string) (string, bool) // os.LookupEnv; nil for an empty environment
	Vault     Vault                       // where secret_command() and keyring() ask; nil for none
	Version   string                      // of this program, held against required_version; "" or "dev" passes always
	// UnknownSecrets lets env() of an unset variable and secret_file() of a missing file give an unknown sensitive value
	// instead of an error, and asks no vault, so that a configuration can be validated, or rehearsed in the lab, where its secrets
	// are not.
	UnknownSecrets bool
	Checks         []string // ids of checks that can be waived; none where any may be
	// Drafts are files that are read as if they lay in the folder, by their path in it with slashes: what is about to be
	// written there is tried first. A file of the same path is not looked at.
	Drafts map[string][]byte
}

// Config is a configuration as far as it is known offline.
type Config struct {
	Dir        string // as given to Load
	Name       string // the folder's own name
	Settings   Settings
	Providers  []Provider        // in the order of the configuration
	Nodes      []*planner.Node   // sorted: what comes first is first
	Objects    []planner.Object  // in the order of Nodes; values that are only known after apply are unknown
	Cloud      clouds.Cloud      // the one that it is about
	Clouds     clouds.Table      // all that it knows
	Roots      roots.Table       // the root authorities of certificates, as far as it knows them
	Builds     builds.Table      // the versions of the servers, as far as it knows them
	Modules    modules.Table     // versions of PowerShell modules, as far as it knows them
	Exclusives []Exclusive       // in the order of the configuration
	Notify     []Notify          // in the order of the configuration
	Policies   []*Policy         // in the order of the configuration
	Waivers    []Waiver          // in the order of the configuration
	Sources    map[string][]byte // the configuration's files by the name that ranges give, for showing diagnostics: secrets in them are blotted out
	Files      []string          // all that it consists of, relative to Dir where they lie below it; without those of secrets
	Digest     string            // SHA-256, hex, of every file read and every variable that is not sensitive

	secrets  *secretTexts
	contents map[string][]byte // of Files
}

// Settings is what the hybrid block says, with the defaults of what it does not.
type Settings struct {
	RequiredVersion string // a version constraint, "" for none
	Journal         string // a folder, relative to the configuration's, or the address of a bucket
	Guard           Guard
	Windows         map[string]Window
}

// Window is a recurring span of time in which users may be moved.
type Window struct {
	Days         []time.Weekday // on which it opens
	Hour, Minute int            // at which it opens, in Location
	Duration     time.Duration  // for how long, in absolute time
	Location     *time.Location
	Range        hcl.Range
}

// Provider is one provider block.
type Provider struct {
	Name   string // "skype", "dns.external"
	System *schema.System
	Label  string               // "external"; "" for a system of which there is one
	Values cty.Value            // of System.Type(); secrets are marked with schema.Sensitive
	Range  hcl.Range            // of the block's header
	Ranges map[string]hcl.Range // of each argument that is written

	body  hcl.Body
	scope *scope
}

// Exclusive makes a kind's declarations the whole truth behind one provider.
type Exclusive struct {
	Kind     string
	Provider string   // "skype", "dns.external"
	Ignore   []string // patterns of identities that are left alone, as path.Match takes them, compared without case
	Range    hcl.Range
}

// Load reads the folder's *.hcl and *.hcl.json files as one configuration. With errors among the diagnostics the
// configuration is as far as it could be read and must not be planned; its Sources are there for showing them.
func Load(dir string, o Options) (*Config, hcl.Diagnostics) {
	sources, diags := readFolder(dir)
	if len(o.Drafts) > 0 {
		sources, diags = withDrafts(dir, sources, diags, o.Drafts)
	}
	c, more := load(dir, sources, o)
	return c, tidy(append(diags, more...))
}

// load is Load for files that have been read.
func load(dir string, sources map[string][]byte, o Options) (*Config, hcl.Diagnostics) {
	l := newLoader(dir, sources, o)
	l.collect()
	l.variables()
	l.chooseCloud()
	l.readTables()
	l.evaluateLocals()
	settings := l.settings()
	providers, notify, waivers := l.loadProviders(), l.loadNotify(), l.loadWaivers()
	policies := l.loadPolicies() // before files are sealed: what policies read is read now
	l.prepareResources()
	nodes, objects := l.evaluate()
	l.check(objects, settings)
	l.warnOfInferred()
	l.warnOfSecrets()
	l.warnOfWritten()
	l.warnOfNobody(objects)
	l.warnOfLeft(objects)
	l.warnOfDomains(objects)
	l.keepMarked(providers, notify, objects)
	contents := l.contents()
	return &Config{
		Dir: dir, Name: folderName(dir), Settings: settings, Providers: providers, Nodes: nodes, Objects: objects,
		Cloud: l.sky.Cloud, Clouds: l.sky.table, Roots: l.roots, Builds: l.builds, Modules: l.modules,
		Exclusives: l.loadExclusives(), Notify: notify, Policies: policies, Waivers: waivers, Sources: l.showable(),
		Files: slices.Sorted(maps.Keys(contents)), Digest: l.digest(), secrets: l.secrets, contents: contents,
	}, l.diags
}

// folderName is the last element of the folder's path, also for "." and "..".
func folderName(dir string) string {
	if abs, err := filepath.Abs(dir); err == nil {
		dir = abs
	}
	return filepath.Base(dir)
}
