package check

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Whereabouts is where a user is homed by the servers' word and by the tenant's, for whoever follows the path of a sign-in.
type Whereabouts struct {
	Online, OnServers bool
	Locator           string // msRTCSIP-DeploymentLocator: the proxy FQDN of one who is homed online
	Pool              string // the registrar pool of one who is homed on the servers
	Problem           string // where neither is: why the servers know of no home; "" where Err says that nobody knows
	Err               error
	Seen              []Evidence
	Tenant            TenantWhereabouts
}

// TenantWhereabouts is the tenant's word.
type TenantWhereabouts struct {
	Missing   bool // there is no such user
	OnServers bool // it has the user homed on the servers
	Err       error
	Seen      []Evidence
}

// Whereabouts puts together where the user is homed.
func (u *User) Whereabouts() Whereabouts {
	w := Whereabouts{Tenant: u.inTenant(), Seen: slices.Concat(u.seen(u.Servers, "HostingProvider"), u.seen(u.Servers, "RegistrarPool"), u.seen(u.Servers, "Enabled"))}
	if u.Servers.Err != nil {
		w.Err = u.Servers.Err
		return w
	}
	if u.Servers.absent() {
		w.Seen = []Evidence{u.saw("users with the address", "none", u.Servers.Where)}
	}
	enabled, _ := u.Servers.Text("Enabled")
	locator, known := u.Servers.Text("HostingProvider")
	pool, _ := u.Servers.Text("RegistrarPool")
	switch {
	case u.Servers.absent() && u.Directory.here():
		w.Problem = "the account is not enabled for the servers, so they lead nobody of this address anywhere"
	case u.Servers.absent():
		w.Problem = "the servers have no user with this address"
	case strings.EqualFold(enabled, "false"):
		w.Problem = "the user is disabled on the servers, which let nobody sign in who is"
	case !known:
		w.Err = u.Servers.untoldError("HostingProvider")
	case locator == "":
		w.Problem = "msRTCSIP-DeploymentLocator of the user is empty, so the servers know of no home"
	case home(locator) == "online":
		w.Online, w.Locator = true, locator
	default:
		w.OnServers, w.Pool = true, pool
	}
	return w
}

func (u *User) inTenant() TenantWhereabouts {
	t := TenantWhereabouts{Err: u.Tenant.Err, Missing: u.Tenant.absent()}
	if !u.Tenant.here() {
		if t.Missing {
			t.Seen = []Evidence{u.saw("users with the address", "none", u.Tenant.Where)}
		}
		return t
	}
	t.Seen = slices.Concat(u.seen(u.Tenant, "HostingProvider"), u.seen(u.Tenant, "InterpretedUserType"))
	hosted, known := u.Tenant.Text("HostingProvider")
	if !known {
		t.Err = u.Tenant.untoldError("HostingProvider")
	}
	t.OnServers = home(hosted) == "on the servers"
	return t
}

// untoldError is why a property is not known.
func (s Side) untoldError(property string) error { return errors.New(s.untold(property).Text) }

// A Host is a hosting provider of the servers.
type Host struct {
	Name            string // "" where no provider has the proxy FQDN
	AutodiscoverURL string
	Enabled         bool
	Seen            []Evidence
}

// HostingProvider is the servers' hosting provider of a proxy FQDN.
func (e *Estate) HostingProvider(ctx context.Context, proxy string) (Host, error) {
	objects, err := e.consult(ctx, "Get-CsHostingProvider")
	if err != nil {
		return Host{}, err
	}
	for _, o := range objects {
		if !strings.EqualFold(member(o, "ProxyFqdn"), proxy) {
			continue
		}
		h := Host{Name: member(o, "Name"), AutodiscoverURL: member(o, "AutodiscoverUrl")}
		if h.Name == "" {
			h.Name = member(o, "Identity")
		}
		enabled, told := o["Enabled"].(bool)
		if !told {
			return Host{}, errors.New("Get-CsHostingProvider does not show Enabled")
		}
		h.Enabled = enabled
		h.Seen = []Evidence{e.Saw("AutodiscoverUrl of "+h.Name, h.AutodiscoverURL, "the servers"), e.Saw("Enabled of "+h.Name, fmt.Sprint(h.Enabled), "the servers")}
		return h, nil
	}
	return Host{Seen: []Evidence{e.Saw("hosting providers with the proxy FQDN "+proxy, "none", "the servers")}}, nil
}

// LeadsToCloud says whether by the configuration no name of a SIP domain leads to the servers any more.
func (e *Estate) LeadsToCloud(domain string) bool {
	for _, d := range e.sipDomains() {
		if d.Name == plainName(domain) {
			return inCloud(d.Phase)
		}
	}
	return false
}

// OwnDomains are the domains whose hosts are the own ones: the SIP domains of the configuration and of the servers, and the
// domains of the hosts that run the servers' cmdlets. In lower case.
func (e *Estate) OwnDomains(ctx context.Context) []string {
	all := e.domainsOfHosts()
	for _, d := range e.sipDomains() {
		all = append(all, d.Name)
	}
	all = append(all, e.named(ctx, "Get-CsSipDomain", "Name").names...)
	for n := range all {
		all[n] = plainName(all[n])
	}
	slices.Sort(all)
	return slices.Compact(all)
}
