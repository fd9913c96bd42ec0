package lab

import (
	"context"
	"errors"
	"net/netip"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/miekg/dns"

	"hybrid/internal/lab/nameserver"
	"hybrid/schema"
)

func TestNameServersKeepUpdates(t *testing.T) {
	t.Parallel()
	path := statePath(t)
	l := startAt(t, Seed(needed(), SeedOptions{}), path)
	at := l.Endpoints().DNS["dns.external"]
	update := new(dns.Msg)
	update.SetUpdate("contoso.com.")
	record, err := dns.NewRR("new.contoso.com. 300 IN A 203.0.113.10")
	if err != nil {
		t.Fatal(err)
	}
	update.Insert([]dns.RR{record})
	update.SetTsig(at.TSIGName, dns.HmacSHA256, 300, time.Now().Unix())
	client := &dns.Client{Net: "tcp", TsigSecret: map[string]string{at.TSIGName: at.Secret}}
	answer, _, err := client.Exchange(update, at.Addr)
	if err != nil || answer.Rcode != dns.RcodeSuccess {
		t.Fatalf("%v, %v", answer, err)
	}
	kept := killed(t, path).Views["dns.external"]["contoso.com."]
	if !strings.Contains(strings.ReplaceAll(strings.Join(kept, "\n"), "\t", " "), "new.contoso.com. 300 IN A 203.0.113.10") {
		t.Errorf("the update is not in the file: %v", kept)
	}
	unsigned := update.Copy()
	unsigned.Extra = nil
	if answer, _, err := client.Exchange(unsigned, at.Addr); err != nil || answer.Rcode == dns.RcodeSuccess {
		t.Errorf("an unsigned update: %v, %v", answer, err)
	}
}

func TestNameServerFaults(t *testing.T) {
	t.Parallel()
	l := start(t, Seed(needed(), SeedOptions{}))
	l.NameServer("dns.external").SetFault(nameserver.RefuseAll)
	query := new(dns.Msg)
	query.SetQuestion("contoso.com.", dns.TypeSOA)
	answer, _, err := new(dns.Client).Exchange(query, l.Endpoints().DNS["dns.external"].Addr)
	if err != nil || answer.Rcode != dns.RcodeRefused {
		t.Errorf("%v, %v; want a refusal", answer, err)
	}
	if l.NameServer("dns.internal") != nil {
		t.Error("there is no such view")
	}
}

func TestDig(t *testing.T) {
	t.Parallel()
	dig, err := exec.LookPath("dig")
	if err != nil {
		t.Skip("NOT TESTED: dig is not installed; the lab's name server was not tried with it")
	}
	l := start(t, Seed(needed(), SeedOptions{}))
	host, port, _ := strings.Cut(l.Endpoints().DNS["dns.external"].Addr, ":")
	out, err := exec.CommandContext(t.Context(), dig, "+short", "@"+host, "-p", port, "_sip._tls.contoso.com", "SRV").Output()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff("100 1 443 sipdir.online.lync.com.\n", string(out)); diff != "" {
		t.Error(diff)
	}
}

// What is not of loopback is refused before anything listens, and the directory listens where the rest does.
func TestOnlyLoopbackIsListenedOn(t *testing.T) {
	t.Parallel()
	for _, host := range []string{"0.0.0.0", "::", "192.0.2.7", "fe01.contoso.com", "::ffff:192.0.2.7"} {
		l, err := Start(t.Context(), Options{Estate: Seed(Needs{}, SeedOptions{}), Kinds: []*schema.Kind{}, Listen: ListenOptions{Host: host}})
		if err == nil || !strings.HasPrefix(err.Error(), "the lab cannot listen on "+host+": it listens on loopback alone") {
			t.Errorf("%s: %v, %v", host, l, err)
		}
	}
	for _, host := range []string{"127.0.0.1", "localhost"} {
		l, err := Start(t.Context(), Options{Estate: Seed(Needs{}, SeedOptions{}), Kinds: []*schema.Kind{}, Listen: ListenOptions{Host: host}})
		if err != nil {
			t.Errorf("%s: %v", host, err)
			continue
		}
		address, err := netip.ParseAddrPort(l.Endpoints().LDAP.Addr)
		if err := errors.Join(err, l.Close()); err != nil || !address.Addr().IsLoopback() {
			t.Errorf("%s: the directory listens on %s: %v", host, address, err)
		}
	}
}

func TestPortsThatAreTaken(t *testing.T) {
	t.Parallel()
	first := start(t, Seed(Needs{}, SeedOptions{}))
	taken := first.Endpoints().WinRM.Port
	l, err := Start(context.Background(), Options{Estate: Seed(Needs{}, SeedOptions{}), Kinds: []*schema.Kind{}, Listen: ListenOptions{WinRMPort: taken}})
	if err == nil || !strings.Contains(err.Error(), "the lab's WS-Management: listen tcp 127.0.0.1") {
		t.Errorf("%v, %v", l, err)
	}
}
