package dnsservice

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/miekg/dns"

	"hybrid/internal/token"
)

// AzureOptions say as whom Azure DNS is asked, and about what.
type AzureOptions struct {
	Options
	Credential   azcore.TokenCredential
	Subscription string // its id
	Group        string // the resource group that the zones are in; "" is all
	Private      bool   // private zones, which are of another resource provider, instead of public ones
}

// azure speaks the API of Azure Resource Manager (https://learn.microsoft.com/rest/api/dns/, …/rest/api/dns/privatednszones).
type azure struct {
	*client
	list, version string
	private       bool
}

// The versions of the two resource providers.
const (
	azurePublic  = "2018-05-01"
	azurePrivate = "2020-06-01"
)

// NewAzure prepares Azure DNS; it contacts nothing.
func NewAzure(o AzureOptions) (Service, error) {
	c, err := newClient(Azure.Title(), "https://management.azure.com", o.Options)
	if err != nil {
		return nil, err
	}
	scope := c.base.Scheme + "://" + c.base.Host + "/.default"
	c.sign = func(ctx context.Context, r *http.Request, _ []byte) error {
		token, err := token.Fetch(ctx, o.Credential, scope)
		r.Header.Set("Authorization", "Bearer "+token)
		return err
	}
	c.refusal = azureRefusal
	a := &azure{client: c, version: azurePublic, private: o.Private}
	group, zones := "", "dnsZones"
	if o.Group != "" {
		group = "/resourceGroups/" + url.PathEscape(o.Group)
	}
	if o.Private {
		a.version, zones = azurePrivate, "privateDnsZones"
	}
	a.list = "/subscriptions/" + url.PathEscape(o.Subscription) + group + "/providers/Microsoft.Network/" + zones
	return a, nil
}

// pages reads a list page by page and hands every element to each.
func (a *azure) pages(ctx context.Context, doing, at string, each func(json.RawMessage) error) error {
	seen := map[string]bool{}
	for next, page := at, 0; next != ""; page++ {
		seen[next] = true
		body, err := a.do(ctx, request{doing: doing, method: http.MethodGet, path: next})
		if err != nil {
			return err
		}
		var answer struct {
			Value []json.RawMessage `json:"value"`
			Next  string            `json:"nextLink"`
		}
		if err := json.Unmarshal(body, &answer); err != nil {
			return a.unreadable(doing, err)
		}
		for _, element := range answer.Value {
			if err := each(element); err != nil {
				return a.unreadable(doing, err)
			}
		}
		if page == maxPages || seen[answer.Next] {
			return fmt.Errorf("%s: the pages of %s do not end", doing, a.title)
		}
		next = answer.Next
	}
	return nil
}

// Zones lists the zones of the subscription, or of the resource group.
func (a *azure) Zones(ctx context.Context) ([]Zone, error) {
	var zones []Zone
	err := a.pages(ctx, "listing the zones", a.list+"?api-version="+a.version, func(raw json.RawMessage) error {
		var z struct {
			ID         string `json:"id"`
			Name       string `json:"name"`
			Properties struct {
				NameServers []string `json:"nameServers"`
			} `json:"properties"`
		}
		if err := json.Unmarshal(raw, &z); err != nil {
			return err
		}
		zone := Zone{ID: z.ID, Name: dns.CanonicalName(z.Name), Private: a.private}
		for _, name := range z.Properties.NameServers {
			zone.NameServers = append(zone.NameServers, dns.CanonicalName(name))
		}
		zones = append(zones, zone)
		return nil
	})
	return zones, err
}

// An azureSet is a record set as it is sent and received. Public and private zones spell the members in different case, which
// neither minds.
type azureSet struct {
	Name       string          `json:"name,omitempty"`
	Type       string          `json:"type,omitempty"` // "Microsoft.Network/dnszones/SRV"
	ETag       string          `json:"etag,omitempty"`
	Properties azureProperties `json:"properties"`
}

type azureProperties struct {
	Metadata map[string]string `json:"metadata,omitempty"`
	TTL      uint32            `json:"TTL"`
	A        []azureA          `json:"ARecords,omitempty"`
	AAAA     []azureAAAA       `json:"AAAARecords,omitempty"`
	CNAME    *azureCNAME       `json:"CNAMERecord,omitempty"`
	SRV      []azureSRV        `json:"SRVRecords,omitempty"`
	TXT      []azureTXT        `json:"TXTRecords,omitempty"`
	Target   *azureID          `json:"targetResource,omitempty"`
	Traffic  *azureID          `json:"trafficManagementProfile,omitempty"`
	Own      bool              `json:"isAutoRegistered,omitempty"`
}

type (
	azureA struct {
		Address string `json:"ipv4Address"`
	}
	azureAAAA struct {
		Address string `json:"ipv6Address"`
	}
	azureCNAME struct {
		Target string `json:"cname"`
	}
	azureTXT struct {
		Value []string `json:"value"`
	}
	azureID struct {
		ID string `json:"id,omitempty"`
	}
	azureSRV struct {
		Priority uint16 `json:"priority"`
		Weight   uint16 `json:"weight"`
		Port     uint16 `json:"port"`
		Target   string `json:"target"`
	}
)

// Sets reads all record sets of a zone.
func (a *azure) Sets(ctx context.Context, z Zone) ([]Set, error) {
	all := "/recordsets"
	if a.private {
		all = "/ALL"
	}
	var sets []Set
	err := a.pages(ctx, "reading the zone "+shown(z.Name), z.ID+all+"?api-version="+a.version, func(raw json.RawMessage) error {
		var s azureSet
		if err := json.Unmarshal(raw, &s); err != nil {
			return err
		}
		sets = append(sets, s.set(z.Name))
		return nil
	})
	if err != nil {
		return nil, err
	}
	return sets, nil
}

// set takes a record set over.
func (s azureSet) set(zone string) Set {
	owner := zone
	if s.Name != "@" {
		owner = dns.CanonicalName(s.Name + "." + zone)
	}
	set := Set{Owner: owner, Type: strings.ToUpper(path.Base(s.Type)), TTL: s.Properties.TTL, Odd: s.Properties.odd(), held: s}
	if !managed(set.Type) || set.Odd != "" {
		return set
	}
	records, err := s.Properties.records(header(owner, set.Type, set.TTL))
	if set.Records = records; err != nil {
		set.Odd, set.Records = "data that cannot be read ("+err.Error()+")", nil
	}
	return set
}

// odd says what a set is beside its records.
func (p azureProperties) odd() string {
	switch {
	case p.Own:
		return "registered by Azure for a virtual machine"
	case p.Target != nil && p.Target.ID != "":
		return "an alias of the resource " + p.Target.ID
	case p.Traffic != nil && p.Traffic.ID != "":
		return "an alias of the traffic manager profile " + p.Traffic.ID
	}
	return ""
}

func (p azureProperties) records(h dns.RR_Header) (all []dns.RR, err error) {
	add := func(rr dns.RR, failed error) {
		all, err = append(all, rr), cmp.Or(err, failed)
	}
	for _, r := range p.A {
		add(addressRecord(h, r.Address))
	}
	for _, r := range p.AAAA {
		add(addressRecord(h, r.Address))
	}
	for _, r := range p.SRV {
		add(serviceRecord(h, r.Priority, r.Weight, r.Port, r.Target))
	}
	for _, r := range p.TXT {
		add(textRecord(h, r.Value...), nil)
	}
	if p.CNAME != nil {
		add(aliasRecord(h, p.CNAME.Target))
	}
	if len(all) == 0 && err == nil {
		err = errors.New("it holds no records")
	}
	return all, err
}

// NameServers are told with the zone.
func (a *azure) NameServers(_ context.Context, z Zone) ([]string, error) { return z.NameServers, nil }
