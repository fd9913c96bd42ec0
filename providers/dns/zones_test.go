package dns

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hybrid/providers"
)

// A whole zone by the cmdlets has records of the types that are known, and names the types that are not.
func TestWholeZoneByCmdlets(t *testing.T) {
	t.Parallel()
	_, p := windowsWith(t, map[string]any{
		getZone: zoneRows("Contoso.com", "fabrikam.com"),
		getRecord + " -ZoneName:'Contoso.com'": [][]any{
			{"@", "SOA", "01:00:00", map[string]any{"PrimaryServer": "dc01.contoso.com."}},
			{"@", "NS", "01:00:00", map[string]any{"NameServer": "dc01.contoso.com."}},
			{"@", "MX", "00:10:00", map[string]any{"MailExchange": "mail.contoso.com.", "Preference": json.Number("10")}},
			{"@", "TXT", "01:00:00", map[string]any{"DescriptiveText": "v=spf1  -all"}},
			{"sip", "A", "00:05:00", map[string]any{"IPv4Address": "203.0.113.10"}},
			{"_sip._tls", "SRV", "01:00:00", map[string]any{"DomainName": "sip.contoso.com.", "Priority": json.Number("0"), "Weight": json.Number("0"), "Port": json.Number("443")}},
			{"old", "WINS", "01:00:00", map[string]any{}},
		},
	}, "contoso.com")
	zones, err := p.Zones(t.Context(), []string{"sip.fabrikam.com"})
	if err != nil {
		t.Fatal(err)
	}
	want := []providers.Zone{{Name: "contoso.com.", Left: []string{"SOA", "WINS"}, Records: []string{
		"_sip._tls.contoso.com. 3600 IN SRV 0 0 443 sip.contoso.com.",
		"contoso.com. 3600 IN NS dc01.contoso.com.",
		`contoso.com. 3600 IN TXT "v=spf1  -all"`,
		"contoso.com. 600 IN MX 10 mail.contoso.com.",
		"sip.contoso.com. 300 IN A 203.0.113.10",
	}}}
	if diff := cmp.Diff(want, zones); diff != "" {
		t.Error(diff)
	}
}

// A block that names no zones is read for the zones of the names that are asked for; without any, nothing is taken for nothing.
func TestWhichZonesAreReadWhole(t *testing.T) {
	t.Parallel()
	answers := map[string]any{getZone: zoneRows("contoso.com", "fabrikam.com"), getRecord + " -ZoneName:'fabrikam.com'": [][]any{}}
	_, p := windowsWith(t, answers)
	zones, err := p.Zones(t.Context(), []string{"sip.fabrikam.com", "lyncdiscover.fabrikam.com"})
	if err != nil || len(zones) != 1 || zones[0].Name != "fabrikam.com." {
		t.Errorf("%v, %v", zones, err)
	}
	if _, err := p.Zones(t.Context(), nil); !errors.Is(err, errNoZones) {
		t.Errorf("without a zone: %v", err)
	}
	_, p = windowsWith(t, answers, "tailspin.example")
	if _, err := p.Zones(t.Context(), nil); err == nil || !strings.Contains(err.Error(), "dc01 has no zone tailspin.example") {
		t.Errorf("a zone that is not there: %v", err)
	}
	answers[getRecord+" -ZoneName:'fabrikam.com'"] = errors.New("the line went dead")
	_, p = windowsWith(t, answers, "fabrikam.com")
	if zones, err := p.Zones(t.Context(), nil); err == nil || zones != nil {
		t.Errorf("a zone that could not be read: %v, %v", zones, err)
	}
}
