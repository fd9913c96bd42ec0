package dnsservice

import (
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/miekg/dns"
)

// cloudflareID names something, in the form of Cloudflare's ids.
func cloudflareID(parts ...string) string {
	sum := md5.Sum([]byte(strings.Join(parts, " ")))
	return hex.EncodeToString(sum[:])
}

// cloudflare answers a request to the API of version 4.
func (s *Server) cloudflare(w http.ResponseWriter, r *http.Request, path string) {
	parts := strings.Split(path, "/")
	zone := ""
	for _, name := range s.o.Zones.Names() {
		if len(parts) > 1 && cloudflareID(name) == parts[1] {
			zone = name
		}
	}
	switch {
	case r.Header.Get("Authorization") != "Bearer "+s.o.Secret:
		cloudflareRefuse(w, &refusal{http.StatusForbidden, "10000", "Authentication error"})
	case path == "zones":
		s.cloudflareZones(w, r)
	case zone == "":
		cloudflareRefuse(w, &refusal{http.StatusNotFound, "7003", "Could not route to /" + path + ", perhaps your object identifier is invalid?"})
	case len(parts) == 3 && r.Method == http.MethodGet:
		s.cloudflareRecords(w, r, zone)
	case len(parts) == 4 && parts[3] == "batch" && r.Method == http.MethodPost:
		s.cloudflareBatch(w, r, zone)
	default:
		cloudflareRefuse(w, &refusal{http.StatusMethodNotAllowed, "10405", "Method not allowed for this authentication scheme"})
	}
}

func (s *Server) cloudflareZones(w http.ResponseWriter, r *http.Request) {
	var list []any
	add := func(id, name, kind string) {
		list = append(list, map[string]any{
			"id": id, "name": name, "status": "active", "paused": false, "type": kind, "name_servers": s.nameServers(name),
			"account": map[string]any{"id": s.o.KeyID, "name": "Contoso"},
		})
	}
	for _, name := range s.o.Zones.Names() {
		add(cloudflareID(name), name, "full")
	}
	for _, l := range s.o.Also {
		kind := "full"
		if l.Private {
			kind = "internal"
		}
		add(l.ID, l.Name, kind)
	}
	s.cloudflarePage(w, r, list)
}

func (s *Server) cloudflarePage(w http.ResponseWriter, r *http.Request, list []any) {
	page, _ := strconv.Atoi(r.URL.Query().Get("page"))
	from := min(len(list), max(0, page-1)*s.o.Page)
	shown := list[from:min(len(list), from+s.o.Page)]
	answerJSON(w, http.StatusOK, map[string]any{
		"success": true, "errors": []any{}, "messages": []any{}, "result": append([]any{}, shown...),
		"result_info": map[string]any{"page": page, "per_page": s.o.Page, "count": len(shown), "total_count": len(list), "total_pages": (len(list) + s.o.Page - 1) / s.o.Page},
	})
}

func (s *Server) cloudflareRecords(w http.ResponseWriter, r *http.Request, zone string) {
	var list []any
	for _, one := range s.sets(zone) {
		if exact := r.URL.Query().Get("name.exact"); one.rtype == "SOA" || one.rtype == "NS" && bare(one.owner) == zone || exact != "" && exact != bare(one.owner) {
			continue
		}
		for _, rr := range one.records {
			shown := cloudflareShown(rr)
			if s.odd(one.owner, one.rtype) == "proxied" {
				shown["proxied"] = true
				shown["ttl"] = 1
			}
			list = append(list, shown)
		}
	}
	s.cloudflarePage(w, r, list)
}

// cloudflareShown is a record as Cloudflare shows it: names in lower case and without the dot at the end.
func cloudflareShown(rr dns.RR) map[string]any {
	h := rr.Header()
	shown := map[string]any{
		"id": cloudflareOf(rr), "name": bare(h.Name), "type": dns.TypeToString[h.Rrtype], "ttl": h.Ttl, "proxied": false, "proxiable": false,
		"content": data(rr), "settings": map[string]any{}, "meta": map[string]any{}, "comment": nil, "tags": []string{},
	}
	switch rr := rr.(type) {
	case *dns.CNAME:
		shown["content"], shown["proxiable"] = bare(rr.Target), true
	case *dns.SRV:
		shown["content"] = fmt.Sprintf("%d %d %s", rr.Weight, rr.Port, bare(rr.Target))
		shown["priority"] = rr.Priority
		shown["data"] = map[string]any{"priority": rr.Priority, "weight": rr.Weight, "port": rr.Port, "target": bare(rr.Target)}
	case *dns.MX:
		shown["content"], shown["priority"] = bare(rr.Mx), rr.Preference
	}
	return shown
}

// cloudflareOf is the id of a record.
func cloudflareOf(rr dns.RR) string {
	return cloudflareID(dns.CanonicalName(rr.Header().Name), dns.TypeToString[rr.Header().Rrtype], data(rr))
}

type cloudflareRecord struct {
	ID, Name, Type, Content string
	TTL                     uint32
	Proxied                 *bool
	Data                    *struct {
		Priority, Weight, Port uint16
		Target                 string
	}
}

type cloudflareBody struct{ Deletes, Patches, Puts, Posts []cloudflareRecord }

func (s *Server) cloudflareBatch(w http.ResponseWriter, r *http.Request, zone string) {
	var batch cloudflareBody
	if err := json.NewDecoder(r.Body).Decode(&batch); err != nil {
		cloudflareRefuse(w, &refusal{http.StatusBadRequest, "9207", "Failed to decode request body: " + err.Error()})
		return
	}
	owner := s.cloudflareOwner(zone, batch)
	err := s.write(zone, owner, func(sets map[string][]dns.RR) error { return batch.play(owner, sets) })
	if err != nil {
		cloudflareRefuse(w, err)
		return
	}
	answerJSON(w, http.StatusOK, map[string]any{
		"success": true, "errors": []any{}, "messages": []any{},
		"result": map[string]any{"deletes": []any{}, "patches": []any{}, "puts": []any{}, "posts": []any{}},
	})
}

// cloudflareOwner is the name that a batch is about: the lab carries out batches of one name only.
func (s *Server) cloudflareOwner(zone string, batch cloudflareBody) string {
	for _, post := range batch.Posts {
		return dns.CanonicalName(post.Name)
	}
	records, _ := s.o.Zones.Records(zone)
	for _, rr := range records {
		if slices.ContainsFunc(append(batch.Deletes, batch.Patches...), func(c cloudflareRecord) bool { return c.ID == cloudflareOf(rr) }) {
			return dns.CanonicalName(rr.Header().Name)
		}
	}
	return zone + "."
}

// play goes through a batch in Cloudflare's order, wholly or not at all.
func (b cloudflareBody) play(owner string, sets map[string][]dns.RR) error {
	for _, c := range append(slices.Clone(b.Deletes), b.Patches...) {
		rtype, at := locate(sets, c.ID)
		if at < 0 {
			return &refusal{http.StatusNotFound, "81044", "Record does not exist."}
		}
		if !slices.ContainsFunc(b.Patches, func(p cloudflareRecord) bool { return p.ID == c.ID }) {
			sets[rtype] = slices.Delete(slices.Clone(sets[rtype]), at, at+1)
			continue
		}
		patched, err := c.record(owner, sets[rtype][at])
		if err != nil {
			return err
		}
		sets[rtype] = slices.Clone(sets[rtype])
		sets[rtype][at] = patched
	}
	for _, c := range b.Posts {
		rr, err := c.record(owner, nil)
		if err != nil {
			return err
		}
		rtype := dns.TypeToString[rr.Header().Rrtype]
		if _, at := locate(sets, cloudflareOf(rr)); at >= 0 {
			return &refusal{http.StatusBadRequest, "81058", "An identical record already exists."}
		}
		sets[rtype] = append(slices.Clone(sets[rtype]), rr)
	}
	if len(sets["SOA"]) > 0 && len(sets["CNAME"]) > 0 {
		return &refusal{http.StatusBadRequest, "1004", "DNS Validation Error: the lab's zones hold no CNAME record at their top, though Cloudflare's do."}
	}
	if clash(sets) || len(sets["CNAME"]) > 1 {
		return &refusal{http.StatusBadRequest, "81053", "An A, AAAA, or CNAME record with that host already exists."}
	}
	return nil
}

func locate(sets map[string][]dns.RR, id string) (rtype string, at int) {
	for rtype, records := range sets {
		if at := slices.IndexFunc(records, func(rr dns.RR) bool { return cloudflareOf(rr) == id }); at >= 0 {
			return rtype, at
		}
	}
	return "", -1
}

// record is what a post makes, or a patch makes of a record.
func (c cloudflareRecord) record(owner string, old dns.RR) (dns.RR, error) {
	if old != nil && c.Content == "" && c.Data == nil {
		rr := dns.Copy(old)
		rr.Header().Ttl = c.TTL
		return rr, c.valid()
	}
	content := c.Content
	if c.Data != nil {
		content = fmt.Sprintf("%d %d %d %s", c.Data.Priority, c.Data.Weight, c.Data.Port, dns.Fqdn(c.Data.Target))
	}
	if c.Type == "CNAME" {
		content = dns.Fqdn(content)
	}
	rr, err := dns.NewRR(fmt.Sprintf("%s %d IN %s %s", owner, c.TTL, c.Type, content))
	if err != nil || rr == nil {
		return nil, &refusal{http.StatusBadRequest, "9005", "Content for " + c.Type + " record is invalid."}
	}
	return rr, c.valid()
}

func (c cloudflareRecord) valid() error {
	if c.TTL != 1 && (c.TTL < 60 || c.TTL > 86400) {
		return &refusal{http.StatusBadRequest, "9021", "Invalid TTL. Must be between 60 and 86400 seconds, or 1 for Automatic."}
	}
	return nil
}

// cloudflareRefuse answers with an error in Cloudflare's form.
func cloudflareRefuse(w http.ResponseWriter, err error) {
	said := &refusal{http.StatusInternalServerError, "10000", err.Error()}
	_ = errors.As(err, &said)
	switch {
	case said.status == http.StatusTooManyRequests:
		w.Header().Set("Retry-After", "1")
		said = &refusal{said.status, "971", "Please wait and consider throttling your request speed"}
	case said.code == "":
		said = &refusal{said.status, "9109", "Unauthorized to access requested resource"}
	}
	code, _ := strconv.Atoi(said.code)
	answerJSON(w, said.status, map[string]any{"success": false, "errors": []any{map[string]any{"code": code, "message": said.message}}, "messages": []any{}, "result": nil})
}
