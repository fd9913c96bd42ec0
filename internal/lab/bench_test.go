package lab

import (
	"context"
	"fmt"
	"io"
	"testing"

	"hybrid/internal/lab/nameserver"
	"hybrid/internal/powershell"
)

var planned = []string{"SipAddress", "Identity", "HostingProvider", "RegistrarPool", "Enabled", "DisplayName"}

// BenchmarkListUsers is the lab's side of reading 100,000 users: filter, encode, pack.
func BenchmarkListUsers(b *testing.B) {
	s, err := newSimulator(Seed(Needs{}, SeedOptions{Users: 100_000}), nil)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		out, err := s.run("Get-CsUser", nil, false)
		if err != nil || len(out.accounts) != 100_000 {
			b.Fatalf("%d users, %v", len(out.accounts), err)
		}
		if err := newAnswers(io.Discard).accounts([]byte("1"), out.accounts, planned); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkListUsersOverTheWire is the same with WS-Management and the product's session in between.
func BenchmarkListUsersOverTheWire(b *testing.B) {
	l := start(b, Seed(Needs{}, SeedOptions{Users: 100_000}))
	s := session(b, l, "Get-CsUser")
	for b.Loop() {
		count := 0
		err := s.Call(context.Background(), command("Get-CsUser"), powershell.CallOptions{Select: planned, Row: func([]any) error { count++; return nil }})
		if err != nil || count != 100_000 {
			b.Fatalf("%d users, %v", count, err)
		}
	}
}

// BenchmarkListOnlineUsersOverTheWire is the same for users as the tenant has them: the seven properties that they are held
// against by, and what data blocks ask for besides, service plans among them.
func BenchmarkListOnlineUsersOverTheWire(b *testing.B) {
	l := start(b, Seed(tenantNeeds(), SeedOptions{Users: 100_000}))
	s, err := tenantSession(b, l, []powershell.Command{connectWith(l.Endpoints().Teams)}, "Get-CsOnlineUser")
	if err != nil {
		b.Fatal(err)
	}
	mirrored := []string{"SipAddress", "UserPrincipalName", "OnPremSipAddress", "OnPremHostingProvider", "HostingProvider", "InterpretedUserType", "UserDirSyncEnabled"}
	for name, properties := range map[string][]string{"mirror": mirrored, "data": append(mirrored, "DisplayName", "AccountType", "AssignedPlan", "UserValidationErrors")} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				count := 0
				err := s.Call(context.Background(), command("Get-CsOnlineUser"), powershell.CallOptions{Select: properties, Row: func([]any) error { count++; return nil }})
				if err != nil || count < 90_000 {
					b.Fatalf("%d users, %v", count, err)
				}
			}
		})
	}
}

// BenchmarkRequests is one call after the other in one session.
func BenchmarkRequests(b *testing.B) {
	l := start(b, Seed(needed(), SeedOptions{}))
	s := session(b, l, "Get-CsPool")
	for b.Loop() {
		if err := s.Call(context.Background(), command("Get-CsPool"), powershell.CallOptions{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkGenerate(b *testing.B) {
	for b.Loop() {
		if e := Seed(Needs{}, SeedOptions{Users: 100_000}); len(e.Accounts) != 100_000 {
			b.Fatal(len(e.Accounts))
		}
	}
}

func BenchmarkSaveAndLoad(b *testing.B) {
	e := Seed(Needs{}, SeedOptions{Users: 100_000})
	path := statePath(b)
	for b.Loop() {
		e.dirty = true
		if err := e.Save(path); err != nil {
			b.Fatal(err)
		}
		if loaded, err := Load(path); err != nil || len(loaded.Accounts) != 100_000 {
			b.Fatal(err)
		}
	}
}

// BenchmarkObjects makes, changes, reads and removes objects one by one, of so many. The time of one must not depend on their
// number.
func BenchmarkObjects(b *testing.B) {
	for _, count := range []int{1_000, 4_000, 16_000} {
		b.Run(fmt.Sprint(count), func(b *testing.B) {
			s, err := newSimulator(Seed(Needs{}, SeedOptions{}), nil)
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				for _, verb := range []string{"New", "Set", "Get", "Remove"} {
					callEach(b, s, verb, count)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*count*4), "ns/call")
		})
	}
}

func callEach(b *testing.B, s *simulator, verb string, count int) {
	for n := range count {
		call := params{"Identity": fmt.Sprintf("P%d", n)}
		switch verb {
		case "New":
			call = lyncOnline()
			call["Identity"], call["ProxyFqdn"] = fmt.Sprintf("P%d", n), fmt.Sprintf("p%d.example.com", n)
		case "Set":
			call["Enabled"] = true
		}
		if _, err := s.run(verb+"-CsHostingProvider", call, false); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkZoneUpdates keeps updates of as many names in the file's log, saves the estate and loads it.
func BenchmarkZoneUpdates(b *testing.B) {
	for _, count := range []int{1_000, 4_000, 16_000} {
		b.Run(fmt.Sprint(count), func(b *testing.B) {
			for b.Loop() {
				keepUpdates(b, count)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*count), "ns/update")
		})
	}
}

func keepUpdates(b *testing.B, count int) {
	path := statePath(b)
	e := Seed(needed(), SeedOptions{})
	if err := e.Save(path); err != nil {
		b.Fatal(err)
	}
	for n := range count {
		err := e.Do(func() error {
			e.UpdateZone("dns.external", "contoso.com.", []nameserver.Set{addresses(fmt.Sprintf("h%d.contoso.com.", n), "192.0.2.1")})
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	if err := e.Save(path); err != nil {
		b.Fatal(err)
	}
	if loaded, err := Load(path); err != nil || len(loaded.Views["dns.external"]["contoso.com."]) != count+5 {
		b.Fatal(err)
	}
}
