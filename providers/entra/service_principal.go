package entra

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/zclconf/go-cty/cty"

	"hybrid/schema"
)

// exchangeOnline is the application id of Exchange Online, whose service principal Exchange Server shared with it.
const exchangeOnline = "00000002-0000-0ff1-ce00-000000000000"

// skypeForBusinessOnline is the application id of Skype for Business Online, whose service principal stands for the servers in the tenant.
const skypeForBusinessOnline = "00000004-0000-0ff1-ce00-000000000000"

// servicePrincipal declares the kind. The clock is for certificates that have expired.
func servicePrincipal(now func() time.Time) *schema.Kind {
	return &schema.Kind{
		Name:      "service_principal",
		Concern:   "trust",
		System:    "entra",
		Everybody: true,
		Remote:    schema.REST{Collection: "servicePrincipals"},
		Known:     []string{skypeForBusinessOnline, exchangeOnline},
		Doc: "An application's service principal in the tenant; the label is its application id. For trust between the servers and " +
			"Microsoft 365 it is `00000004-0000-0ff1-ce00-000000000000`, Skype for Business Online, which gets the public key of the certificate " +
			"that the servers sign tokens with (OAuthTokenIssuer), and a name for each of the pools' external web FQDNs.\n\n" +
			"Service principals are neither created nor deleted: those of Microsoft's services come with a subscription. " +
			"Graph replaces lists of names and keys as a whole and knows no condition for it. So they are read again right before the " +
			"change, which is not made where they are not as the plan has read them, and again after it.",
		Example: `# Names that are there already stay.
service_principal "00000004-0000-0ff1-ce00-000000000000" {
  names = ["00000004-0000-0ff1-ce00-000000000000/lync.contoso.com"]
}`,
		Attrs: []schema.Attr{
			{
				Name: "account_enabled", Type: cty.Bool,
				Doc: "Whether tokens are issued to and for the application.",
			},
			{
				Name: "names", Type: cty.Set(cty.String), Merge: mergeNames, Check: checkNames,
				Doc: "Service principal names that it must have, such as `00000004-0000-0ff1-ce00-000000000000/lync.contoso.com`, or " +
					"`https://lync.contoso.com/` for Hybrid Modern Authentication. Names that are not declared are left alone.",
			},
			{
				Name: "allow_shared_principal_key", Type: cty.Bool, Settings: true,
				Doc: "Permits a key on the service principal of Exchange Online all the same, which otherwise is refused. Leave it out.",
			},
			{Name: "display_name", Type: cty.String, Mode: schema.Computed, Doc: "What the directory calls it."},
			{Name: "object_id", Type: cty.String, Mode: schema.Computed, Doc: "Its id in this tenant."},
		},
		Blocks: []schema.Block{keyCredential()},
		Rules: []schema.Rule{
			{
				Attrs: []string{"identity"}, Doc: "The label is the id of an application.",
				Check: func(v map[string]cty.Value) string {
					if id := text(v["identity"]); !guid.MatchString(id) {
						return fmt.Sprintf("%q is no application id: write a GUID, such as 00000004-0000-0ff1-ce00-000000000000.", id)
					}
					return ""
				},
			},
			{
				Attrs: []string{"key_credential"}, Check: ruleKeys(now),
				Doc: "Each `key_credential` has a `certificate` that has not expired, or `ensure = \"absent\"` and a `certificate` or `key_id`; none stands twice.",
			},
			{
				Attrs: []string{"key_credential", "identity", "allow_shared_principal_key"}, Check: ruleExchange,
				Doc: "No new key on `" + exchangeOnline + "`: who has the Exchange servers then has the tenant's mailboxes, and more (CVE-2025-53786). Exchange hybrid uses a dedicated application.",
			},
		},
		Notes: notes,
		Lost:  lost,
	}
}

// keyCredential is the nested block; its computed arguments are what a live key has besides.
func keyCredential() schema.Block {
	return schema.Block{
		Name: "key_credential", Many: true, Merge: mergeKeys, Text: keyText,
		Doc: "A public key that signs the application's tokens. Dates and thumbprint are taken from the certificate, and keys are compared by " +
			"thumbprint: to rotate, write a second block with the new certificate, and later `ensure = \"absent\"` into the old one. " +
			"Keys that no block names are left alone.",
		Attrs: []schema.Attr{
			{
				Name: "certificate", Type: cty.String, Check: checkCertificate,
				Doc: "The certificate without its private key, in PEM or base64: `file(\"….cer\")` of what Windows exports as Base-64 encoded X.509.",
			},
			{
				Name: "key_id", Type: cty.String, Check: checkGUID,
				Doc: "The id of a key to remove, where its certificate is not at hand. New keys get an id that follows from the certificate.",
			},
			{
				Name: "ensure", Type: cty.String, OneOf: []string{"present", "absent"}, Default: cty.StringVal("present"),
				Doc: "`absent` removes the key.",
			},
			{Name: "thumbprint", Type: cty.String, Mode: schema.Computed, Doc: "The SHA-1 of the certificate in hex, as Windows shows it."},
			{Name: "display_name", Type: cty.String, Mode: schema.Computed, Doc: "The certificate's subject, for keys that hybrid adds."},
			{Name: "start_date", Type: cty.String, Mode: schema.Computed, Doc: "From when the key counts."},
			{Name: "end_date", Type: cty.String, Mode: schema.Computed, Doc: "Until when the key counts."},
		},
	}
}

func mergeNames(live, want cty.Value) cty.Value {
	names := live.AsValueSlice()
	for _, w := range want.AsValueSlice() {
		if !slices.ContainsFunc(names, func(n cty.Value) bool { return strings.EqualFold(n.AsString(), w.AsString()) }) {
			names = append(names, w)
		}
	}
	if len(names) == 0 {
		return live
	}
	return cty.SetVal(names)
}

func checkNames(v cty.Value) error {
	for _, name := range v.AsValueSlice() {
		if name.IsNull() || strings.TrimSpace(name.AsString()) != name.AsString() || name.AsString() == "" {
			return errors.New("one of the names is empty or has spaces around it; write names such as 00000004-0000-0ff1-ce00-000000000000/lync.contoso.com")
		}
	}
	return nil
}

// mergeKeys adds the keys that are declared and not there, and takes out those that are declared absent.
func mergeKeys(live, want cty.Value) cty.Value {
	keys := live.AsValueSlice()
	for _, w := range want.AsValueSlice() {
		same := func(k cty.Value) bool { return sameKey(k, w) }
		switch there := slices.ContainsFunc(keys, same); {
		case absent(w):
			keys = slices.DeleteFunc(keys, same)
		case !there:
			keys = append(keys, newKey(w))
		}
	}
	return schema.Collection(live.Type(), keys)
}

func absent(key cty.Value) bool { return text(key.GetAttr("ensure")) == "absent" }

// sameKey says whether a live key is the one that a block is about.
func sameKey(live, want cty.Value) bool {
	if id := text(want.GetAttr("key_id")); id != "" && strings.EqualFold(id, text(live.GetAttr("key_id"))) {
		return true
	}
	certificate, err := parseCertificate(text(want.GetAttr("certificate")))
	return err == nil && strings.EqualFold(thumbprint(certificate), text(live.GetAttr("thumbprint")))
}

// newKey is a declared key as it will be.
func newKey(want cty.Value) cty.Value {
	certificate, err := parseCertificate(text(want.GetAttr("certificate")))
	if err != nil { // it has been checked
		return want
	}
	return keyOf(certificate, keyID(certificate), certificate.Subject.String(), moment(certificate.NotBefore), moment(certificate.NotAfter))
}

// keyText is a key in a line: "CN=lync-oauth, thumbprint 3F…, until 2027-03-01".
func keyText(key cty.Value) string {
	name := text(key.GetAttr("display_name"))
	if name == "" {
		name = "key " + text(key.GetAttr("key_id"))
	}
	if print := text(key.GetAttr("thumbprint")); print != "" {
		name += ", thumbprint " + print
	}
	until, _, _ := strings.Cut(text(key.GetAttr("end_date")), "T")
	return name + ", until " + until
}

// ruleKeys holds the blocks against one another and against the clock.
func ruleKeys(now func() time.Time) func(map[string]cty.Value) string {
	return func(v map[string]cty.Value) string {
		if v["key_credential"].IsNull() {
			return ""
		}
		seen := map[string]bool{}
		for _, key := range v["key_credential"].AsValueSlice() {
			if problem := keyProblem(key, seen, now()); problem != "" {
				return problem
			}
		}
		return ""
	}
}

func keyProblem(key cty.Value, seen map[string]bool, now time.Time) string {
	certificate, err := parseCertificate(text(key.GetAttr("certificate")))
	id := text(key.GetAttr("key_id"))
	switch {
	case err != nil && id == "":
		return `A key_credential without a certificate: write certificate = file("….cer"), or key_id and ensure = "absent" to remove a key.`
	case err != nil && !absent(key):
		return `A key can be removed by its key_id, not added: write ensure = "absent", or certificate = file("….cer").`
	case err == nil && id != "" && !absent(key):
		return "key_id follows from the certificate: take it out. It is for removing a key."
	case err == nil && id != "":
		return "Either certificate or key_id says which key to remove: take one of them out."
	}
	name := strings.ToLower(id)
	if err == nil {
		name = thumbprint(certificate)
	}
	if seen[name] {
		return fmt.Sprintf("There are two key_credential blocks for %s. Keep one of them.", name)
	}
	seen[name] = true
	if err == nil && !absent(key) && now.After(certificate.NotAfter) {
		return fmt.Sprintf("The certificate %s (thumbprint %s) has expired on %s: have the servers use a new one (Set-CsCertificate -Type OAuthTokenIssuer) and export that.",
			certificate.Subject, thumbprint(certificate), certificate.NotAfter.UTC().Format(time.DateOnly))
	}
	return ""
}

// ruleExchange refuses new keys on the shared principal: https://msrc.microsoft.com/update-guide/vulnerability/CVE-2025-53786.
func ruleExchange(v map[string]cty.Value) string {
	allowed := v["allow_shared_principal_key"]
	if v["key_credential"].IsNull() || !strings.EqualFold(text(v["identity"]), exchangeOnline) || !allowed.IsNull() && allowed.True() {
		return ""
	}
	for _, key := range v["key_credential"].AsValueSlice() {
		if !absent(key) {
			return "A key on the service principal of Exchange Online lets who controls the Exchange servers act in the tenant without a trace (CVE-2025-53786), " +
				"and Microsoft no longer accepts it for hybrid: set up the dedicated Exchange hybrid application instead. A key that is there is removed with ensure = \"absent\" in its block."
		}
	}
	return ""
}

func notes(action string, before, after map[string]cty.Value) []string {
	switch action {
	case "create":
		return []string{"the tenant has no such service principal, and hybrid creates none: apply will fail here"}
	case "delete":
		return []string{"hybrid deletes no service principals: apply will fail here"}
	}
	var all []string
	for _, gone := range lostKeys(before["key_credential"], after["key_credential"]) {
		all = append(all, "what still signs with the key "+keyText(gone)+" is refused from then on")
	}
	return all
}

// lost are keys of which Graph does not show the certificate: they cannot be added again from what was read (the key of
// keyCredentials is shown to whoever asks for it by name alone, servicePrincipal: Get).
func lost(_ string, before, after map[string]cty.Value) []string {
	var all []string
	for _, gone := range lostKeys(before["key_credential"], after["key_credential"]) {
		if text(gone.GetAttr("certificate")) == "" {
			all = append(all, "the key "+keyText(gone)+", of which Graph shows no certificate: whoever has that can add it again")
		}
	}
	return all
}

// lostKeys are the keys of before that after does not have.
func lostKeys(before, after cty.Value) []cty.Value {
	var lost []cty.Value
	for _, key := range keysOf(before) {
		if !slices.ContainsFunc(keysOf(after), func(k cty.Value) bool { return text(k.GetAttr("key_id")) == text(key.GetAttr("key_id")) }) {
			lost = append(lost, key)
		}
	}
	return lost
}

// keysOf are the keys of a list that may be null or unknown.
func keysOf(v cty.Value) []cty.Value {
	if v == cty.NilVal {
		return nil
	}
	if v, _ = v.UnmarkDeep(); v.IsNull() || !v.IsKnown() {
		return nil
	}
	return v.AsValueSlice()
}
