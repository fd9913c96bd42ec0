// Command sidebyside measures hybrid beside other programs that do something like it, on one machine and in one run, and prints
// the tables of docs/performance.md: from the top folder of the source,
//
//	go run ./internal/sidebyside
//
// What two programs do is measured in turns, so that whatever else the machine does strikes both. Nothing is written but to a
// scratch folder, which is removed, and nothing is contacted but name servers, directories and labs that it starts itself on
// 127.0.0.1. A program that is not installed is named, and its pair is left out.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
)

// sizes are how much is measured. A run with few and small ones shows that everything works, and measures nothing.
type sizes struct {
	objects int // blocks that are planned beside Terraform
	records int // record sets of one zone
	users   int // the most users of the table of growth, which begins with a thousand and takes each power of ten
	applied int // the most users who are moved there
	blocks  int // the most blocks of the table of growth
	repeat  int // how often each is measured
}

// usual are the sizes of docs/performance.md; tiny show in a minute or two that everything works.
var (
	usual = sizes{objects: 10_000, records: 100_000, users: 1_000_000, applied: 1_000_000, blocks: 100_000, repeat: 3}
	tiny  = sizes{objects: 50, records: 200, users: 1_000, applied: 1_000, blocks: 1_000, repeat: 1}
)

// A section is a part of the report: it measures, and writes what came of it.
type section struct {
	name    string
	measure func(*run) error
}

var sections = []section{
	{"terraform", besideTerraform},
	{"dns", besideDNS},
	{"sessions", sessions},
	{"ldap", besideLDAP},
	{"users", usersGrow},
	{"blocks", blocksGrow},
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := report(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "Error:", err)
		os.Exit(1)
	}
}

// report measures what the command line asks for and prints it.
func report(ctx context.Context, args []string) error {
	size, only, err := parse(args)
	if err != nil {
		return err
	}
	r, err := begin(ctx, size, os.Stdout)
	if err != nil {
		return err
	}
	defer r.end()
	for _, s := range sections {
		if len(only) > 0 && !slices.Contains(only, s.name) {
			continue
		}
		r.say("measuring: %s", s.name)
		if err := s.measure(r); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
	}
	r.writeSkipped()
	return nil
}

// parse reads the command line: sizes, and the names of the sections that are wanted, none for all.
func parse(args []string) (sizes, []string, error) {
	size := usual
	if slices.Contains(args, "-tiny") || slices.Contains(args, "--tiny") {
		size = tiny
	}
	f, only := flags(&size)
	if err := f.Parse(args); err != nil {
		return sizes{}, nil, err
	}
	if *only == "" {
		return size, nil, nil
	}
	wanted := strings.Split(*only, ",")
	for _, name := range wanted {
		if !slices.ContainsFunc(sections, func(s section) bool { return s.name == name }) {
			return sizes{}, nil, fmt.Errorf("there is no section %q: choose from %s", name, names())
		}
	}
	return size, wanted, nil
}

// flags are those of the command line; each size is what it is already unless it is given.
func flags(size *sizes) (f *flag.FlagSet, only *string) {
	f = flag.NewFlagSet("sidebyside", flag.ContinueOnError)
	f.Bool("tiny", false, "small sizes, once each: shows that everything works, and measures nothing")
	f.IntVar(&size.objects, "objects", size.objects, "how many blocks are planned beside Terraform")
	f.IntVar(&size.records, "records", size.records, "how many record sets the zone has")
	f.IntVar(&size.users, "users", size.users, "the most users of the table of growth")
	f.IntVar(&size.applied, "applied", size.applied, "the most users who are moved there")
	f.IntVar(&size.blocks, "blocks", size.blocks, "the most blocks of the table of growth")
	f.IntVar(&size.repeat, "repeat", size.repeat, "how often each is measured")
	only = f.String("only", "", "only these sections, with commas between: "+names())
	return f, only
}

func names() string {
	var all []string
	for _, s := range sections {
		all = append(all, s.name)
	}
	return strings.Join(all, ", ")
}
