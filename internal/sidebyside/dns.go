package main

import (
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// besideDNS compares a long zone with what is wanted there: hybrid, dnscontrol by its own BIND provider, and what transferring the
// zone and comparing two zone files takes.
func besideDNS(r *run) error {
	named := r.installed("named", "Debian: bind9", "a long zone")
	if named == "" {
		return nil
	}
	z, err := r.zone(named, "long", r.size.records, r.size.records)
	if err != nil {
		return err
	}
	defer z.stop()
	subjects := []subject{{name: "`hybrid plan`, a block a record", command: []string{r.hybrid, "plan", z.configuration}, shows: "No changes"}}
	for _, more := range []func(*zone) (subject, bool, error){r.eachOfThem, r.dnscontrol, r.comparing, r.transferring} {
		s, there, err := more(z)
		if err != nil {
			return err
		}
		if there {
			subjects = append(subjects, s)
		}
	}
	all, err := r.alternately(r.size.repeat, subjects...)
	if err != nil {
		return err
	}
	r.writePair(fmt.Sprintf("A zone of %s records, all as they should be", thousands(r.size.records)),
		"hybrid transfers the zone from BIND. dnscontrol's provider of the same name reads a zone file and asks no server, so it does less. "+
			"`ldns-compare-zones` compares what `dig` transferred with the zone file: no configuration, no plan.", subjects, all)
	return nil
}

// eachOfThem is hybrid with one block for all names, by for_each.
func (r *run) eachOfThem(z *zone) (subject, bool, error) {
	dir, err := r.folder("each")
	if err != nil {
		return subject{}, false, err
	}
	if err := written(filepath.Join(dir, "hosts.json"), func(w io.Writer) {
		for n := range r.size.records {
			fmt.Fprintf(w, "%s\"h%06d.contoso.com\"", map[bool]string{true: "[", false: ",\n"}[n == 0], n)
		}
		fmt.Fprintln(w, "]")
	}); err != nil {
		return subject{}, false, err
	}
	text := fmt.Sprintf("provider \"dns\" \"external\" {\n  type   = \"rfc2136\"\n  server = %q\n}\ndns_record \"hosts\" \"A\" {\n  for_each = toset(jsondecode(file(\"hosts.json\")))\n"+
		"  identity = each.key\n  ttl      = 300\n  values   = [\"192.0.2.1\"]\n}\n", z.address)
	err = os.WriteFile(filepath.Join(dir, "main.hcl"), []byte(text), 0o600)
	return subject{name: "`hybrid plan`, one block with `for_each`", command: []string{r.hybrid, "plan", dir}, shows: "No changes"}, true, err
}

// transferring is what reading the zone takes, whoever reads it.
func (r *run) transferring(z *zone) (subject, bool, error) {
	dig := r.installed("dig", "Debian: bind9-dnsutils", "transferring a long zone")
	return subject{name: "`dig AXFR`, reading alone", command: transfer(dig, z.address), shows: fmt.Sprintf("h%06d.contoso.com.", r.size.records-1)}, dig != "", nil
}

func transfer(dig, address string) []string {
	host, port, _ := net.SplitHostPort(address)
	return []string{dig, "@" + host, "-p", port, "contoso.com", "AXFR", "+onesoa", "+nocomments", "+nocmd", "+nostats"}
}

// comparing transfers the zone into a file and compares it with the zone file that is wanted.
func (r *run) comparing(z *zone) (subject, bool, error) {
	const what = "comparing two zone files"
	compare, dig := r.installed("ldns-compare-zones", "Debian: ldnsutils", what), r.installed("dig", "Debian: bind9-dnsutils", what)
	if compare == "" || dig == "" {
		return subject{}, false, nil
	}
	wanted := filepath.Join(z.dir, "wanted")
	if err := written(wanted, func(w io.Writer) {
		_, _ = io.WriteString(w, "$ORIGIN contoso.com.\n")
		zoneFile(w, r.size.records)
	}); err != nil {
		return subject{}, false, err
	}
	host, port, _ := net.SplitHostPort(z.address)
	script := `"$1" @"$2" -p "$3" contoso.com AXFR +onesoa +nocomments +nocmd +nostats >"$4" && "$5" "$4" "$6"`
	return subject{
		name: "`dig AXFR` and `ldns-compare-zones`", command: []string{"sh", "-c", script, "sh", dig, host, port, filepath.Join(z.dir, "live"), compare, wanted},
		shows: "+0\t-0\t~0",
	}, true, nil
}

// dnscontrolModule is where dnscontrol comes from when it is not installed.
const dnscontrolModule = "github.com/DNSControl/dnscontrol/v4@latest"

// dnscontrol is `dnscontrol preview` of the same records against a zone file that has them, by its provider BIND.
func (r *run) dnscontrol(*zone) (subject, bool, error) {
	const what = "a long zone beside dnscontrol"
	program, err := exec.LookPath("dnscontrol")
	if err != nil && r.size == tiny {
		r.skip("%s: it is not on PATH, and building it takes longer than a tiny run", what)
		return subject{}, false, nil
	}
	if err != nil {
		program, err = r.installDNSControl()
	}
	if err != nil {
		r.say("%v", err) // it may name whoever refused, which is nothing for a report
		r.skip("%s: it is not on PATH, and `go install %s` failed", what, dnscontrolModule)
		return subject{}, false, nil
	}
	dir, err := r.folder("dnscontrol")
	if err != nil {
		return subject{}, false, err
	}
	for name, content := range map[string]func(io.Writer){
		"creds.json":       func(w io.Writer) { _, _ = io.WriteString(w, `{"bind": {"TYPE": "BIND", "directory": "zones"}}`) },
		"contoso.com.zone": func(w io.Writer) { zoneFile(w, r.size.records) },
		"dnsconfig.js": func(w io.Writer) {
			_, _ = io.WriteString(w, "D(\"contoso.com\", NewRegistrar(\"none\"), DnsProvider(NewDnsProvider(\"bind\")), DefaultTTL(300),\n  NAMESERVER(\"ns1.contoso.com.\"),\n  A(\"ns1\", \"192.0.2.53\")")
			for n := range r.size.records {
				fmt.Fprintf(w, ",\n  A(\"h%06d\", \"192.0.2.1\")", n)
			}
			_, _ = io.WriteString(w, "\n);\n")
		},
	} {
		if err := written(filepath.Join(dir, name), content); err != nil {
			return subject{}, false, err
		}
	}
	if err := os.MkdirAll(filepath.Join(dir, "zones"), 0o700); err != nil {
		return subject{}, false, err
	}
	if err := os.Rename(filepath.Join(dir, "contoso.com.zone"), filepath.Join(dir, "zones", "contoso.com.zone")); err != nil {
		return subject{}, false, err
	}
	return subject{name: "`dnscontrol preview`, BIND's zone file", command: []string{program, "preview"}, dir: dir, shows: "Done. 0 corrections."}, true, nil
}

// installDNSControl builds it in a module of its own, away from this one.
func (r *run) installDNSControl() (string, error) {
	dir, err := r.folder("dnscontrol-bin")
	if err != nil {
		return "", err
	}
	r.say("building dnscontrol, which is not installed: some minutes where the registry has it")
	began := time.Now()
	install := exec.CommandContext(r.ctx, "go", "install", dnscontrolModule)
	install.Dir, install.Env = dir, append(os.Environ(), "GOBIN="+dir, "GOFLAGS=")
	if said, err := install.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w after %s: %s", err, time.Since(began).Round(time.Second), tail(said))
	}
	return filepath.Join(dir, "dnscontrol"), nil
}
