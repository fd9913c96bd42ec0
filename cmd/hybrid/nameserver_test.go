package main

import (
	"net"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/miekg/dns"
	"github.com/rogpeppe/go-internal/testscript"

	"hybrid/internal/lab/nameserver"
)

// nameServers are the name servers that scripts have started, by address.
var nameServers sync.Map

// nameServer NAME FILE serves a zone until the script ends, and sets a variable to its address. The zone's name is that of
// the SOA record in the file, whose lines are records.
func nameServer(ts *testscript.TestScript, neg bool, args []string) {
	only(ts, neg, args, 2, "nameserver NAME FILE")
	serveZone(ts, args[0], nameserver.Options{Zones: zoneIn(ts, args[1])})
}

// resolver NAME FILE OF N serves a zone as nameserver does, and is N questions behind the server at an address: for so many
// about names of the zone it answers with what the file says.
func resolver(ts *testscript.TestScript, neg bool, args []string) {
	only(ts, neg, args, 4, "resolver NAME FILE OF N")
	behind, err := strconv.ParseInt(args[3], 10, 64)
	ts.Check(err)
	of, ok := nameServers.Load(args[2])
	if !ok {
		ts.Fatalf("there is no name server at %s", args[2])
	}
	var asked atomic.Int64
	serveZone(ts, args[0], nameserver.Options{Zones: zoneIn(ts, args[1]), Asked: func(s *nameserver.Server, _ dns.Question) {
		if asked.Add(1) > behind {
			_ = s.Take(of.(*nameserver.Server).Zones())
		}
	}})
}

func serveZone(ts *testscript.TestScript, name string, o nameserver.Options) {
	o.Listen = net.JoinHostPort("127.0.0.1", "0")
	s, err := nameserver.Start(o)
	ts.Check(err)
	ts.Defer(func() { ts.Check(s.Close()) })
	nameServers.Store(s.Addr(), s)
	ts.Setenv(name, s.Addr())
}

// zoneIn reads the records of a zone from a file.
func zoneIn(ts *testscript.TestScript, file string) map[string][]string {
	var records []string
	zone := ""
	for line := range strings.Lines(ts.ReadFile(file)) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		if rr, err := dns.NewRR(line); err == nil && rr.Header().Rrtype == dns.TypeSOA {
			zone = rr.Header().Name
		}
		records = append(records, line)
	}
	if zone == "" {
		ts.Fatalf("%s has no SOA record with a whole name", file)
	}
	return map[string][]string{zone: records}
}
