package check

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/zclconf/go-cty/cty"
)

// elements are those of a list or set; none of one that is unset or unknown.
func elements(v cty.Value) []cty.Value {
	if v, _ = v.UnmarkDeep(); v.IsNull() || !v.IsKnown() {
		return nil
	}
	return v.AsValueSlice()
}

// poolNames is O-SP.
func poolNames(ctx context.Context, e *Estate) Result {
	clients, err := e.clientsSignIn(ctx)
	tokens, err2 := e.tokensSigned(ctx)
	if err = errors.Join(err, err2); err != nil && !clients && !tokens {
		return Unread(err)
	}
	if !clients && !tokens {
		return Absent("there is no trust between the servers and the tenant, and the configuration declares none")
	}
	t := &trial{e: e}
	pools, err := e.webAddresses(ctx)
	if err != nil {
		return Unread(fmt.Errorf("which addresses the pools have is not known: %w", err))
	}
	t.seen = append(t.seen, e.Saw("ExternalFqdn of web services", orNone(pools), "the servers"))
	p, found, err := e.principal(ctx, skypeOnline)
	switch {
	case err != nil:
		return Unread(err, t.seen...)
	case !found:
		t.fault("Look whether the tenant has a subscription with Teams or Skype for Business Online, which brings the service principal.", "the tenant has no service principal %s", skypeOnline)
		return t.result()
	}
	t.seen = append(t.seen, e.Saw("servicePrincipalNames of "+skypeOnline, orNone(texts(p.value.GetAttr("names"))), "the tenant"))
	t.poolNames(pools, texts(p.value.GetAttr("names")), tokens, clients)
	return t.result()
}

// webAddresses are the external web FQDNs of all pools.
func (e *Estate) webAddresses(ctx context.Context) (all []string, err error) {
	rows, err := e.Cmdlet(ctx, "skype", Cmdlet{Name: "Get-CsService", Params: map[string]any{"WebServer": true}})
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		if name, _ := row["ExternalFqdn"].(string); name != "" && !slices.Contains(all, hostName(name)) {
			all = append(all, hostName(name))
		}
	}
	if len(all) == 0 {
		return nil, errors.New("Get-CsService -WebServer shows no ExternalFqdn")
	}
	return all, nil
}

// poolNames looks for each pool. Tokens that the servers sign are for one form of the name, clients ask for the other; where both are
// used, both are needed.
func (t *trial) poolNames(pools, names []string, tokens, clients bool) {
	var missing []string
	has := func(name string) bool {
		return slices.ContainsFunc(names, func(one string) bool {
			return strings.EqualFold(strings.TrimSuffix(one, "/"), strings.TrimSuffix(name, "/"))
		})
	}
	for _, pool := range pools {
		for name, needed := range map[string]bool{skypeOnline + "/" + pool: tokens, "https://" + pool + "/": clients} {
			if needed && !has(name) {
				missing = append(missing, name)
			}
		}
	}
	slices.Sort(missing)
	if len(missing) == 0 {
		return
	}
	do := fmt.Sprintf("Add them to service_principal %q: names = [\"%s\"], and apply.", skypeOnline, strings.Join(missing, `", "`))
	if o := t.e.declaredAs("service_principal", skypeOnline); o != nil {
		if !slices.ContainsFunc(missing, func(m string) bool { return !slices.Contains(texts(o.Want.GetAttr("names")), m) }) {
			do = "Apply " + o.Address.String() + ", which declares them."
		}
		t.blame(o)
	}
	t.fault(do, "the tenant does not know: %s", strings.Join(missing, ", "))
}

// signingKey is O-KEY.
func signingKey(ctx context.Context, e *Estate) Result {
	tokens, err := e.tokensSigned(ctx)
	switch {
	case !tokens && err != nil:
		return Unread(err)
	case !tokens:
		return Absent("the servers sign no tokens for the tenant, and the configuration declares no key")
	}
	rows, err := e.Cmdlet(ctx, "skype", Cmdlet{Name: "Get-CsCertificate", Params: map[string]any{"Type": []string{"OAuthTokenIssuer"}}})
	if err != nil {
		return Unread(fmt.Errorf("which certificate the servers sign tokens with is not known: %w", err))
	}
	t := &trial{e: e}
	rows = slices.DeleteFunc(slices.Clone(rows), func(row map[string]any) bool { return property(row, "Use") != "OAuthTokenIssuer" })
	if len(rows) == 0 && e.sessionsOnEdge(ctx) {
		return Unread(errors.New("the sessions are on an Edge Server, which has no certificate to sign tokens with: name a Front End Server in hosts"))
	}
	if len(rows) == 0 {
		t.fault("Make a certificate for it (Request-CsCertificate -New -Type OAuthTokenIssuer), and assign it: Set-CsCertificate -Identity global -Type OAuthTokenIssuer -Thumbprint ….", "the servers have no certificate to sign tokens with")
		return t.result()
	}
	p, found, err := e.principal(ctx, skypeOnline)
	switch {
	case err != nil:
		return Unread(err)
	case !found:
		return Unread(fmt.Errorf("the tenant has no service principal %s: see O-SP", skypeOnline))
	}
	t.signing(rows[0], elements(p.value.GetAttr("key_credential")))
	return t.result()
}

// sessionsOnEdge says whether the host of the sessions has the certificate of an Access Edge.
func (e *Estate) sessionsOnEdge(ctx context.Context) bool {
	all, err := e.Cmdlet(ctx, "skype", Cmdlet{Name: assignedCertificates})
	return err == nil && slices.ContainsFunc(all, func(row map[string]any) bool { return property(row, "Use") == accessUse })
}

func property(row map[string]any, name string) string {
	text, _ := row[name].(string)
	return text
}

// signing holds the servers' certificate against the keys that the tenant has.
func (t *trial) signing(certificate map[string]any, keys []cty.Value) {
	print := strings.ToUpper(property(certificate, "Thumbprint"))
	t.seen = append(t.seen, t.e.Saw("OAuthTokenIssuer", fmt.Sprintf("thumbprint %s, good until %s", print, property(certificate, "NotAfter")), "the servers"))
	const renew = "Make a new certificate (Request-CsCertificate -New -Type OAuthTokenIssuer), declare it as a second key_credential of the service principal, apply, and only then assign it: Set-CsCertificate -Identity global -Type OAuthTokenIssuer -Thumbprint …, with -Roll and -EffectiveDate."
	t.lasts(property(certificate, "NotAfter"), "the certificate that the servers sign tokens with", renew)
	matched, untold := false, 0
	for _, key := range keys {
		k := live{value: key}
		t.seen = append(t.seen, t.e.Saw("key "+k.text("key_id"), fmt.Sprintf("thumbprint %s, good until %s", k.text("thumbprint"), k.text("end_date")), "service principal "+skypeOnline))
		switch {
		case strings.EqualFold(k.text("thumbprint"), print):
			matched = true
			t.lasts(k.text("end_date"), "the key that the tenant has of it", renew)
		case k.text("thumbprint") == "":
			untold++
		}
	}
	switch {
	case matched:
	case print == "" || untold > 0:
		t.unknown("whether the tenant has the servers' key is not known: %d of its keys show no thumbprint", untold)
	default:
		t.blame(t.e.declaredAs("service_principal", skypeOnline))
		t.fault("Export the certificate "+print+" from a Front End Server without its private key (Base-64), write it into a key_credential of service_principal \""+skypeOnline+"\", and apply.",
			"the servers sign tokens with the certificate %s, and the tenant has %s", print, keyCount(len(keys)))
	}
}

func keyCount(n int) string {
	if n == 0 {
		return "no key"
	}
	return "only keys of others"
}

// lasts wants something to be good for another month.
func (t *trial) lasts(until, what, do string) {
	switch days, known := t.e.daysLeft(until); {
	case !known:
		t.unknown("until when %s is good cannot be read from %q", what, until)
	case days < 0:
		t.fault(do, "%s expired on %s", what, until[:len("2006-01-02")])
	case days < int(minimumLeft.Hours()/24):
		t.fault(do, "%s expires on %s, in %d days", what, until[:len("2006-01-02")], days)
	}
}

// exchangeKeys is O-EXKEY.
func exchangeKeys(ctx context.Context, e *Estate) Result {
	p, found, err := e.principal(ctx, exchangeOnline)
	if err != nil {
		return Unread(err)
	}
	if !found {
		return Passed(e.Saw("service principal "+exchangeOnline, "the tenant has none", "the tenant"))
	}
	keys := elements(p.value.GetAttr("key_credential"))
	t := &trial{e: e}
	t.seen = append(t.seen, e.Saw("keyCredentials of "+exchangeOnline, fmt.Sprintf("%d keys", len(keys)), "the tenant"))
	for _, key := range keys {
		k := live{value: key}
		t.seen = append(t.seen, e.Saw("key "+k.text("key_id"),
			fmt.Sprintf("%s, thumbprint %s, good until %s", k.text("display_name"), k.text("thumbprint"), k.text("end_date")), "service principal "+exchangeOnline))
	}
	if len(keys) > 0 {
		t.fault("", // the check's own remedy
			"whoever controls the Exchange servers can act in the tenant without a trace: %s on the service principal of Exchange Online (CVE-2025-53786)", counted(len(keys)))
	}
	return t.result()
}

func counted(keys int) string {
	if keys == 1 {
		return "there is a key"
	}
	return fmt.Sprintf("there are %d keys", keys)
}
