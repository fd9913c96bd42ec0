// Package autodiscover asks the autodiscover service of Microsoft's cloud, without signing in, where a SIP domain is
// served. The protocol is that of [MS-OCDISCWS], in its form in JSON (Microsoft's UCWA documentation); that the cloud's
// root leads to the tenant's forest is what public tools rely on.
package autodiscover

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
)

// Path is where the service answers on every host.
const Path = "/Autodiscover/AutodiscoverService.svc/root"

// MigrationPath is where the hosted migration service answers on a forest's administration host.
const MigrationPath = "/HostedMigration/hostedmigrationService.svc"

// A Forest is the part of the cloud that serves a tenant.
type Forest struct {
	Name string // "0a"
	Host string // "webdir0a.online.lync.com"
}

// MigrationURL is what Move-CsUser takes as -HostedMigrationOverrideUrl; "" in a cloud of which no source says where that
// service is.
func (f Forest) MigrationURL() string {
	domain, ok := strings.CutPrefix(f.Host, "webdir"+f.Name)
	if !ok || domain != ".online.lync.com" {
		return ""
	}
	return "https://admin" + f.Name + domain + MigrationPath
}

// A Finder finds forests.
type Finder struct {
	HTTP *http.Client
	Root string // of the cloud: "https://webdir.online.lync.com/Autodiscover/AutodiscoverService.svc/root"
}

// most is how many answers are followed: the limit that Exchange's autodiscover documents, since this one has none.
const most = 10

// Forest finds the forest of a SIP domain. The error is an [*UnknownDomainError] where the cloud answers and does not know
// the domain, and a [*GoneError] where what should answer exists no longer; of any other nothing follows.
func (f Finder) Forest(ctx context.Context, domain string) (Forest, error) {
	root, err := url.Parse(f.Root)
	if err != nil {
		return Forest{}, err
	}
	_, below, _ := strings.Cut(strings.ToLower(root.Hostname()), ".")
	w := &walk{finder: f, domain: domain, below: "." + below, seen: map[string]bool{}}
	last, err := w.from(ctx, asking(root, domain))
	if err != nil {
		return Forest{}, w.orGone(ctx, root, err)
	}
	if found, ok := forestOf(last.at.Hostname()); ok && last.hops > 0 {
		return found, nil
	}
	return w.elsewhere(ctx, root, last)
}

// elsewhere decides about a domain that the cloud's root did not send anywhere: the forest that answered may be the
// domain's own, or the domain is unknown. Another forest is asked, which sends those that it does not serve away.
func (w *walk) elsewhere(ctx context.Context, root *url.URL, first answer) (Forest, error) {
	own, ok := forestOf(first.self)
	if !ok {
		return Forest{}, &UnknownDomainError{Domain: w.domain}
	}
	other := "0a"
	if own.Name == other {
		other = "1e"
	}
	there := *root
	there.Host = "webdir" + other + w.below
	last, err := w.from(ctx, asking(&there, w.domain))
	if gone := (*GoneError)(nil); errors.As(err, &gone) {
		return Forest{}, fmt.Errorf("%s does not lead on, and whether it serves %s itself cannot be told: %s is not there to ask", own.Host, w.domain, there.Host)
	}
	if err != nil {
		return Forest{}, err
	}
	if found, ok := forestOf(last.at.Hostname()); ok && last.hops > 0 {
		return found, nil
	}
	return Forest{}, &UnknownDomainError{Domain: w.domain}
}

// orGone tells a service that does not know a domain from one that knows nothing any more: the latter does not answer
// without a domain either.
func (w *walk) orGone(ctx context.Context, root *url.URL, err error) error {
	if unknown := (*UnknownDomainError)(nil); !errors.As(err, &unknown) {
		return err
	}
	_, asked := w.ask(ctx, root)
	if again := (*UnknownDomainError)(nil); errors.As(asked, &again) {
		return &GoneError{Host: root.Host, Text: "it answers 404, whatever it is asked for"}
	}
	return err
}

// asking is the address at which a host is asked about a domain.
func asking(root *url.URL, domain string) *url.URL {
	u := *root
	u.RawQuery = url.Values{"originalDomain": {domain}}.Encode()
	return &u
}

var forestHost = regexp.MustCompile(`^webdir([0-9a-z]{2,3})(\.online\.[0-9a-z.-]+)$`)

// forestOf reads the forest out of a host's name; false for the cloud's own, which is of none.
func forestOf(host string) (Forest, bool) {
	host = strings.ToLower(host)
	parts := forestHost.FindStringSubmatch(host)
	if parts == nil {
		return Forest{}, false
	}
	return Forest{Name: parts[1], Host: host}, true
}

// An UnknownDomainError is the cloud's word that it serves nobody under a domain.
type UnknownDomainError struct{ Domain string }

func (e *UnknownDomainError) Error() string {
	return fmt.Sprintf("the cloud's autodiscover service does not know %s: check the spelling, that the domain is verified in the tenant, and that the tenant is in this cloud", e.Domain)
}

// A GoneError says that nothing answers any more where the autodiscover service was. It says nothing about a domain.
type GoneError struct {
	Host string
	Text string // what was found instead
}

func (e *GoneError) Error() string {
	return fmt.Sprintf("the cloud's autodiscover service is gone from %s: %s. Nothing can be found out from it; moves do without where the hosting provider's autodiscover_url is right", e.Host, e.Text)
}
