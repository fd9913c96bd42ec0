package dns

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/miekg/dns"
	"github.com/zclconf/go-cty/cty"
	"pgregory.net/rapid"
)

func TestCanonical(t *testing.T) {
	t.Parallel()
	tests := []struct{ rtype, text, want string }{
		{"A", "203.0.113.10", "203.0.113.10"},
		{"AAAA", "2001:0DB8:0:0::10", "2001:db8::10"},
		{"AAAA", "::ffff:203.0.113.10", "::ffff:203.0.113.10"},
		{"CNAME", "SIP.Contoso.COM", "sip.contoso.com."},
		{"CNAME", "sip.contoso.com.", "sip.contoso.com."},
		{"SRV", "  00  0\t443 SIP.contoso.com ", "0 0 443 sip.contoso.com."},
		{"SRV", "0 0 0 .", "0 0 0 ."},
		{"TXT", "v=spf1 include:spf.Contoso.com -all", `"v=spf1 include:spf.Contoso.com -all"`},
		{"TXT", `"v=spf1 include:spf." "Contoso.com -all"`, `"v=spf1 include:spf.Contoso.com -all"`},
		{"TXT", `"a\"b\\c\100"`, `"a\"b\\cd"`},
		{"TXT", `""`, `""`},
		{"TXT", "Zoë; 1", `"Zo\195\171; 1"`},
		{"TXT", strings.Repeat("x", 300), `"` + strings.Repeat("x", 300) + `"`},
		{"A", "not an address", "not an address"},
		{"SRV", "0 0 443", "0 0 443"},
	}
	for _, test := range tests {
		if got := canonical(test.rtype, test.text); got != test.want {
			t.Errorf("%s %s: %s, want %s", test.rtype, test.text, got, test.want)
		}
	}
}

func TestTextIsSplitIntoStringsOf255Octets(t *testing.T) {
	t.Parallel()
	parts, err := parseText(strings.Repeat("ë", 200))
	if err != nil {
		t.Fatal(err)
	}
	rr := &dns.TXT{Hdr: header(dns.TypeTXT), Txt: parts}
	rr.Hdr.Name = "x."
	wire := make([]byte, 1000)
	end, err := dns.PackRR(rr, wire, 0, nil, false)
	if err != nil {
		t.Fatal(err)
	}
	data := wire[2+2+1+2+4+2 : end] // owner "x.", type, class, TTL, length
	if len(data) != 402 || data[0] != 255 || data[256] != 145 {
		t.Errorf("%d octets, strings of %d and %d", len(data), data[0], data[256])
	}
	if joined := string(data[1:256]) + string(data[257:]); joined != strings.Repeat("ë", 200) {
		t.Errorf("holds %q", joined)
	}
}

func TestParseDataRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct{ rtype, text, want string }{
		{"A", "sip.contoso.com", `an A record holds an IPv4 address, not the name "sip.contoso.com"; for a name write a CNAME record`},
		{"A", "2001:db8::1", `"2001:db8::1" is an IPv6 address; write it in an AAAA record`},
		{"A", "203.0.113.256", "an IPv4 address such as 203.0.113.10"},
		{"A", "203.0.113.010", "an IPv4 address such as 203.0.113.10"},
		{"A", "", "an IPv4 address such as 203.0.113.10"},
		{"AAAA", "203.0.113.1", "is an IPv4 address; write it in an A record"},
		{"AAAA", "sip.contoso.com", "not the name"},
		{"AAAA", "fe80::1%eth0", "names a network interface"},
		{"SRV", "0 443 sip.contoso.com", "has 3 of these 4"},
		{"SRV", "0 0 65536 sip.contoso.com", `the port of the SRV record "0 0 65536 sip.contoso.com" is "65536"; write a whole number from 0 to 65535`},
		{"SRV", "-1 0 443 sip.contoso.com", "the priority"},
		{"SRV", "0 x 443 sip.contoso.com", "the weight"},
		{"CNAME", "a..b", "is not a DNS name"},
		{"CNAME", "", "is not a DNS name"},
		{"TXT", "", `an empty text is written "\"\""`},
		{"TXT", `say "hi"`, "holds a quote or a backslash"},
		{"TXT", `"open`, "has no closing quote"},
		{"TXT", `"a" b`, "goes on after the closing quote"},
		{"TXT", `"a\256"`, `\000 to \255`},
		{"TXT", `"a\2"`, "fewer than three digits"},
		{"TXT", `"a\`, "ends in a backslash"},
		{"MX", "10 mail", `"MX" is not known here; write one of A, AAAA, CNAME, SRV, TXT`},
	}
	for _, test := range tests {
		if _, err := parseData(test.rtype, test.text); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s %q: %v, want %q", test.rtype, test.text, err, test.want)
		}
	}
}

// spelled is a record's data in two spellings that mean the same.
type spelled struct{ rtype, one, other string }

func drawSpelled(t *rapid.T) spelled {
	rtype := rapid.SampledFrom(recordTypes()).Draw(t, "type")
	name := rapid.StringMatching(`([a-zA-Z0-9_]([a-zA-Z0-9]{0,6}[a-z])?\.){1,3}[a-z]{2,4}`).Draw(t, "name")
	otherName := rapid.SampledFrom([]string{strings.ToUpper(name), strings.ToLower(name) + ".", name}).Draw(t, "other name")
	switch rtype {
	case "A":
		a := netip.AddrFrom4([4]byte(rapid.SliceOfN(rapid.Byte(), 4, 4).Draw(t, "octets"))).String()
		return spelled{rtype, a, a}
	case "AAAA":
		a := netip.AddrFrom16([16]byte(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "octets")))
		return spelled{rtype, a.String(), strings.ToUpper(a.StringExpanded())}
	case "CNAME":
		return spelled{rtype, name, otherName}
	case "SRV":
		numbers := rapid.StringMatching(`[1-9]\d{0,3} \d [1-9]\d{2}`).Draw(t, "numbers")
		return spelled{rtype, numbers + " " + name, "0" + strings.ReplaceAll(numbers, " ", "   ") + "\t" + otherName}
	}
	octets := rapid.SliceOfN(rapid.Byte(), 0, 600).Draw(t, "text")
	at := rapid.IntRange(0, len(octets)).Draw(t, "cut")
	return spelled{rtype, `"` + escaped(octets) + `"`, `"` + escaped(octets[:at]) + `" "` + escaped(octets[at:]) + `"`}
}

func TestCanonicalFormIgnoresSpelling(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := drawSpelled(t)
		one, other := canonical(s.rtype, s.one), canonical(s.rtype, s.other)
		if one != other {
			t.Fatalf("%q and %q", one, other)
		}
		if again := canonical(s.rtype, one); again != one {
			t.Fatalf("not idempotent: %q, then %q", one, again)
		}
		if _, err := parseData(s.rtype, s.one); err != nil {
			t.Fatal(err)
		}
	})
}

func TestCanonicalSetIgnoresOrderAndSpelling(t *testing.T) {
	t.Parallel()
	values := dnsRecord().Attr("values")
	rapid.Check(t, func(t *rapid.T) {
		all := rapid.SliceOfN(rapid.Custom(drawSpelled), 1, 6).Draw(t, "records")
		all = slices.DeleteFunc(all, func(s spelled) bool { return s.rtype != all[0].rtype })
		var one, other []cty.Value
		for _, s := range all {
			one, other = append(one, cty.StringVal(s.one)), append(other, cty.StringVal(s.other))
		}
		slices.Reverse(other)
		object := map[string]cty.Value{"type": cty.StringVal(all[0].rtype)}
		a, b := values.CanonicalIn(object, cty.SetVal(one)), values.CanonicalIn(object, cty.SetVal(other))
		if !a.RawEquals(b) {
			t.Fatalf("%#v and %#v", a, b)
		}
		if !a.RawEquals(values.CanonicalIn(object, a)) {
			t.Fatal("not idempotent")
		}
	})
}

// What is read must come out of the wire and go into an update again as the very same data: prerequisites compare it.
func FuzzParseData(f *testing.F) {
	for _, seed := range []struct{ rtype, text string }{
		{"A", "203.0.113.10"},
		{"A", "sip.contoso.com"},
		{"AAAA", "2001:db8::1"},
		{"AAAA", "::ffff:1.2.3.4"},
		{"CNAME", "sip.contoso.com."},
		{"CNAME", `a\.b\032c.contoso.com`},
		{"SRV", "0 0 443 sip.contoso.com."},
		{"SRV", "0 0 0 ."},
		{"TXT", `"a" "b\000\"\\"`},
		{"TXT", "v=DKIM1; p=AAAA"},
		{"TXT", `"` + strings.Repeat("y", 600) + `"`},
	} {
		f.Add(seed.rtype, seed.text)
	}
	f.Fuzz(func(t *testing.T, rtype, text string) {
		rr, err := parseData(rtype, text)
		once := canonical(rtype, text)
		if again := canonical(rtype, once); again != once {
			t.Fatalf("not idempotent: %q, then %q", once, again)
		}
		if err != nil {
			return
		}
		rr.Header().Name = "x."
		wire := make([]byte, dns.MaxMsgSize)
		end, err := dns.PackRR(rr, wire, 0, nil, false)
		if err != nil {
			return // too long for a message
		}
		back, _, err := dns.UnpackRR(wire[:end], 0)
		if err != nil {
			t.Fatal(err)
		}
		if got := canonical(rtype, presentation(back)); got != once {
			t.Fatalf("read back as %q, was %q", got, once)
		}
		reread, err := parseData(rtype, presentation(back))
		if rtype == "SRV" && err != nil && strings.Contains(presentation(back), `\ `) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		reread.Header().Name = "x."
		if diff := cmp.Diff(wire[:end], packed(t, reread)); diff != "" {
			t.Fatal(diff)
		}
	})
}

func packed(t *testing.T, rr dns.RR) []byte {
	t.Helper()
	wire := make([]byte, dns.MaxMsgSize)
	end, err := dns.PackRR(rr, wire, 0, nil, false)
	if err != nil {
		t.Fatal(err)
	}
	return wire[:end]
}
