package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// besideTerraform plans so many blocks with hybrid and with Terraform, all of them as they should be, and none of them there yet.
func besideTerraform(r *run) error {
	const what = "planning objects beside Terraform"
	terraform := r.installed("terraform", "HashiCorp", what)
	named := r.installed("named", "Debian: bind9", what)
	if terraform == "" || named == "" {
		return nil
	}
	count := r.size.objects
	full, empty, err := r.zones(named, count)
	if err != nil {
		return err
	}
	defer full.stop()
	defer empty.stop()
	env, applied, fresh, err := r.terraformFolders(terraform, count)
	if err != nil {
		return err
	}
	subjects := []subject{
		{name: "`hybrid plan`, no changes", command: []string{r.hybrid, "plan", full.configuration}, shows: "No changes"},
		{name: "`terraform plan`, no changes", command: []string{terraform, "plan", "-no-color"}, dir: applied, env: env, shows: "No changes"},
		{name: "`hybrid plan`, all to add", command: []string{r.hybrid, "plan", empty.configuration}, shows: fmt.Sprintf("%d to add", count)},
		{name: "`terraform plan`, all to add", command: []string{terraform, "plan", "-no-color"}, dir: fresh, env: env, shows: fmt.Sprintf("%d to add", count)},
	}
	all, err := r.alternately(r.size.repeat, subjects...)
	if err != nil {
		return err
	}
	heading := fmt.Sprintf("Planning %s objects beside Terraform", thousands(count))
	note := "As many blocks in one file: `dns_record`s of a zone that BIND serves, which are transferred or, where they are not there, asked for one by one; " +
		"`terraform_data` of Terraform's own, which reads its state file and nothing else. So hybrid does more."
	r.writePair(heading+", no changes", note, subjects[:2], all[:2])
	r.writePair(heading+", all to add", "The same where nothing of it is there yet.", subjects[2:], all[2:])
	return nil
}

// terraformFolders writes as many blocks into two folders, of which the first has a state with all of them: making them by
// `terraform apply` would take longer than all that is measured, since it copies its state for each. That Terraform takes the state for
// its own is seen by its plan, which has no changes. What it would ask or tell its maker is switched off.
func (r *run) terraformFolders(terraform string, count int) (env []string, applied, fresh string, err error) {
	settings := filepath.Join(r.scratch, "terraform.rc")
	if err := os.WriteFile(settings, nil, 0o600); err != nil {
		return nil, "", "", err
	}
	env = []string{"CHECKPOINT_DISABLE=1", "TF_IN_AUTOMATION=1", "TF_CLI_CONFIG_FILE=" + settings}
	for n, dir := range []*string{&applied, &fresh} {
		if *dir, err = r.folder(fmt.Sprintf("terraform%d", n)); err != nil {
			return nil, "", "", err
		}
		if err := written(filepath.Join(*dir, "main.tf"), func(w io.Writer) {
			for n := range count {
				fmt.Fprintf(w, "resource \"terraform_data\" \"h%06d\" {\n  input = \"192.0.2.1\"\n}\n", n)
			}
		}); err != nil {
			return nil, "", "", err
		}
		if err := r.once(subject{name: "terraform init", command: []string{terraform, "init", "-no-color"}, dir: *dir, env: env}, &figures{}); err != nil {
			return nil, "", "", err
		}
	}
	return env, applied, fresh, written(filepath.Join(applied, "terraform.tfstate"), func(w io.Writer) { terraformState(w, count) })
}

// terraformState writes the state of such blocks as Terraform 1.11 does.
func terraformState(w io.Writer, count int) {
	_, _ = io.WriteString(w, `{"version":4,"terraform_version":"1.11.0","serial":1,"lineage":"983817bf-569b-58f0-3f7a-79e74c770769","outputs":{},"resources":[`)
	const value = `{"value":"192.0.2.1","type":"string"}`
	for n := range count {
		if n > 0 {
			_, _ = io.WriteString(w, ",")
		}
		fmt.Fprintf(w, `
{"mode":"managed","type":"terraform_data","name":"h%06[1]d","provider":"provider[\"terraform.io/builtin/terraform\"]","instances":[{"schema_version":0,`+
			`"attributes":{"id":"2f20c2aa-c1b8-fd09-678e-bc102f%06[1]d","input":%[2]s,"output":%[2]s,"triggers_replace":null},"sensitive_attributes":[]}]}`, n, value)
	}
	_, _ = io.WriteString(w, "\n],\"check_results\":null}\n")
}

// written makes a file piece by piece.
func written(path string, content func(io.Writer)) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(file)
	content(w)
	if err := w.Flush(); err != nil {
		_ = file.Close()
		return err
	}
	return file.Close()
}
