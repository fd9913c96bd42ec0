package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/spf13/cobra"

	"hybrid/internal/check"
	"hybrid/internal/config"
	"hybrid/internal/engine"
	"hybrid/internal/importer"
	"hybrid/internal/powershell"
	"hybrid/internal/render"
	"hybrid/schema"
)

// importOptions say what is imported, and where to.
type importOptions struct {
	kinds  []string
	filter string
	out    string // the folder that the files go into, "" for that of the configuration
}

func (o *importOptions) flags(c *cobra.Command) {
	c.Flags().StringSliceVar(&o.kinds, "kind", nil, "only these `kinds`: user,user_homing; may be repeated")
	c.Flags().StringVar(&o.filter, "filter", "", "only what an `expression` is true of: 'kind != \"dns_record\" || type == \"SRV\"'")
}

func (a *app) importCommand() *cobra.Command {
	var o importOptions
	c := &cobra.Command{
		Use:   "import [flags] [DIR]",
		Short: "Write a configuration of what is live, which plans to no changes",
		Long: "import reads everything behind the provider blocks of a configuration and writes it as files beside them: one a concern,\n" +
			"users as tables by home. What the configuration declares already is left out, and no file is touched. What was drafted is\n" +
			"planned before it is written: what a plan would change, or refuse, stands in comments with the reason instead.",
		Example: "  hybrid import estate\n  hybrid import --kind dns_record --filter 'endswith(identity, \"contoso.com\")' estate\n  hybrid import --out copy estate",
		Args:    arguments(0, 1),
		RunE: func(c *cobra.Command, args []string) error {
			return a.importEstate(c.Context(), folder(args), o)
		},
	}
	a.configFlags(c)
	o.flags(c)
	c.Flags().StringVar(&o.out, "out", "", "write into another `folder`, with the provider blocks and what they refer to")
	return c
}

func (a *app) importEstate(ctx context.Context, dir string, o importOptions) (err error) {
	ctx = untilClosed(ctx)
	c, err := a.loadFrom(dir, !a.lab, a.vault(ctx))
	if err != nil {
		return cmp.Or(nothingDone(ctx), err)
	}
	target, err := a.importTarget(ctx, c, dir, o.out)
	if err != nil {
		return err
	}
	return a.importInto(ctx, c, target, o)
}

// importInto reads what lives behind the provider blocks of a configuration, and writes what the folder does not declare yet.
func (a *app) importInto(ctx context.Context, c *config.Config, target *importTarget, o importOptions) (err error) {
	_, kinds := declarations()
	filter, err := importer.NewFilter(o.filter, kinds)
	if err != nil {
		return err
	}
	if err := knownKinds(o.kinds, kinds); err != nil {
		return err
	}
	if err := importer.Writable(target.dir); err != nil {
		return err
	}
	s, err := a.openLoaded(ctx, c)
	if err != nil {
		return err
	}
	defer closing(s, &err)
	s.engine.ReadOnly, s.engine.Surveys = true, true
	over := a.watchReading(s)
	listed, data := s.engine.ListEverything(ctx, func(_ string, k *schema.Kind) bool {
		return isOne(kinds, k) && wantedKind(o.kinds, k)
	})
	over()
	listed = a.lacked(listed)
	if err := nothingDone(ctx); err != nil {
		return err
	}
	result, err := importer.Import(importer.Input{Before: target.before, Listed: listed, Data: data, Kinds: kinds, Load: target.load, Filter: filter, Exists: target.exists})
	if err := cmp.Or(nothingDone(ctx), err); err != nil {
		return err
	}
	if filter.Nothing() && len(result.Files) == 0 {
		fmt.Fprintf(a.out, "Nothing was written: of what was read and is not declared in %s already, --filter is true of nothing.\n", target.dir)
		return a.tellUnread(s, s.engine.Unlisted(listed))
	}
	return a.writeImport(s, target, result, listed)
}

// isOne says whether blocks can declare a kind: there are none of views.
func isOne(kinds []*schema.Kind, k *schema.Kind) bool {
	return slices.ContainsFunc(kinds, func(other *schema.Kind) bool { return other.Name == k.Name })
}

func wantedKind(names []string, k *schema.Kind) bool {
	return len(names) == 0 || slices.Contains(names, k.Name)
}

// knownKinds refuses names that are no kinds of live objects.
func knownKinds(names []string, kinds []*schema.Kind) error {
	var known []string
	for _, k := range kinds {
		if !k.Data && k.Task == nil {
			known = append(known, k.Name)
		}
	}
	for _, name := range names {
		if !slices.Contains(known, name) {
			return fmt.Errorf("--kind: there is no kind %q that can be imported.%s The kinds are %s", name, schema.DidYouMean(name, known), strings.Join(known, ", "))
		}
	}
	return nil
}

// An importTarget is the folder that an import writes into.
type importTarget struct {
	app     *app
	vault   config.Vault // where the folder's secrets are fetched
	dir     string
	before  *config.Config
	carried map[string][]byte // files that go there beside what was imported: the provider blocks
}

// importTarget finds out what stands in the folder.
func (a *app) importTarget(ctx context.Context, from *config.Config, dir, out string) (*importTarget, error) {
	t := &importTarget{app: a, vault: a.vault(ctx), dir: cmp.Or(out, dir), before: from}
	if out == "" || filepath.Clean(out) == filepath.Clean(dir) {
		return t, nil
	}
	if found, _ := filepath.Glob(filepath.Join(out, "*.hcl*")); len(found) > 0 {
		var err error
		t.before, err = a.loadFrom(out, !a.lab, t.vault)
		return t, err
	}
	carried, err := providerFile(from)
	if err != nil {
		return nil, err
	}
	t.carried = map[string][]byte{"providers.hcl": carried}
	c, diags := t.load(nil)
	if diags.HasErrors() {
		return nil, &invalid{diags, c.Sources}
	}
	t.before = c
	return t, nil
}

// load reads the folder together with what is to be written there.
func (t *importTarget) load(drafts map[string][]byte) (*config.Config, hcl.Diagnostics) {
	vars, err := t.app.variables()
	if err != nil {
		return nil, hcl.Diagnostics{{Severity: hcl.DiagError, Summary: err.Error()}}
	}
	all, kinds := declarations()
	together := maps.Clone(t.carried)
	if together == nil {
		together = map[string][]byte{}
	}
	maps.Copy(together, drafts)
	return config.Load(t.dir, config.Options{
		Systems: all, Kinds: kinds, Vars: vars, VarFiles: t.app.varFiles,
		LookupEnv: os.LookupEnv, Vault: t.vault, Version: program().Version, UnknownSecrets: t.app.lab, Checks: check.IDs(), Drafts: together,
	})
}

// exists says whether the folder has a file.
func (t *importTarget) exists(name string) bool {
	_, err := os.Lstat(filepath.Join(t.dir, filepath.FromSlash(name)))
	return err == nil
}

// writeImport writes the files and says what was done, and what could not be.
func (a *app) writeImport(s *session, t *importTarget, r *importer.Result, listed []engine.Listed) error {
	unread := s.engine.Unlisted(listed)
	if len(r.Files) > 0 {
		files := maps.Clone(r.Files)
		maps.Copy(files, t.carried)
		if err := importer.Write(t.dir, files); err != nil {
			return err
		}
		fmt.Fprintf(a.out, "Imported into %s: %s and %s in %s.\n", t.dir, counted(r.Objects, "object"), counted(r.Users, "user"), counted(r.Blocks, "block"))
		for _, name := range slices.Sorted(maps.Keys(files)) {
			fmt.Fprintf(a.out, "  %s\n", name)
		}
	} else {
		a.tellNothingNew(t.dir, unread.HasErrors())
	}
	a.tellUndeclared(r.Undeclared)
	return a.tellUnread(s, unread)
}

// tellUnread says what could not be read, and ends the command with an error where there is such.
func (a *app) tellUnread(s *session, unread hcl.Diagnostics) error {
	if !unread.HasErrors() {
		return nil
	}
	a.showDiagnostics(unread, s.config.Sources)
	return &withCode{exitFailed, "What could not be read was not imported. Import again when it can be: what the files have by then is left alone."}
}

func (a *app) tellNothingNew(dir string, unread bool) {
	if unread {
		fmt.Fprintf(a.out, "Nothing was written: of what could be read, nothing is new.\n")
		return
	}
	fmt.Fprintf(a.out, "Nothing new: what is live and can be declared is declared in %s already. Nothing was written.\n", dir)
}

// tellUndeclared lists what the files say in comments.
func (a *app) tellUndeclared(all []string) {
	if len(all) == 0 {
		return
	}
	fmt.Fprintf(a.out, "\nLeft alone, since it cannot be declared (%d; the files say the same in comments):\n", len(all))
	for _, text := range all {
		fmt.Fprintln(a.out, render.Fold("  - "+a.hidden(text), width(a.out)))
	}
}

// lacked takes out what servers of old have no cmdlet for, so that there is none of it, and says so.
func (a *app) lacked(listed []engine.Listed) []engine.Listed {
	return slices.DeleteFunc(listed, func(one engine.Listed) bool {
		var refused *powershell.CmdletError
		if !errors.As(one.Listing.Err, &refused) || refused.Kind != "CommandNotFoundException" {
			return false
		}
		a.say(fmt.Sprintf("Note: the sessions of provider %s have no cmdlet for %s: there is none, or the account may not use it.", one.Provider, one.Kind.Name))
		return true
	})
}
