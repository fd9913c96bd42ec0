package dnsservice

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"github.com/miekg/dns"

	"hybrid/internal/rest"
)

// Change puts the whole set, or deletes it, on the condition of the entity tag with which it was read; a new one on the condition
// that there is none. Metadata of the set are kept.
func (a *azure) Change(ctx context.Context, c Change, leave func() error) error {
	doing := "changing " + shown(c.Owner) + " " + c.Type
	at, err := a.at(ctx, c)
	if err != nil {
		return fmt.Errorf("%w; nothing was changed", err)
	}
	own, err := standing(at, c)
	if err != nil {
		return err
	}
	r := request{doing: doing, method: http.MethodPut, path: azurePath(c, c.Type) + "?api-version=" + a.version, leave: leave, header: http.Header{"Content-Type": {"application/json"}}}
	raw := azureSet{}
	if own == nil {
		r.header["If-None-Match"] = []string{"*"}
	} else if raw = own.held.(azureSet); raw.ETag == "" {
		return fmt.Errorf("%s: the set was read without an entity tag, so that a change of somebody else would be lost; nothing was changed", doing)
	} else {
		r.header["If-Match"] = []string{raw.ETag}
	}
	if len(c.After) == 0 {
		r.method = http.MethodDelete
	} else if r.body, err = json.Marshal(azureSet{Properties: azureWritten(c.After, raw.Properties.Metadata)}); err != nil {
		return err
	}
	answer, err := a.do(ctx, r)
	var refused *Refusal
	switch {
	case errors.As(err, &refused) && refused.Status == http.StatusPreconditionFailed:
		return refused.conflict()
	case err != nil:
		return err
	}
	return a.done(doing, r.method, answer)
}

// done says whether an answer is one of Azure's to a write: the set as it is now, or, to a DELETE, nothing. Else a proxy has
// answered, and nobody knows what became of it.
func (a *azure) done(doing, method string, answer []byte) error {
	var now azureSet
	if method == http.MethodDelete && len(answer) == 0 {
		return nil
	}
	if err := json.Unmarshal(answer, &now); err != nil || now.ETag == "" && method != http.MethodDelete {
		return &rest.LostError{Err: a.unreadable(doing, errOr(err))}
	}
	return nil
}

// absent says whether a service's error means that there is no such set. An answer without a code is none of Azure's, and tells
// nothing.
func absent(err error) bool {
	var refused *Refusal
	return errors.As(err, &refused) && refused.Status == http.StatusNotFound &&
		!slices.Contains([]string{"", "ResourceGroupNotFound", "ParentResourceNotFound", "SubscriptionNotFound"}, refused.Code)
}

// at reads the sets at a name that matter to a change: its own, and what a CNAME record cannot stand beside. Azure reads sets by
// name and type, one a request.
func (a *azure) at(ctx context.Context, c Change) ([]Set, error) {
	types := []string{c.Type}
	switch {
	case len(c.Before) > 0 || len(c.After) == 0:
	case c.Type == "CNAME":
		types = append(slices.DeleteFunc(Types(), func(t string) bool { return t == "CNAME" }), "MX", "CNAME")
	default:
		types = append(types, "CNAME")
	}
	var all []Set
	for _, rtype := range types {
		body, err := a.do(ctx, request{doing: "reading " + shown(c.Owner) + " " + rtype, method: http.MethodGet, path: azurePath(c, rtype) + "?api-version=" + a.version})
		if absent(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		var s azureSet
		if err := json.Unmarshal(body, &s); err != nil {
			return nil, a.unreadable("reading "+shown(c.Owner), err)
		}
		all = append(all, s.set(c.Zone.Name))
	}
	return all, nil
}

// azurePath is where a set is.
func azurePath(c Change, rtype string) string {
	return c.Zone.ID + "/" + rtype + "/" + url.PathEscape(relative(c.Owner, c.Zone.Name))
}

// azureRequest is the request of a change, as far as the change alone tells.
func azureRequest(c Change) string {
	switch {
	case len(c.Before) == 0:
		return "PUT " + azurePath(c, c.Type) + ", if there is none"
	case len(c.After) == 0:
		return "DELETE " + azurePath(c, c.Type) + ", if it is unchanged"
	}
	return "PUT " + azurePath(c, c.Type) + ", if it is unchanged"
}

// azureWritten is what is sent of a set.
func azureWritten(records []dns.RR, metadata map[string]string) azureProperties {
	p := azureProperties{TTL: records[0].Header().Ttl, Metadata: metadata}
	for _, rr := range records {
		switch rr := rr.(type) {
		case *dns.A:
			p.A = append(p.A, azureA{rr.A.String()})
		case *dns.AAAA:
			p.AAAA = append(p.AAAA, azureAAAA{rr.AAAA.String()})
		case *dns.CNAME:
			p.CNAME = &azureCNAME{shown(rr.Target)}
		case *dns.SRV:
			p.SRV = append(p.SRV, azureSRV{rr.Priority, rr.Weight, rr.Port, shown(rr.Target)})
		case *dns.TXT:
			var parts []string
			for _, part := range rr.Txt {
				parts = append(parts, octets(part))
			}
			p.TXT = append(p.TXT, azureTXT{parts})
		}
	}
	return p
}

// azureRefusal reads an error of Azure Resource Manager, which is in a member of its own, or of Azure DNS, which may not be.
func azureRefusal(r *Refusal, body []byte) {
	type said struct {
		Code    string `json:"code"`
		Message string `json:"message"`
	}
	var answer struct {
		said
		Error said `json:"error"`
	}
	_ = json.Unmarshal(body, &answer) // what is not JSON has no code
	if r.Code, r.Message = answer.Error.Code, answer.Error.Message; r.Code == "" {
		r.Code, r.Message = answer.Code, answer.Message
	}
	r.Remedy = map[string]string{
		"AuthorizationFailed":          "give whoever signs in the role DNS Zone Contributor (Private DNS Zone Contributor for private zones) on the zone; to plan, Reader is enough",
		"LinkedAuthorizationFailed":    "give whoever signs in the role DNS Zone Contributor on the zone",
		"SubscriptionNotFound":         "check subscription_id, and that whoever signs in may read the subscription",
		"InvalidSubscriptionId":        "check subscription_id: it is a GUID",
		"ResourceGroupNotFound":        "check resource_group, or leave it out",
		"InvalidAuthenticationToken":   "check that azure's service_url and login_url are of the same cloud, and this machine's clock",
		"ExpiredAuthenticationToken":   "check this machine's clock",
		"ScopeLocked":                  "there is a lock on the zone or its resource group: take it off while you apply",
		"ParentResourceNotFound":       "the zone is gone: run plan again",
		"ReadOnlyDisabledSubscription": "the subscription is disabled, and can only be read",
	}[r.Code]
}
