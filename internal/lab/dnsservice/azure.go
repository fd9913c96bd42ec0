package dnsservice

import (
	"encoding/json"
	"errors"
	"hash/fnv"
	"maps"
	"net/http"
	"strconv"
	"strings"

	"github.com/google/uuid"
	"github.com/miekg/dns"
)

// azure answers a request to Azure Resource Manager, about public zones of the one subscription.
func (s *Server) azure(w http.ResponseWriter, r *http.Request) {
	parts := strings.Split(strings.TrimPrefix(r.URL.Path, "/"), "/")
	at := strings.Index(strings.ToLower(r.URL.Path), "/providers/microsoft.network/")
	switch {
	case !s.tokens[strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")]:
		azureRefuse(w, &refusal{http.StatusUnauthorized, "InvalidAuthenticationToken", "The access token is invalid."})
		return
	case len(parts) < 2 || !strings.EqualFold(parts[1], s.o.KeyID):
		azureRefuse(w, &refusal{http.StatusNotFound, "SubscriptionNotFound", "The subscription could not be found."})
		return
	case at < 0:
		http.NotFound(w, r)
		return
	}
	rest := strings.Split(r.URL.Path[at+len("/providers/microsoft.network/"):], "/")
	private := strings.EqualFold(rest[0], "privateDnsZones")
	if len(rest) == 1 {
		s.azureZones(w, r, private)
		return
	}
	zone := s.zone(rest[1])
	switch {
	case private || zone == "":
		azureRefuse(w, &refusal{http.StatusNotFound, "ParentResourceNotFound", "Can not perform requested operation on nested resource. Parent resource '" + rest[1] + "' not found."})
	case len(rest) == 3:
		s.azureSets(w, r, zone)
	case len(rest) == 4:
		s.azureSet(w, r, zone, rest[2], rest[3])
	default:
		http.NotFound(w, r)
	}
}

func (s *Server) azureID(kind, name string) string {
	return "/subscriptions/" + s.o.KeyID + "/resourceGroups/lab/providers/Microsoft.Network/" + kind + "/" + name
}

func (s *Server) azureZones(w http.ResponseWriter, r *http.Request, private bool) {
	list, kind := []any{}, "dnszones"
	add := func(id, name string) {
		properties := map[string]any{"numberOfRecordSets": 2, "zoneType": "Public", "nameServers": s.nameServers(name)}
		list = append(list, map[string]any{"id": id, "name": name, "type": "Microsoft.Network/" + kind, "location": "global", "etag": uuid.NewString(), "properties": properties})
	}
	if private {
		kind = "privateDnsZones"
	} else {
		for _, name := range s.o.Zones.Names() {
			add(s.azureID(kind, name), name)
		}
	}
	for _, l := range s.o.Also {
		if l.Private == private {
			add(s.azureID(kind, l.Name)+l.ID, l.Name)
		}
	}
	s.azurePage(w, r, list)
}

// azurePage answers with a page, and where the next one is.
func (s *Server) azurePage(w http.ResponseWriter, r *http.Request, list []any) {
	from, _ := strconv.Atoi(r.URL.Query().Get("$skiptoken"))
	from = min(max(0, from), len(list))
	to := min(len(list), from+s.o.Page)
	page := map[string]any{"value": list[from:to]}
	if to < len(list) {
		q := r.URL.Query()
		q.Set("$skiptoken", strconv.Itoa(to))
		page["nextLink"] = s.URL() + r.URL.Path + "?" + q.Encode()
	}
	answerJSON(w, http.StatusOK, page)
}

func (s *Server) azureSets(w http.ResponseWriter, r *http.Request, zone string) {
	list := []any{}
	for _, one := range s.sets(zone) {
		list = append(list, s.azureShown(zone, one))
	}
	s.azurePage(w, r, list)
}

// azureShown is a set as Azure shows it.
func (s *Server) azureShown(zone string, one set) map[string]any {
	relative := strings.TrimSuffix(strings.TrimSuffix(one.owner, zone+"."), ".")
	if relative == "" {
		relative = "@"
	}
	properties := map[string]any{"fqdn": one.owner, "TTL": one.ttl(), "provisioningState": "Succeeded", "targetResource": map[string]any{}, "trafficManagementProfile": map[string]any{}}
	if s.odd(one.owner, one.rtype) == "alias" {
		properties["targetResource"] = map[string]any{"id": s.azureID("publicIPAddresses", "edge")}
	}
	maps.Copy(properties, azureRecords(one))
	return map[string]any{
		"id": s.azureID("dnszones", zone) + "/" + one.rtype + "/" + relative, "name": relative, "type": "Microsoft.Network/dnszones/" + one.rtype,
		"etag": etag(one.records), "properties": properties,
	}
}

// etag names what a set holds.
func etag(records []dns.RR) string {
	h := fnv.New128a()
	for _, text := range texts(records) {
		h.Write([]byte(text + "\n"))
	}
	id, _ := uuid.FromBytes(h.Sum(nil)) // 16 octets
	return id.String()
}

// azureSet reads or changes one set.
func (s *Server) azureSet(w http.ResponseWriter, r *http.Request, zone, rtype, relative string) {
	owner := dns.CanonicalName(relative + "." + zone)
	if relative == "@" {
		owner = zone + "."
	}
	find := func() (set, bool) {
		for _, one := range s.sets(zone) {
			if one.owner == owner && one.rtype == strings.ToUpper(rtype) {
				return one, true
			}
		}
		return set{}, false
	}
	if r.Method == http.MethodGet {
		if one, found := find(); found {
			answerJSON(w, http.StatusOK, s.azureShown(zone, one))
			return
		}
		azureRefuse(w, &refusal{http.StatusNotFound, "NotFound", "The resource record '" + relative + "' does not exist in resource group 'lab' of subscription '" + s.o.KeyID + "'."})
		return
	}
	var body azureBody
	if r.Method == http.MethodPut {
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
			azureRefuse(w, &refusal{http.StatusBadRequest, "BadRequest", err.Error()})
			return
		}
	}
	err := s.write(zone, owner, func(sets map[string][]dns.RR) error {
		return azurePut(sets, strings.ToUpper(rtype), relative, body.records(owner, strings.ToUpper(rtype)), r.Header)
	})
	if err != nil {
		azureRefuse(w, err)
		return
	}
	if one, found := find(); found {
		answerJSON(w, http.StatusOK, s.azureShown(zone, one))
	}
}

// azurePut holds a write against its conditions.
func azurePut(sets map[string][]dns.RR, rtype, relative string, records []dns.RR, conditions http.Header) error {
	there := sets[rtype]
	switch match := conditions.Get("If-Match"); {
	case conditions.Get("If-None-Match") == "*" && len(there) > 0:
		return &refusal{http.StatusPreconditionFailed, "PreconditionFailed", "The Record set " + relative + " exists already and hence cannot be created again."}
	case match != "" && match != etag(there):
		return &refusal{http.StatusPreconditionFailed, "PreconditionFailed", "The condition '" + match + "' in the If-Match header was not satisfied. The current was '" + etag(there) + "'."}
	}
	if sets[rtype] = records; clash(sets) {
		return &refusal{http.StatusBadRequest, "BadRequest", "The domain name '" + relative + "' cannot have a CNAME record beside other records."}
	}
	return nil
}

// azureRefuse answers with an error in the form of Azure DNS.
func azureRefuse(w http.ResponseWriter, err error) {
	said := &refusal{http.StatusInternalServerError, "InternalServerError", err.Error()}
	_ = errors.As(err, &said)
	usual := map[int][2]string{
		http.StatusTooManyRequests: {"TooManyRequests", "The request is being throttled as the limit has been reached for operation type."},
		http.StatusForbidden:       {"AuthorizationFailed", "The client does not have authorization to perform action 'Microsoft.Network/dnszones/A/write'."},
	}[said.status]
	if said.code == "" {
		said = &refusal{said.status, usual[0], usual[1]}
	}
	if said.status == http.StatusTooManyRequests {
		w.Header().Set("Retry-After", "1")
	}
	answerJSON(w, said.status, map[string]any{"error": map[string]any{"code": said.code, "message": said.message}})
}
