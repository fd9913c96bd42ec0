package dnsservice

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/miekg/dns"

	"hybrid/internal/rest"
)

// Change sends one batch, which Cloudflare carries out in one transaction. Records that stay are not touched, or only their TTL;
// one that goes and one that comes are one that gets another content, so that comments and tags are kept. Cloudflare has no
// conditions but that a record of an id is there: what somebody else writes between the reading and the batch, within one round
// trip, is not seen.
func (s *cloudflare) Change(ctx context.Context, c Change, leave func() error) error {
	at, err := s.at(ctx, c)
	if err != nil {
		return fmt.Errorf("%w; nothing was changed", err)
	}
	if c.Owner == c.Zone.Name { // an alias at the top stands beside all but addresses, since it is answered with some
		at = slices.DeleteFunc(at, func(set Set) bool {
			return set.Type != c.Type && !slices.Contains([]string{"A", "AAAA", "CNAME"}, set.Type)
		})
	}
	own, err := standing(at, c)
	if err != nil {
		return err
	}
	batch := cloudflareBatch(own, c)
	body, err := json.Marshal(batch)
	if err != nil {
		return err
	}
	answer, err := s.do(ctx, request{
		doing: "changing " + shown(c.Owner) + " " + c.Type, method: http.MethodPost, path: cloudflarePath + "/zones/" + c.Zone.ID + "/dns_records/batch",
		body: body, header: http.Header{"Content-Type": {"application/json"}}, leave: leave,
	})
	if err != nil {
		return cloudflareConflict(err)
	}
	var said struct {
		Success bool `json:"success"`
	}
	if err := json.Unmarshal(answer, &said); err != nil || !said.Success {
		return &rest.LostError{Err: s.unreadable("changing "+shown(c.Owner)+" "+c.Type, errOr(err))}
	}
	return nil
}

// at reads the sets at the name of a change.
func (s *cloudflare) at(ctx context.Context, c Change) ([]Set, error) {
	sets, err := s.records(ctx, c.Zone, "reading "+shown(c.Owner), url.Values{"name.exact": {shown(c.Owner)}})
	return slices.DeleteFunc(sets, func(set Set) bool { return set.Owner != c.Owner }), err
}

// A cloudflareChanges is the body of a batch. Cloudflare goes through it in this order.
type cloudflareChanges struct {
	Deletes []cloudflareRecord `json:"deletes,omitempty"`
	Patches []cloudflareRecord `json:"patches,omitempty"`
	Posts   []cloudflareRecord `json:"posts,omitempty"`
}

func cloudflareBatch(own *Set, c Change) cloudflareChanges {
	var (
		batch cloudflareChanges
		gone  []cloudflareRecord
		come  = slices.Clone(c.After)
	)
	if own != nil {
		for n, record := range own.held.([]cloudflareRecord) {
			stays := find(come, own.Records[n])
			if stays < 0 {
				gone = append(gone, record)
				continue
			}
			if ttl := come[stays].Header().Ttl; ttl != record.TTL {
				batch.Patches = append(batch.Patches, cloudflareRecord{ID: record.ID, TTL: ttl})
			}
			come = slices.Delete(come, stays, stays+1)
		}
	}
	for n, record := range gone {
		if n >= len(come) {
			batch.Deletes = append(batch.Deletes, cloudflareRecord{ID: record.ID})
			continue
		}
		patch := cloudflareWritten(come[n])
		patch.ID, patch.Name, patch.Proxied = record.ID, "", nil
		batch.Patches = append(batch.Patches, patch)
	}
	for _, rr := range come[min(len(gone), len(come)):] {
		batch.Posts = append(batch.Posts, cloudflareWritten(rr))
	}
	return batch
}

// cloudflareWritten is what is sent of a record.
func cloudflareWritten(rr dns.RR) cloudflareRecord {
	off := false
	r := cloudflareRecord{Name: shown(rr.Header().Name), Type: dns.TypeToString[rr.Header().Rrtype], TTL: rr.Header().Ttl}
	switch rr := rr.(type) {
	case *dns.A:
		r.Content, r.Proxied = rr.A.String(), &off
	case *dns.AAAA:
		r.Content, r.Proxied = rr.AAAA.String(), &off
	case *dns.CNAME:
		r.Content, r.Proxied = shown(rr.Target), &off
	case *dns.SRV:
		r.Data = &cloudflareService{rr.Priority, rr.Weight, rr.Port, shown(rr.Target)}
	case *dns.TXT:
		r.Content = `"` + strings.Join(rr.Txt, `" "`) + `"`
	}
	return r
}

// cloudflareConflict tells a batch that was refused since a record is gone (81044), or one that cannot stand beside it, or the
// same, has come (81053, 81054, 81057, 81058).
func cloudflareConflict(err error) error {
	var refused *Refusal
	if !errors.As(err, &refused) {
		return err
	}
	for _, code := range []string{"81044", "81053", "81054", "81057", "81058"} {
		if slices.Contains(strings.Split(refused.Code, ", "), code) {
			return refused.conflict()
		}
	}
	return err
}
