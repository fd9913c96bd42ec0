package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"hybrid/internal/lab/labtest"
)

// BenchmarkPlanUsers is `hybrid plan` as a process of its own, start to exit, over WS-Man to a lab that is another
// process: so that what is measured of memory is hybrid's own. Linux only: elsewhere memory is counted in other units.
func BenchmarkPlanUsers(b *testing.B) {
	binary := built(b)
	for _, users := range []int{10_000, 100_000} {
		b.Run(fmt.Sprintf("users=%d", users), func(b *testing.B) {
			dir := estateOf(b, binary, users)
			var rss int64
			for b.Loop() {
				plan := exec.Command(binary, "plan", dir)
				out, err := plan.CombinedOutput()
				if err != nil || !strings.Contains(strings.ReplaceAll(string(out), ",", ""), fmt.Sprintf("%d users to move", users)) {
					b.Fatalf("%v: %s", err, out)
				}
				rss = max(rss, plan.ProcessState.SysUsage().(*syscall.Rusage).Maxrss)
			}
			b.ReportMetric(float64(rss)/1024, "MB-resident")
		})
	}
}

// estateOf writes a configuration that moves so many users, and serves its estate until the benchmark ends.
func estateOf(b *testing.B, binary string, users int) string {
	dir := b.TempDir()
	write(b, filepath.Join(dir, "all.csv"), usersCSV(users))
	write(b, filepath.Join(dir, "main.hcl"), benchProvider+`
user_homing "all" {
  users  = users_csv("all.csv")
  target = "pool01.contoso.com"
}
`)
	serve(b, binary, dir)
	return dir
}

// usersCSV is a table of so many users.
func usersCSV(users int) string {
	var csv strings.Builder
	csv.WriteString("sip_address,identity\n")
	for n := range users {
		fmt.Fprintf(&csv, "sip:user%06d@contoso.com,user%06d@contoso.com\n", n, n)
	}
	return csv.String()
}

// benchProvider is what a configuration says of its servers.
const benchProvider = `
hybrid {
  guard { max_moves = 1000000 }
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
}
`

// placeholders are for the configuration's variables before there is a lab.
func placeholders(b *testing.B) { setenv(b, labtest.Placeholders()) }

// setenv sets variables of the environment until the benchmark ends.
func setenv(b *testing.B, variables []string) {
	for _, variable := range variables {
		name, value, _ := strings.Cut(variable, "=")
		b.Setenv(name, value)
	}
}

// serve starts the lab and tells the configuration where it is.
func serve(b *testing.B, binary, dir string) *exec.Cmd {
	placeholders(b)
	lab := exec.Command(binary, "lab", "serve", "--winrm-port", "0", "--dns-port", "0", dir)
	variables, err := labtest.Serve(lab)
	if lab.Process != nil {
		b.Cleanup(func() { _ = lab.Process.Signal(os.Interrupt); _ = lab.Wait() })
	}
	if err != nil {
		b.Fatal(err)
	}
	setenv(b, variables)
	return lab
}
