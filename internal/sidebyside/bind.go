package main

import (
	"fmt"
	"io"
	"net"
	"os/exec"
	"path/filepath"
	"time"
)

// A zone is one that BIND serves, and a configuration whose blocks are about its names.
type zone struct {
	address       string // 127.0.0.1:40053
	dir           string // of the server; db is the zone's file
	configuration string
	stop          func()
}

// zones serves contoso.com twice: with so many addresses, h000000 and so on, and without. The configurations want them all.
func (r *run) zones(named string, count int) (full, empty *zone, err error) {
	if full, err = r.zone(named, "full", count, count); err != nil {
		return nil, nil, err
	}
	if empty, err = r.zone(named, "empty", 0, count); err != nil {
		full.stop()
		return nil, nil, err
	}
	return full, empty, nil
}

// zone serves the zone with as many addresses as it has; the configuration wants so many.
func (r *run) zone(named, name string, has, wanted int) (*zone, error) {
	z := &zone{}
	var err error
	if z.dir, err = r.folder(fmt.Sprintf("bind-%s-%d", name, wanted)); err != nil {
		return nil, err
	}
	if err := written(filepath.Join(z.dir, "db"), func(w io.Writer) { zoneFile(w, has) }); err != nil {
		return nil, err
	}
	if err := z.serve(r, named); err != nil {
		return nil, err
	}
	if z.configuration, err = r.folder(fmt.Sprintf("hybrid-%s-%d", name, wanted)); err != nil {
		return nil, err
	}
	return z, written(filepath.Join(z.configuration, "main.hcl"), func(w io.Writer) {
		fmt.Fprintf(w, "provider \"dns\" \"external\" {\n  type   = \"rfc2136\"\n  server = %q\n}\n", z.address)
		for n := range wanted {
			fmt.Fprintf(w, "dns_record \"h%06d.contoso.com\" \"A\" {\n  ttl    = 300\n  values = [\"192.0.2.1\"]\n}\n", n)
		}
	})
}

// zoneFile writes the zone in the form of RFC 1035, section 5.
func zoneFile(w io.Writer, addresses int) {
	_, _ = io.WriteString(w, "$TTL 300\n@ IN SOA ns1.contoso.com. hostmaster.contoso.com. 1 3600 600 86400 300\n@ IN NS ns1.contoso.com.\nns1 IN A 192.0.2.53\n")
	for n := range addresses {
		fmt.Fprintf(w, "h%06d IN A 192.0.2.1\n", n)
	}
}

// serve starts BIND at a free port and waits until the zone is loaded.
func (z *zone) serve(r *run, named string) error {
	address, err := free()
	if err != nil {
		return err
	}
	z.address = address
	_, port, _ := net.SplitHostPort(address)
	if err := written(filepath.Join(z.dir, "named.conf"), func(w io.Writer) {
		fmt.Fprintf(w, `options { directory %q; listen-on port %s { 127.0.0.1; }; listen-on-v6 { none; }; recursion no; notify no;
  pid-file "named.pid"; session-keyfile "session.key"; dnssec-validation no; allow-transfer { 127.0.0.1; }; };
controls { };
zone "contoso.com" { type primary; file "db"; };
`, z.dir, port)
	}); err != nil {
		return err
	}
	server := exec.CommandContext(r.ctx, named, "-g", "-n", "1", "-c", filepath.Join(z.dir, "named.conf"))
	log, err := server.StderrPipe()
	if err != nil {
		return err
	}
	if err := server.Start(); err != nil {
		return err
	}
	z.stop = func() { _ = server.Process.Kill(); _ = server.Wait() }
	if !until(log, "running", time.Minute) {
		z.stop()
		return fmt.Errorf("named did not say within a minute that it runs; its configuration is %s", filepath.Join(z.dir, "named.conf"))
	}
	return nil
}

// free is an address at which nobody listens.
func free() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String(), nil
}
