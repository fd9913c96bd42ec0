package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// decades are a thousand and each power of ten up to the most.
func decades(most int) []int {
	var all []int
	for n := 1000; n <= most; n *= 10 {
		all = append(all, n)
	}
	return all
}

// costly is from how many on something is measured once only.
const costly = 100_000

// provider is what a configuration of the lab says of its servers; how many sessions are opened is the caller's.
const provider = `hybrid {
  guard { max_moves = 10000000 }
}
variable "port" { type = number }
variable "fingerprint" { type = string }
variable "password" {
  type      = string
  sensitive = true
}
provider "skype" {
  hosts       = ["127.0.0.1"]
  port        = var.port
  fingerprint = var.fingerprint
  auth        = "basic"
  username    = "administrator"
  password    = var.password
  sessions    = 8
}
`

// usersGrow measures each step of a change of users for ten times as many each time.
func usersGrow(r *run) error {
	steps := map[string]*growth{}
	var all []*growth
	note := func(s subject, size int, f figures) {
		if steps[s.name] == nil {
			steps[s.name] = &growth{name: s.name}
			all = append(all, steps[s.name])
		}
		steps[s.name].add(size, f)
	}
	var failed error // what was measured before is told all the same
	for _, users := range decades(r.size.users) {
		r.say("%s users", thousands(users))
		if err := r.usersOf(users, func(s subject, f figures) { note(s, users, f) }); err != nil {
			failed = fmt.Errorf("%d users: %w", users, err)
			break
		}
	}
	r.writeGrowth("Users", "Users of one table who are all to move, read over WS-Man from the lab, which answers at once and is a process of its own.", "user", all)
	return failed
}

// usersOf measures so many users: what is planned and written of a move, then, where it is wanted, the move itself and what comes after it.
func (r *run) usersOf(users int, note func(subject, figures)) error {
	dir, err := r.folder(fmt.Sprintf("users%d", users))
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	if err := usersFolder(dir, users); err != nil {
		return err
	}
	l, err := r.serve(dir)
	if err != nil {
		return err
	}
	defer l.stop()
	repeat := r.size.repeat
	if users > costly {
		repeat = 1
	}
	measured := func(times int, subjects ...subject) error {
		for n := range subjects {
			subjects[n].env = l.env
		}
		all, err := r.alternately(times, subjects...)
		for n := range all {
			if len(all[n].cpu) > 0 {
				note(subjects[n], all[n])
			}
		}
		return err
	}
	if err := measured(repeat, r.planning(dir, users)...); err != nil || users > r.size.applied {
		return err
	}
	return measured(1, r.applying(dir, users)...)
}

// usersFolder writes a configuration that moves so many users.
func usersFolder(dir string, users int) error {
	if err := written(filepath.Join(dir, "all.csv"), func(w io.Writer) {
		_, _ = io.WriteString(w, "sip_address,identity\n")
		for n := range users {
			fmt.Fprintf(w, "sip:user%07[1]d@contoso.com,user%07[1]d@contoso.com\n", n)
		}
	}); err != nil {
		return err
	}
	text := provider + "user_homing \"all\" {\n  users  = users_csv(\"all.csv\")\n  target = \"pool01.contoso.com\"\n  wave {\n    parallel = 8\n    batch    = 100\n  }\n}\n"
	return os.WriteFile(filepath.Join(dir, "main.hcl"), []byte(text), 0o600)
}

// planning are the steps that change nothing.
func (r *run) planning(dir string, users int) []subject {
	moves := fmt.Sprintf("%d users", users)
	saved, imported := filepath.Join(r.scratch, "saved.plan"), filepath.Join(r.scratch, "imported")
	show := func(format, shows string) subject {
		return subject{name: "`show --users --format " + format + "`: writing each of them", command: []string{r.hybrid, "show", "--users", "--format", format, saved}, shows: shows}
	}
	// What import writes down are the provider blocks of a folder and what is behind them.
	empty := filepath.Join(r.scratch, "empty")
	return []subject{
		{name: "`validate`: reading the table", command: []string{r.hybrid, "validate", dir}, shows: moves},
		{name: "`plan`: reading who is homed where, too", command: []string{r.hybrid, "plan", dir}, shows: moves},
		{
			name: "`plan --out`: writing it down, too", command: []string{r.hybrid, "plan", "--out", saved, dir}, shows: moves,
			before: func() error { return removed(saved) },
		},
		{name: "`show`: reading it back", command: []string{r.hybrid, "show", saved}, shows: moves},
		show("html", "</html>"),
		{
			name: "`import`", command: []string{r.hybrid, "import", "--out", imported, empty}, shows: moves,
			before: func() error { return r.toImport(empty, imported) },
		},
		show("json", fmt.Sprintf("user%07d", users-1)),
	}
}

// toImport leaves a folder with nothing but provider blocks, and none where the import goes.
func (r *run) toImport(empty, imported string) error {
	if err := os.RemoveAll(imported); err != nil {
		return err
	}
	if err := os.MkdirAll(empty, 0o700); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(empty, "main.hcl"), []byte(provider), 0o600)
}

// applying are the move, and plans of what has been done.
func (r *run) applying(dir string, users int) []subject {
	return []subject{
		{name: "`apply`: moving them in eight sessions", command: []string{r.hybrid, "apply", "--auto-approve", dir}, shows: fmt.Sprintf("%d users moved", users)},
		{name: "`plan`: all are where they should be", command: []string{r.hybrid, "plan", dir}, shows: "No changes"},
		{name: "`plan --drift`: holding them against the last run", command: []string{r.hybrid, "plan", "--drift", dir}, shows: ""},
	}
}

// removed leaves no file there.
func removed(path string) error {
	if err := os.Remove(path); err != nil && !os.IsNotExist(err) {
		return err
	}
	return nil
}

// blocksGrow measures configurations of ten times as many blocks each time.
func blocksGrow(r *run) error {
	named := r.installed("named", "Debian: bind9", "the growth of blocks")
	if named == "" {
		return nil
	}
	load, quiet, adding := &growth{name: "`validate`: loading them"}, &growth{name: "`plan`: all are there"}, &growth{name: "`plan`: none is there"}
	for _, blocks := range decades(r.size.blocks) {
		r.say("%s blocks", thousands(blocks))
		full, empty, err := r.zones(named, blocks)
		if err != nil {
			return err
		}
		repeat := r.size.repeat
		if blocks >= costly {
			repeat = 1
		}
		all, err := r.alternately(repeat,
			subject{name: load.name, command: []string{r.hybrid, "validate", full.configuration}, shows: fmt.Sprintf("%d blocks", blocks)},
			subject{name: quiet.name, command: []string{r.hybrid, "plan", full.configuration}, shows: "No changes"},
			subject{name: adding.name, command: []string{r.hybrid, "plan", empty.configuration}, shows: fmt.Sprintf("%d to add", blocks)})
		full.stop()
		empty.stop()
		if err != nil {
			return err
		}
		for n, g := range []*growth{load, quiet, adding} {
			g.add(blocks, all[n])
		}
	}
	r.writeGrowth("Blocks", "`dns_record` blocks of one zone of BIND's, in one file.", "block", []*growth{load, quiet, adding})
	return nil
}
