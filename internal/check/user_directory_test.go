package check

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"hybrid/planner"
	"hybrid/providers"
)

// A forestOf is what hosts tell of Active Directory: of each domain, objects in the order of forestProperties.
type forestOf struct {
	domains []any
	objects map[string][][]any // by domain
	gaps    map[string]error   // domains that do not answer
	without map[string]error   // hosts that cannot tell of the forest
	filters []string
	reads   int
	ldap    bool  // the domain controllers are read themselves
	refused error // and do not let the account in
}

// Forest is the forest as it is read over LDAP.
func (w *world) Forest() (providers.Forest, error) {
	if !w.ldap {
		return nil, nil
	}
	return straight{w}, nil
}

// straight shows over LDAP what hosts show by cmdlets.
type straight struct{ *world }

func (straight) Server() string { return "dc01.contoso.com" }

func (s straight) Domains(context.Context) (names []string, err error) {
	for _, domain := range s.domains {
		names = append(names, domain.(string))
	}
	return names, s.refused
}

func (s straight) Search(_ context.Context, domain, filter string, attributes []string, take func(string, [][]string) error) error {
	s.filters = append(s.filters, filter)
	if !slices.Equal(attributes, forestProperties()[1:]) {
		return fmt.Errorf("%v is asked for", attributes)
	}
	for _, object := range s.forestOf.objects[domain] {
		values := make([][]string, len(attributes))
		for n, shown := range object[1:] {
			switch v := shown.(type) {
			case nil:
			case []any:
				for _, item := range v {
					values[n] = append(values[n], fmt.Sprint(item))
				}
			default:
				values[n] = []string{fmt.Sprint(v)}
			}
		}
		values[0] = append([]string{"top"}, values[0]...)
		if err := take(object[0].(string), values); err != nil {
			return err
		}
	}
	return s.gaps[domain]
}

// inForest is somebody as Get-ADObject shows them.
func inForest(name string) []any {
	return []any{"CN=" + name + ",OU=Users,DC=contoso,DC=com", "user", "sip:" + name + "@contoso.com", []any{"SMTP:" + name + "@contoso.com", "sip:" + name + "@contoso.com"}, nil}
}

func (w *world) Hosts(string) ([]string, error) { return w.hosts, nil }

func (w *world) Opening(context.Context, string, string) (providers.Opening, error) {
	return providers.Opening{}, nil
}

func (w *world) AskOn(_ context.Context, _, host string, c Cmdlet, properties []string) ([][]any, error) {
	w.reads++
	if err := w.without[host]; err != nil {
		return nil, err
	}
	if c.Name == "Get-ADForest" {
		return [][]any{{w.forestOf.domains}}, nil
	}
	if !slices.Equal(properties, forestProperties()) {
		return nil, fmt.Errorf("%v is asked for", properties)
	}
	domain, _ := c.Params["Server"].(string)
	filter, _ := c.Params["LDAPFilter"].(string)
	w.filters = append(w.filters, filter)
	return w.forestOf.objects[domain], w.gaps[domain]
}

// ada is Ada in the forest.
func (w *world) ada() []any { return w.forestOf.objects["contoso.com"][0] }

// more adds an object, if any, to a domain of the forest, and the domain where it is new.
func (w *world) more(domain string, object ...any) {
	if !slices.Contains(w.domains, any(domain)) {
		w.domains = append(w.domains, domain)
	}
	if object != nil {
		w.forestOf.objects[domain] = append(w.forestOf.objects[domain], object)
	}
}

// What Active Directory alone knows passes, fails and is unknown; and what was not shown is never taken for what is not set.
func TestUserChecksOfTheForest(t *testing.T) {
	t.Parallel()
	silent := errors.New("Unable to contact the server.")
	noModule := func(endpoint string) func(*world) {
		return func(w *world) {
			w.without = map[string]error{"fe01.contoso.com": &providers.NoCmdletError{Host: "fe01.contoso.com", Cmdlet: "Get-ADForest", Endpoint: endpoint}}
		}
	}
	contact := func(w *world) {
		w.more("eu.contoso.com", "CN=Ada,OU=Partners,DC=eu,DC=contoso,DC=com", "contact", nil, []any{"SIP:ADA@contoso.com"}, nil)
	}
	unlisted := func(w *world) { w.forestOf.objects["contoso.com"] = w.forestOf.objects["contoso.com"][1:] }
	neverEnabled := func(w *world) {
		unlisted(w)
		for _, property := range []string{"SipAddress", "Enabled", "HostingProvider"} {
			w.of("Get-CsAdUser")[property] = nil
		}
	}
	gap := func(domain string) func(*world) {
		return func(w *world) { w.more(domain); w.gaps[domain] = silent }
	}
	nothing := func(*world) {}
	for name, c := range map[string]struct {
		id      string
		change  func(*world)
		verdict Verdict
		text    string
	}{
		"nobody else":                {"U-DUP", nothing, Pass, "none in contoso.com"},
		"a contact elsewhere":        {"U-DUP", contact, Fail, "CN=Ada,OU=Partners,DC=eu,DC=contoso,DC=com (contact)"},
		"an account in proxies":      {"U-DUP", func(w *world) { w.forestOf.objects["contoso.com"][1][3] = "sip:Ada@contoso.com" }, Fail, "CN=bob"},
		"an account of its own":      {"U-DUP", func(w *world) { w.forestOf.objects["contoso.com"][1][2] = "sip:ada@contoso.com" }, Fail, "CN=bob"},
		"a domain is silent":         {"U-DUP", gap("eu.contoso.com"), Unknown, "domain eu.contoso.com could not be read on fe01.contoso.com: Unable to contact the server: see C-HOP"},
		"found beside a silent one":  {"U-DUP", func(w *world) { contact(w); w.more("asia.contoso.com"); w.gaps["asia.contoso.com"] = silent }, Fail, "OU=Partners"},
		"unique, without the module": {"U-DUP", noModule(""), Unknown, "Install-WindowsFeature RSAT-AD-PowerShell"},
		"unique, and unlisted":       {"U-DUP", unlisted, Unknown, "does not show CN=ada"},
		"an endpoint's own object": {"U-DUP", func(w *world) {
			w.asked = "sip:reception@contoso.com"
			w.more("contoso.com", "CN=reception,OU=Voice,DC=contoso,DC=com", "user", w.asked, nil, nil)
		}, Pass, "none in contoso.com"},

		"proxies agree":             {"U-PROX", nothing, Pass, "sip:ada@contoso.com"},
		"proxies lack it":           {"U-PROX", func(w *world) { w.ada()[3] = []any{"SMTP:ada@contoso.com"} }, Fail, "does not have"},
		"proxies are unset":         {"U-PROX", func(w *world) { w.ada()[3] = []any{} }, Fail, "does not have"},
		"proxies have another":      {"U-PROX", func(w *world) { w.ada()[3] = []any{"sip:ada@contoso.com", "SIP:old@contoso.com"} }, Fail, "has another"},
		"proxies in a strange form": {"U-PROX", func(w *world) { w.ada()[3] = []any{1} }, Unknown, "proxyAddresses of the user is not shown"},
		"proxies by an endpoint":    {"U-PROX", noModule("https://pool/OcsPowershell"), Unknown, "offers no Get-ADForest: on a computer with the module ActiveDirectory, run Get-ADObject"},
		"proxies, and unlisted":     {"U-PROX", unlisted, Unknown, "check again"},
		"proxies, never enabled":    {"U-PROX", neverEnabled, NoCause, "see U-AD"},

		"not protected":            {"U-ADM", nothing, Pass, "(empty)"},
		"not protected any more":   {"U-ADM", func(w *world) { w.ada()[4] = 0 }, Pass, "0"},
		"protected":                {"U-ADM", func(w *world) { w.ada()[4] = 1 }, Fail, "protected group"},
		"protection, unlisted":     {"U-ADM", unlisted, Unknown, "check again"},
		"protection, its domain":   {"U-ADM", func(w *world) { unlisted(w); w.gaps["contoso.com"] = silent }, Unknown, "domain contoso.com could not be read"},
		"protection, other domain": {"U-ADM", gap("eu.contoso.com"), Pass, ""},
		"protection, other forest": {"U-ADM", func(w *world) { w.of("Get-CsAdUser")["DistinguishedName"] = "CN=ada,DC=merger,DC=example" }, Unknown, `"merger.example" is not among those of the forest`},
		"never enabled":            {"U-ADM", neverEnabled, Pass, "(empty)"},
		"protection, no forest":    {"U-ADM", func(w *world) { w.domains = nil }, Unknown, "shows no Domains"},
		"protection, strange":      {"U-ADM", func(w *world) { w.ada()[4] = []any{1} }, Unknown, "adminCount of the user is not shown"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := healthy()
			c.change(w)
			holds(t, w.judge().of(c.id), c.verdict, c.text)
			if w.without != nil || len(w.domains) == 0 || strings.Contains(name, "strange") { // which LDAP does not meet with
				return
			}
			over := healthy()
			c.change(over)
			over.ldap = true
			over.without = map[string]error{"fe01.contoso.com": &providers.NoCmdletError{Host: "fe01.contoso.com", Cmdlet: "Get-ADForest"}}
			if got := over.judge().of(c.id); got.Verdict != c.verdict {
				t.Errorf("over LDAP: %s, %v", got.Verdict, got)
			}
		})
	}
}

// Where LDAP fails the cmdlets tell; where both do, both are told.
func TestTheForestByCmdletsWhereLDAPFails(t *testing.T) {
	t.Parallel()
	w := healthy()
	w.ldap, w.refused = true, errors.New("dc01.contoso.com does not take this password")
	holds(t, w.judge().of("U-ADM"), Pass, "(empty)")
	w = healthy()
	w.ldap, w.refused = true, errors.New("dc01.contoso.com does not take this password")
	w.without = map[string]error{"fe01.contoso.com": &providers.NoCmdletError{Host: "fe01.contoso.com", Cmdlet: "Get-ADForest"}}
	holds(t, w.judge().of("U-ADM"), Unknown, "does not take this password; nor by cmdlets: fe01.contoso.com")
}

// One user's own account that the forest does not show is not one without attributes: the search was for it.
func TestOneUnlistedAccountIsUnknown(t *testing.T) {
	t.Parallel()
	w := healthy()
	w.of("Get-CsAdUser")["SipAddress"] = nil
	w.forestOf.objects["contoso.com"] = nil
	j := Judge(ReadUser(t.Context(), w.estate(), w.asked).User(w.asked, ""), UserChecks())
	holds(t, j.of("U-ADM"), Unknown, "check again")
	if want := []string{"(|(msRTCSIP-PrimaryUserAddress=sip:ada@contoso.com)(proxyAddresses=sip:ada@contoso.com)(userPrincipalName=ada@contoso.com))"}; !slices.Equal(w.filters, want) {
		t.Errorf("searched for %q", w.filters)
	}
}

// What LDAP takes for its own signs is written so that it is none.
func TestFiltersAreEscaped(t *testing.T) {
	t.Parallel()
	if f := oneInForest(`sip:a*(b)\@contoso.com`); !strings.Contains(f, `(proxyAddresses=sip:a\2a\28b\29\5c@contoso.com)`) {
		t.Error(f)
	}
}

// The next host is asked where one cannot tell, and the first one's reason is told where none can.
func TestTheForestIsReadByWhoeverCan(t *testing.T) {
	t.Parallel()
	w := healthy()
	w.hosts = []string{"fe01.contoso.com", "fe02.contoso.com"}
	w.without = map[string]error{"fe01.contoso.com": errors.New("no route to host")}
	holds(t, w.judge().of("U-DUP"), Pass, "Active Directory, by fe02.contoso.com")
	w.without["fe02.contoso.com"] = errors.New("no such host")
	holds(t, w.judge().of("U-DUP"), Unknown, "fe01.contoso.com: no route to host: see C-HOP")
	w.hosts = nil
	holds(t, w.judge().of("U-DUP"), Unknown, "has no hosts with the module ActiveDirectory")
}

// A domain is read once, whether for two users or for five hundred.
func TestTheForestIsReadOnceForAll(t *testing.T) {
	t.Parallel()
	for _, users := range []int{2, 500} {
		w := healthy()
		w.more("eu.contoso.com")
		w.declared = []planner.Object{}
		for n := range users {
			one := maps.Clone(w.objects["Get-CsAdUser"][1])
			one["SipAddress"] = fmt.Sprintf("sip:user%d@contoso.com", n)
			w.objects["Get-CsAdUser"] = append(w.objects["Get-CsAdUser"], one)
		}
		crowd := ReadUsers(t.Context(), w.estate())
		for n := range users {
			Judge(crowd.User(fmt.Sprintf("sip:user%d@contoso.com", n), ""), UserChecks())
		}
		if w.reads != 3 || len(w.filters) != 2 {
			t.Errorf("%d reads for %d users: %q", w.reads, users, w.filters)
		}
	}
}

// Where only homes are asked for, the forest is left alone.
func TestHomesNeedNoForest(t *testing.T) {
	t.Parallel()
	w := healthy()
	u := ReadHomes(t.Context(), w.estate(), w.asked).User(w.asked, "")
	if u.Whereabouts(); w.reads != 0 {
		t.Errorf("%d reads", w.reads)
	}
	holds(t, Judge(u, UserChecks()).of("U-ADM"), Unknown, "it was not asked what Active Directory alone knows")
}
