package lab

import (
	"context"
	"io"
	"testing"

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
