package teams

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha1"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/lab"
	"hybrid/internal/powershell"
	"hybrid/planner"
	"hybrid/providers"
	"hybrid/providers/shell"
	"hybrid/schema"
)

const (
	tenant  = "9d2a6c1e-0b7f-4d53-8e11-5a4c3b2d1e0f"
	client  = "6f1c1f62-51a5-4c3a-9d4a-5f0f6c0a7b11"
	print40 = "0A1B2C3D4E5F60718293A4B5C6D7E8F901234567"
)

// settings are those of a provider block with these values.
func settings(t *testing.T, values map[string]cty.Value) providers.Settings {
	t.Helper()
	all := map[string]cty.Value{}
	for name, ty := range System().Schema.Type().AttributeTypes() {
		all[name] = cty.NullVal(ty)
	}
	for name, v := range values {
		all[name] = v
	}
	return providers.Settings{Name: "teams", Values: cty.ObjectVal(all), Dir: t.TempDir()}
}

func application(more map[string]cty.Value) map[string]cty.Value {
	values := map[string]cty.Value{
		"host": cty.StringVal("admin01"), "username": cty.StringVal("svc"), "password": cty.StringVal("p").Mark(schema.Sensitive),
		"tenant_id": cty.StringVal(tenant), "client_id": cty.StringVal(client), "certificate_thumbprint": cty.StringVal("\u200e0a 1b2c3d4e5f60718293a4b5c6d7e8f901234567"),
	}
	for name, v := range more {
		values[name] = v
	}
	return values
}

// selfSigned is a certificate and its private key in PEM, and its thumbprint.
func selfSigned(t *testing.T) (text, thumb string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	text = string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})) + string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	return text, fmt.Sprintf("%X", sha1.Sum(der))
}

func TestHowSessionsSignIn(t *testing.T) {
	t.Parallel()
	text, thumb := selfSigned(t)
	account := cty.ObjectVal(map[string]cty.Value{"username": cty.StringVal("admin@contoso.com"), "password": cty.StringVal("hunter2").Mark(schema.Sensitive)})
	none := cty.NullVal(cty.String)
	const byPrint = "Connect-MicrosoftTeams -TenantId:'" + tenant + "' -ApplicationId:'" + client + "' -CertificateThumbprint:'"
	const byAccount = "Connect-MicrosoftTeams -Credential:(Get-Credential -Credential:'admin@contoso.com')"
	for _, test := range []struct {
		more      map[string]cty.Value
		cloud     string
		want, err string
	}{
		{nil, "", byPrint + print40 + "'", ""},
		{nil, "gcc_high", byPrint + print40 + "'", ""},
		{map[string]cty.Value{"certificate_thumbprint": none, "certificate": cty.StringVal(text).Mark(schema.Sensitive)}, "china", byPrint + thumb + "'", ""},
		{map[string]cty.Value{"certificate_thumbprint": none, "tenant_id": none, "client_id": none, "credential": account}, "", byAccount, ""},
		{map[string]cty.Value{"certificate_thumbprint": none, "tenant_id": none, "client_id": none, "credential": account}, "gcc", byAccount, ""},
		{map[string]cty.Value{"certificate_thumbprint": none, "tenant_id": none, "client_id": none, "credential": account}, "gcc_high", byAccount + " -TeamsEnvironmentName:'TeamsGCCH'", ""},
		{map[string]cty.Value{"tenant_id": cty.UnknownVal(cty.String)}, "", "", "tenant_id, client_id or the certificate is not known"},
	} {
		s := settings(t, application(test.more))
		s.Cloud, _ = s.Clouds.Named(test.cloud)
		command, err := signIn(shell.ArgumentsOf(s), s)
		switch {
		case test.err != "":
			if err == nil || !strings.Contains(err.Error(), test.err) {
				t.Errorf("%v, want %q", err, test.err)
			}
			continue
		case err != nil || command.String() != test.want:
			t.Errorf("%s, %v\nwant %s", command, err, test.want)
		}
		params := map[string]any{}
		for _, p := range command.Params {
			params[p.Name] = p.Value
			if text := fmt.Sprint(p.Value); strings.Contains(text, "PRIVATE") {
				t.Errorf("-%s takes the private key along", p.Name)
			}
		}
		if _, refused := published(t).Bind(command.Cmdlet, params); refused != nil {
			t.Errorf("%s: %s", command, refused)
		}
	}
}

func TestOpen(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		values     map[string]cty.Value
		place, err string
	}{
		{application(nil), "teams admin01", ""},
		{application(map[string]cty.Value{"host": cty.NullVal(cty.String), "hosts": cty.ListVal([]cty.Value{cty.StringVal("admin02")})}), "teams admin02", ""},
		{application(map[string]cty.Value{"host": cty.NullVal(cty.String), "transport": cty.StringVal("local")}), "teams this machine", ""},
		{application(map[string]cty.Value{"username": cty.NullVal(cty.String)}), "", `provider "teams": username is missing`},
		{application(map[string]cty.Value{"auth": cty.StringVal("ntlm")}), "teams admin01", ""},
		{application(map[string]cty.Value{"auth": cty.StringVal("ntlm"), "username": cty.NullVal(cty.String)}), "", `provider "teams": username is missing`},
		{application(map[string]cty.Value{"auth": cty.StringVal("kerberos"), "username": cty.NullVal(cty.String), "password": cty.NullVal(cty.String), "credential_cache": cty.StringVal("krb5cc")}), "", "krb5cc cannot be read"},
	} {
		p, err := System().Open(settings(t, test.values))
		if test.err != "" {
			if err == nil || !strings.Contains(err.Error(), test.err) || p != nil {
				t.Errorf("%v, %v, want %q", p, err, test.err)
			}
			continue
		}
		if err != nil || p.Describe() != test.place || p.(providers.Counter).RoundTrips() != 0 {
			t.Errorf("%v, want %q", err, test.place)
			continue
		}
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestMistakesInTheProviderBlock(t *testing.T) {
	t.Parallel()
	const good = "host = \"admin01\"\ntenant_id = \"" + tenant + "\"\nclient_id = \"" + client + "\"\n"
	const byPrint = good + "certificate_thumbprint = \"" + print40 + "\"\n"
	for body, want := range map[string]string{
		byPrint: "",
		"transport = \"local\"\ncredential {\n username = \"a\"\n password = \"b\"\n}": "",
		good:                            "Nothing says how sessions sign in",
		byPrint + `hosts = ["b"]`:       "host and hosts exclude one another",
		byPrint + `transport = "local"`: `No host is used with transport = "local"`,
		byPrint + `certificate = "x"`:   "is sensitive",
		byPrint + "credential {\n username = \"a\"\n password = \"b\"\n}":                            "Exactly one of",
		"host = \"a\"\ncertificate_thumbprint = \"" + print40 + "\"":                                 "tenant_id is missing",
		good + "certificate_thumbprint = \"" + strings.Repeat("0f", 32) + "\"":                       "SHA-256 fingerprint",
		good + "certificate = \"-----BEGIN CERTIFICATE-----\\nAAAA\\n-----END CERTIFICATE-----\\n\"": "is sensitive",
	} {
		file, diags := hclsyntax.ParseConfig([]byte(body), "providers.hcl", hcl.InitialPos)
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		_, _, diags = System().Schema.Decode(file.Body, nil)
		var said strings.Builder
		for _, d := range diags {
			said.WriteString(d.Detail + "\n")
		}
		if !strings.Contains(said.String(), want) || (want == "") != (said.String() == "") {
			t.Errorf("%s\nsays %q, want %q", body, said.String(), want)
		}
	}
}

func TestMistakesInTheLists(t *testing.T) {
	t.Parallel()
	k := kindNamed(t, "tenant_federation")
	for body, want := range map[string]string{
		`allowed_domains = "fabrikam.com"`:                             `takes a set of strings or "all"`,
		`allowed_domains = ["all", "fabrikam.com"]`:                    `"all" stands alone`,
		`allowed_domains = ["*"]`:                                      "wildcard",
		`blocked_domains = ["all"]`:                                    `"all" stands alone`,
		`blocked_domains = ["fabrikam"]`:                               "no fully qualified domain name",
		"allowed_domains = [\"a.com\"]\nblocked_domains = [\"b.com\"]": `only while allowed_domains = "all"`,
		"allowed_domains = []\nblocked_domains = [\"b.com\"]":          `only while allowed_domains = "all"`,
		"block_all_subdomains = true":                                  "none is written",
		"allowed_domains = \"all\"\nblocked_domains = [\"b.com\"]":     "",
		"blocked_domains = [\"b.com\"]\nblock_all_subdomains = true":   "",
		"allowed_domains = [\"a.com\"]\nblocked_domains = []":          "",
		"enable_mutual_federation_for_chat_participants = true":        "no argument",
	} {
		_, diags := decoded(t, k, body)
		var said strings.Builder
		for _, d := range diags {
			said.WriteString(d.Detail + "\n")
		}
		if !strings.Contains(said.String(), want) || (want == "") != (said.String() == "") {
			t.Errorf("%s\nsays %q, want %q", body, said.String(), want)
		}
	}
	for n, want := range map[int]bool{mostDomains: true, mostDomains + 1: false} {
		domains := make([]string, n)
		for i := range domains {
			domains[i] = fmt.Sprintf("d%d.contoso.com", i)
		}
		if err := checkDomains(schema.TextSet(domains)); (err == nil) != want || !want && !strings.Contains(err.Error(), "4001 domains, and the tenant keeps 4000 at most: take 1 out") {
			t.Errorf("%d domains: %v", n, err)
		}
	}
}

func TestNotesTellWhatAChangeMeans(t *testing.T) {
	t.Parallel()
	k := kindNamed(t, "tenant_federation")
	for body, want := range map[string]string{
		"shared_sip_address_space = true": "until then moves fail with fault 510",
		"allow_federated_users = false":   "ends all talk",
		"allowed_domains = []":            "means nobody",
		"allow_teams_consumer = false":    "",
	} {
		live, err := k.Live("Global", federation())
		if err != nil {
			t.Fatal(err)
		}
		wanted, _ := decoded(t, k, body)
		c := planner.Diff(k, live, wanted)
		notes := strings.Join(k.Notes("update", c.Before.AsValueMap(), c.After.AsValueMap()), "; ")
		if !strings.Contains(notes, want) || (want == "") != (notes == "") {
			t.Errorf("%s: %q, want %q", body, notes, want)
		}
	}
}

func TestAdvice(t *testing.T) {
	t.Parallel()
	for message, want := range map[string]string{
		"AADSTS90002: Tenant 'x' not found.":                            "look at tenant_id",
		"AADSTS700016: Application with identifier 'x' was not found":   "look at client_id",
		"AADSTS700027: Client assertion contains an invalid signature.": "does not have this certificate",
		"Could not find the certificate with thumbprint X":              "import it with its private key",
		"Access Denied.": "Teams Administrator",
		"Something new.": "",
	} {
		err := advised(&powershell.ReadyError{Err: &powershell.CmdletError{Cmdlet: "Connect-MicrosoftTeams", Message: message}})
		if !strings.Contains(err.Error(), message) || !strings.Contains(err.Error(), want) || (want == "") != !strings.Contains(err.Error(), "\n") {
			t.Errorf("%v, want %q", err, want)
		}
	}
	if plain := errors.New("x"); advised(plain) != plain {
		t.Error("an error of another kind was changed")
	}
}

// An application without a role signs in; what refuses it first is a read, whatever is read.
func TestAReadThatIsRefusedSaysWhichRoleIsMissing(t *testing.T) {
	t.Parallel()
	l, p := laboratory(t)
	if err := l.Change(func(e *lab.Estate) error {
		e.SetTenant(lab.Tenant{SignIn: e.Tenant.SignIn, Roleless: true})
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	for _, k := range []*schema.Kind{tenantFederation(), onlineSipDomain(), onlineUser()} {
		err := p.Read(t.Context(), k, nil).Err
		if err == nil || strings.Count(err.Error(), "give it Teams Administrator") != 1 || !strings.Contains(err.Error(), "Access Denied.") {
			t.Errorf("%s: %v", k.Name, err)
		}
	}
}

// laboratory opens the provider on a lab of its own: the real session and wire, only the tenant is simulated.
func laboratory(t *testing.T) (*lab.Lab, providers.Provider) {
	t.Helper()
	estate := lab.Seed(lab.Needs{SipDomains: []string{"contoso.com"}, Tenant: &lab.SignIn{TenantID: tenant, ClientID: client, Thumbprint: print40}}, lab.SeedOptions{Seed: 1})
	l, err := lab.Start(t.Context(), lab.Options{Estate: estate, Kinds: kinds()})
	if err != nil {
		t.Fatal(err)
	}
	at := l.Endpoints().WinRM
	p, err := System().Open(settings(t, application(map[string]cty.Value{
		"host": cty.StringVal(at.Host), "port": cty.NumberIntVal(int64(at.Port)), "fingerprint": cty.StringVal(at.Fingerprint),
		"username": cty.StringVal(at.Username), "password": cty.StringVal(at.Password).Mark(schema.Sensitive),
	})))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(p.Close(), l.Close()); err != nil {
			t.Error(err)
		}
	})
	return l, p
}

// Each state of the lists is written, read back and undone.
func TestTheTenantFollows(t *testing.T) {
	t.Parallel()
	_, p := laboratory(t)
	k := kindNamed(t, "tenant_federation")
	for _, body := range []string{
		"shared_sip_address_space = true\nallowed_domains = [\"fabrikam.com\"]", `allowed_domains = []`, `allowed_domains = "all"`,
		"blocked_domains = [\"tailspin.com\"]\nblock_all_subdomains = true", "allow_federated_users = false\nexternal_access_with_trial_tenants = \"Allowed\"",
		`allowed_trial_tenant_domains = ["trial.com"]`,
	} {
		want, diags := decoded(t, k, body)
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		o := planner.Object{Kind: k, Want: want, Provider: "teams", Address: planner.Address{Kind: k.Name}}
		check := func() planner.Change { return planner.Check(&o, p.Read(t.Context(), k, []planner.Object{o})) }
		c := check()
		if c.Action != planner.Update && body != `allowed_domains = "all"` {
			t.Errorf("%s: %s %s", body, c.Action, c.Reason)
			continue
		}
		for _, step := range []planner.Change{c, c.Reverse(), c} {
			if err := p.Apply(t.Context(), step); err != nil {
				t.Fatalf("%s: %v", body, err)
			}
		}
		if again := check(); again.Action != planner.NoOp {
			t.Errorf("%s: then %s", body, again.Action)
		}
	}
}

func TestASignInThatIsRefusedIsToldWithWhatHelps(t *testing.T) {
	t.Parallel()
	l, p := laboratory(t)
	if err := l.Change(func(e *lab.Estate) error {
		changed := e.Tenant
		changed.SignIn.ClientID = "another"
		e.SetTenant(changed)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	k := kindNamed(t, "online_sip_domain")
	listing := p.Read(t.Context(), k, nil)
	if listing.Err == nil || listing.Complete || strings.Count(listing.Err.Error(), "look at client_id") != 1 {
		t.Errorf("%+v", listing)
	}
	want, _ := decoded(t, k, "enabled = false")
	c := planner.Change{Kind: k, Action: planner.Update, Identity: "contoso.com", After: want, Paths: []cty.Path{cty.GetAttrPath("enabled")}, Before: cty.NullVal(k.Type())}
	if err := p.Apply(t.Context(), c); err == nil || providers.InDoubt(err) || strings.Count(err.Error(), "look at client_id") != 1 {
		t.Errorf("%v", err)
	}
}
