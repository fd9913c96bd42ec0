package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"hybrid/schema"
)

func (a *app) schemaCommand() *cobra.Command {
	var markdown bool
	var out string
	c := &cobra.Command{
		Use:     "schema [flags] [KIND]",
		Short:   "Print the JSON Schema or the reference page of kinds and provider blocks",
		Example: "  hybrid schema --markdown user_homing\n  hybrid schema --markdown --out reference\n  hybrid schema >hybrid.schema.json",
		Args:    arguments(0, 1),
		RunE: func(c *cobra.Command, args []string) error {
			systems, kinds := declarations()
			if len(args) == 1 {
				var err error
				if systems, kinds, err = pick(args[0], systems, kinds); err != nil {
					return err
				}
			}
			switch {
			case out != "" && !markdown:
				return errors.New("--out writes reference pages: say --markdown as well. JSON Schema is one document: hybrid schema >hybrid.schema.json")
			case out != "":
				return a.writePages(out, kinds, systems)
			case markdown:
				_, err := fmt.Fprint(a.out, schema.Reference(kinds, systems))
				return err
			}
			return a.printJSON(schema.JSONSchema(kinds, systems))
		},
		ValidArgsFunction: completeKinds,
	}
	c.Flags().BoolVar(&markdown, "markdown", false, "reference pages instead of JSON Schema")
	c.Flags().StringVar(&out, "out", "", "write the reference pages into a `folder`, a page for each kind and provider block, and an index")
	return c
}

// pick finds one kind or provider block by name.
func pick(name string, systems []*schema.System, kinds []*schema.Kind) ([]*schema.System, []*schema.Kind, error) {
	var names []string
	for _, k := range kinds {
		if k.Name == name {
			return nil, []*schema.Kind{k}, nil
		}
		names = append(names, k.Name)
	}
	for _, s := range systems {
		if s.Name == name {
			return []*schema.System{s}, nil, nil
		}
		names = append(names, s.Name)
	}
	slices.Sort(names)
	return nil, nil, fmt.Errorf("there is no kind or provider %q.%s There are %s", name, schema.DidYouMean(name, names), schema.List(names, "and"))
}

func completeKinds(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	systems, kinds := declarations()
	var names []string
	for _, k := range kinds {
		names = append(names, k.Name+"\t"+k.Summary())
	}
	for _, s := range systems {
		names = append(names, s.Name)
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

func (a *app) printJSON(v any) error {
	e := json.NewEncoder(a.out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
