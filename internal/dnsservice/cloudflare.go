package dnsservice

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/miekg/dns"
)

// CloudflareOptions say as whom Cloudflare is asked.
type CloudflareOptions struct {
	Options
	Token   string // an API token
	Account string // the id of the account that the zones are of; "" is all that the token shows
}

// cloudflare speaks the API of version 4 (https://developers.cloudflare.com/api/).
type cloudflare struct {
	*client
	account string
}

const cloudflarePath = "/client/v4"

// NewCloudflare prepares Cloudflare; it contacts nothing.
func NewCloudflare(o CloudflareOptions) (Service, error) {
	c, err := newClient(Cloudflare.Title(), "https://api.cloudflare.com", o.Options)
	if err != nil {
		return nil, err
	}
	c.sign = func(_ context.Context, r *http.Request, _ []byte) error {
		r.Header.Set("Authorization", "Bearer "+o.Token)
		return nil
	}
	c.refusal = cloudflareRefusal
	return &cloudflare{client: c, account: o.Account}, nil
}

type cloudflareError struct {
	Code    int               `json:"code"`
	Message string            `json:"message"`
	Chain   []cloudflareError `json:"error_chain"`
}

// pages reads a list page by page and hands every element to each.
func (s *cloudflare) pages(ctx context.Context, doing, path string, query url.Values, each func(json.RawMessage) error) error {
	seen, total := 0, 0
	for page := 1; ; page++ {
		query.Set("page", strconv.Itoa(page))
		body, err := s.do(ctx, request{doing: doing, method: http.MethodGet, path: cloudflarePath + path + "?" + query.Encode()})
		if err != nil {
			return err
		}
		var answer struct {
			Success bool              `json:"success"`
			Result  []json.RawMessage `json:"result"`
			Info    struct {
				Pages int `json:"total_pages"`
				Total int `json:"total_count"`
			} `json:"result_info"`
		}
		if err := json.Unmarshal(body, &answer); err != nil || !answer.Success {
			return s.unreadable(doing, fmt.Errorf("success is %t: %w", answer.Success, errOr(err)))
		}
		for _, element := range answer.Result {
			if err := each(element); err != nil {
				return s.unreadable(doing, err)
			}
		}
		seen += len(answer.Result)
		switch {
		case page > 1 && answer.Info.Total != total: // what has moved to a page that was read before is seen on none
			return fmt.Errorf("%s: %s told of %d, and on a later page of %d: something changed them meanwhile; run plan again", doing, s.title, total, answer.Info.Total)
		case page >= answer.Info.Pages && seen < answer.Info.Total:
			return fmt.Errorf("%s: %s told of %d and showed %d: something changed them meanwhile; run plan again", doing, s.title, answer.Info.Total, seen)
		case page >= answer.Info.Pages:
			return nil
		case page == maxPages || len(answer.Result) == 0:
			return fmt.Errorf("%s: the pages of %s do not end", doing, s.title)
		}
		total = answer.Info.Total
	}
}

func errOr(err error) error {
	if err == nil {
		return errors.New("it says no more")
	}
	return err
}

// Zones lists the zones that the token shows.
func (s *cloudflare) Zones(ctx context.Context) ([]Zone, error) {
	query := url.Values{"per_page": {"50"}}
	if s.account != "" {
		query.Set("account.id", s.account)
	}
	var zones []Zone
	err := s.pages(ctx, "listing the zones", "/zones", query, func(raw json.RawMessage) error {
		var z struct {
			ID      string   `json:"id"`
			Name    string   `json:"name"`
			Type    string   `json:"type"`
			Status  string   `json:"status"`
			Servers []string `json:"name_servers"`
		}
		if err := json.Unmarshal(raw, &z); err != nil {
			return err
		}
		zone := Zone{ID: z.ID, Name: dns.CanonicalName(z.Name), Private: z.Type == "internal"}
		for _, name := range z.Servers {
			zone.NameServers = append(zone.NameServers, dns.CanonicalName(name))
		}
		if z.Type == "secondary" {
			zone.Trouble = "it is a secondary zone, which Cloudflare fetches from its primary server; name that server in a provider block"
		}
		zones = append(zones, zone)
		return nil
	})
	return zones, err
}

// A cloudflareRecord is one record. There are no sets: each has an id, a TTL and settings of its own.
type cloudflareRecord struct {
	ID       string             `json:"id,omitempty"`
	Name     string             `json:"name,omitempty"`
	Type     string             `json:"type,omitempty"`
	Content  string             `json:"content,omitempty"`
	Data     *cloudflareService `json:"data,omitempty"`
	TTL      uint32             `json:"ttl,omitempty"`
	Proxied  *bool              `json:"proxied,omitempty"`
	Settings *struct {
		Flatten bool `json:"flatten_cname"`
	} `json:"settings,omitempty"`
	Meta *struct {
		ReadOnly bool `json:"read_only"`
	} `json:"meta,omitempty"`
}

type cloudflareService struct {
	Priority uint16 `json:"priority"`
	Weight   uint16 `json:"weight"`
	Port     uint16 `json:"port"`
	Target   string `json:"target"`
}

// Sets reads all records of a zone.
func (s *cloudflare) Sets(ctx context.Context, z Zone) ([]Set, error) {
	return s.records(ctx, z, "reading the zone "+shown(z.Name), url.Values{})
}

func (s *cloudflare) records(ctx context.Context, z Zone, doing string, query url.Values) ([]Set, error) {
	query.Set("per_page", "1000")
	var all []cloudflareRecord
	err := s.pages(ctx, doing, "/zones/"+z.ID+"/dns_records", query, func(raw json.RawMessage) error {
		// The data of types that are not managed have other members.
		var r struct {
			cloudflareRecord
			Data json.RawMessage `json:"data"`
		}
		if err := json.Unmarshal(raw, &r); err != nil {
			return err
		}
		if r.Type == "SRV" && len(r.Data) > 0 {
			if err := json.Unmarshal(r.Data, &r.cloudflareRecord.Data); err != nil {
				return err
			}
		}
		all = append(all, r.cloudflareRecord)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return cloudflareSets(all, z), nil
}

// cloudflareSets puts records together that share name and type.
func cloudflareSets(all []cloudflareRecord, z Zone) []Set {
	type key struct{ owner, rtype string }
	sets, order := map[key]*Set{}, []key(nil)
	for _, r := range all {
		at := key{dns.CanonicalName(r.Name), r.Type}
		if sets[at] == nil {
			sets[at], order = &Set{Owner: at.owner, Type: at.rtype, TTL: r.TTL, held: []cloudflareRecord(nil)}, append(order, at)
		}
		sets[at].take(r, z)
	}
	var list []Set
	for _, at := range order {
		list = append(list, *sets[at])
	}
	return list
}

// take adds a record to its set. A set has one TTL (RFC 2181 section 5.2); where its records have several, the lowest is what
// others go by.
func (set *Set) take(r cloudflareRecord, z Zone) {
	set.held = append(set.held.([]cloudflareRecord), r)
	set.TTL = min(set.TTL, r.TTL)
	switch {
	case !managed(r.Type):
		return
	case r.Proxied != nil && *r.Proxied:
		set.Odd = "proxied: Cloudflare answers with addresses of its own, and takes only what browsers send"
	case r.Meta != nil && r.Meta.ReadOnly:
		set.Odd = "kept by Cloudflare, which lets nobody change it"
	}
	rr, err := r.record(header(set.Owner, r.Type, r.TTL))
	if err != nil {
		set.Odd = "data that cannot be read (" + err.Error() + ")"
	} else {
		set.Records = append(set.Records, rr)
	}
	set.Flattened = r.Type == "CNAME" && (set.Owner == z.Name || r.Settings != nil && r.Settings.Flatten)
}

// record reads a record's data: names come without the dot at the end, texts in quotes or bare.
func (r cloudflareRecord) record(h dns.RR_Header) (dns.RR, error) {
	switch {
	case r.Type == "A" || r.Type == "AAAA":
		return addressRecord(h, r.Content)
	case r.Type == "CNAME":
		return aliasRecord(h, r.Content)
	case r.Type == "TXT":
		parts, err := quotedParts(r.Content, 10)
		return textRecord(h, parts...), err
	case r.Data == nil:
		return nil, errors.New("an SRV record without data")
	}
	return serviceRecord(h, r.Data.Priority, r.Data.Weight, r.Data.Port, r.Data.Target)
}

// cloudflareRefusal reads the errors of an answer.
func cloudflareRefusal(r *Refusal, body []byte) {
	var answer struct {
		Errors []cloudflareError `json:"errors"`
	}
	_ = json.Unmarshal(body, &answer) // what is not JSON has no code
	var codes, texts []string
	for _, e := range answer.Errors {
		for _, one := range append([]cloudflareError{e}, e.Chain...) {
			codes, texts = append(codes, strconv.Itoa(one.Code)), append(texts, strings.TrimSuffix(one.Message, "."))
		}
	}
	r.Code, r.Message = strings.Join(slices.Compact(codes), ", "), strings.Join(texts, "; ")
	for code, remedy := range map[string]string{
		"10000": "check api_token: it must be valid, allowed from this address, and have the permissions Zone.Zone Read and Zone.DNS Read, and Zone.DNS Edit to apply",
		"9109":  "the token may not do this: give it the permissions Zone.Zone Read and Zone.DNS Edit on the zone",
		"6003":  "api_token is not a token: copy it as Cloudflare showed it when it was made",
	} {
		if slices.Contains(codes, code) {
			r.Remedy = remedy
		}
	}
}

// NameServers are told with the zone.
func (s *cloudflare) NameServers(_ context.Context, z Zone) ([]string, error) {
	return z.NameServers, nil
}
