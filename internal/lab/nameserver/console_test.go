package nameserver

import (
	"errors"
	"testing"

	"github.com/miekg/dns"
)

// What is changed at the server itself is told like an update, and answered like one.
func TestEdit(t *testing.T) {
	t.Parallel()
	var told []Set
	s := start(t, Options{Zones: contoso(), Changed: func(_ string, sets []Set, updated bool) {
		if updated {
			t.Error("an edit was told as an update")
		}
		told = append(told, sets...)
	}})
	rr, err := dns.NewRR("edited.contoso.com. 60 IN A 192.0.2.60")
	if err != nil {
		t.Fatal(err)
	}
	add := func(at []dns.RR) ([]dns.RR, error) {
		if len(at) > 0 {
			return nil, errors.New("there is something already")
		}
		return []dns.RR{rr}, nil
	}
	if err := s.Edit("Contoso.com", "EDITED.contoso.com.", add); err != nil {
		t.Fatal(err)
	}
	if len(told) != 2 || told[1].Owner != "edited.contoso.com." {
		t.Errorf("the SOA record and the new set are told: %v", told)
	}
	if err := s.Edit("contoso.com", "edited.contoso.com.", add); err == nil || len(told) != 2 {
		t.Errorf("refused: %v, and told %v", err, told)
	}
	if err := s.Edit("nosuch.com", "a.nosuch.com.", add); !errors.Is(err, ErrNoZone) {
		t.Error(err)
	}
	records, err := s.Records("contoso.com.")
	if err != nil || records[0].Header().Rrtype != dns.TypeSOA {
		t.Errorf("%v, %v", records, err)
	}
	if _, err := s.Records("nosuch.com"); !errors.Is(err, ErrNoZone) {
		t.Error(err)
	}
}
