package trace

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
)

// most is how often a walk is sent on. No source gives a limit for this protocol; 10 is that of Exchange's autodiscover.
const most = 10

// A Walker walks the path of one user.
type Walker struct {
	Source Source
	Known  Known
	As     *Credential // nil to stop at authentication, and to fill in what is expected behind it
}

// Walk walks the path of a user, "sip:ada@contoso.com", from each view, side by side.
func (w Walker) Walk(ctx context.Context, sip string, views ...View) Trace {
	t := Trace{SIP: sip, Paths: make([]Path, len(views))}
	var wait sync.WaitGroup
	for n, v := range views {
		wait.Go(func() { t.Paths[n] = w.path(ctx, sip, v) })
	}
	wait.Wait()
	return t
}

func (w Walker) path(ctx context.Context, sip string, v View) Path {
	user := strings.TrimPrefix(sip, "sip:")
	_, domain, _ := strings.Cut(user, "@")
	one := &walk{Walker: w, sip: sip, user: user, domain: domain, view: v, seen: map[string]bool{}, hosts: map[string]bool{}}
	one.begin(ctx)
	one.fallbacks(ctx)
	return Path{View: v, Hops: one.hops, End: one.end}
}

// A walk is one path on the way.
type walk struct {
	Walker
	sip, user, domain string
	view              View
	hops              []Hop
	seen              map[string]bool // addresses that were asked
	hosts             map[string]bool // hosts of the servers at which the user's document was asked for
	sent              int             // how often the walk was sent on
	end               string
}

// done puts a hop on the path.
func (w *walk) done(h *Hop) {
	if h.Verdict == "" {
		h.Verdict = Described
	}
	w.hops = append(w.hops, *h)
}

// An asking is one request and what came of it.
type asking struct {
	hop  *Hop
	at   *url.URL
	resp Response
	ok   bool // there is an answer
}

// ask sends one request and judges what holds of every answer: the name, the connection, the certificate.
func (w *walk) ask(ctx context.Context, step string, at *url.URL, r Request) asking {
	a := asking{hop: &Hop{Step: step, Asked: r.method() + " " + at.Redacted()}, at: at}
	names, known := w.resolve(ctx, a)
	if !known {
		return a
	}
	r.URL, r.Addresses, r.Target = at, names.Addresses, names.last()
	resp, err := w.Source.Send(ctx, r)
	a.resp, a.ok = resp, err == nil
	if err != nil {
		w.unanswered(ctx, a, err)
		return a
	}
	a.hop.At, a.hop.Status, a.hop.Took, a.hop.Server = resp.Address, resp.Text, resp.Took, resp.Header.Get("X-MS-Server-Fqdn")
	if at.Scheme == "https" {
		a.hop.Certificate = readCertificate(resp.Chain, at.Hostname(), w.Source.Trusted(), w.Source.Now())
		a.hop.TLS = resp.Version
		w.judgeCertificate(a)
		w.judgeVersion(a)
	}
	if resp.Cut {
		a.hop.left(fmt.Sprintf("the answer goes on beyond %d bytes, which no document of the autodiscover service does: something else answers", mostBytes),
			"Look at what "+at.Host+" leads to: the reverse proxy must pass /Autodiscover on to the servers' web services.")
		a.ok = false
	}
	return a
}

func (r Request) method() string {
	if r.Form != nil {
		return http.MethodPost
	}
	return http.MethodGet
}

// resolve finds the addresses of the host that is asked; false where the walk cannot go on there.
func (w *walk) resolve(ctx context.Context, a asking) (Names, bool) {
	host := a.at.Hostname()
	names, err := w.Source.Lookup(ctx, w.view, host, "A", "AAAA")
	switch {
	case err != nil:
		a.hop.doubted(fmt.Sprintf("where %s leads %s is not known: %v", host, w.view, err), "")
		return names, false
	case len(names.Addresses) > 0:
		return names, true
	case w.Known.cloudy(host):
		w.gone(a, fmt.Sprintf("%s has no address any more", host))
	case names.Unsure:
		a.hop.doubted(fmt.Sprintf("%s has no address for %s; whether it looks from %s is not said", names.By, host, w.view), "")
	default:
		a.hop.left(fmt.Sprintf("%s has no address %s", host, w.view),
			fmt.Sprintf("Declare the address of %s in the DNS that clients %s ask, and apply; or correct the web services' name in the topology.", host, w.view))
	}
	return names, false
}

// unanswered judges why there is no answer. A silence may be this machine's own firewall, so it says nothing of the server.
func (w *walk) unanswered(ctx context.Context, a asking, err error) {
	var u *Unanswered
	if !errors.As(err, &u) || ctx.Err() != nil {
		a.hop.doubted(err.Error(), "")
		return
	}
	a.hop.At, a.hop.Took, a.hop.TLS = u.Address, u.Took, u.Version
	if u.Chain != nil {
		a.hop.Certificate = readCertificate(u.Chain, a.at.Hostname(), w.Source.Trusted(), w.Source.Now())
	}
	if kept := (*untold)(nil); errors.As(err, &kept) {
		w.unsent(a, u.Text)
		return
	}
	switch {
	case u.NoTLS:
		a.hop.left(u.Text, fmt.Sprintf("Give what listens behind %s at %s a binding of HTTPS with a certificate, or publish the web services there.", a.at.Hostname(), portOf(a.at)))
		return
	case u.Slow:
		a.hop.doubted(u.Text, fmt.Sprintf("Ask again with a longer --timeout; where it stays so, look at the web service behind %s, and at what it waits for.", a.at.Hostname()))
		return
	case u.Refused || u.Spoke:
		a.hop.left(u.Text, fmt.Sprintf("Start the web service behind %s, or let the firewall and the reverse proxy pass %s to it.", a.at.Hostname(), portOf(a.at)))
		return
	}
	a.hop.doubted(u.Text, fmt.Sprintf("Walk it from where clients are, or let this machine through to %s.", a.hop.At))
}

// unsent says what keeps the password from being sent.
func (w *walk) unsent(a asking, why string) {
	if a.hop.Certificate.Good() {
		a.hop.doubted(why, switchOn(a.at.Hostname()))
		return
	}
	a.hop.doubted(why, "Mend the certificate of "+a.at.Hostname()+", or let this machine trust its authority; leave --as out to see the path without a password.")
}

func portOf(u *url.URL) string {
	switch {
	case u.Port() != "":
		return "TCP port " + u.Port()
	case u.Scheme == "http":
		return "TCP port 80"
	}
	return "TCP port 443"
}

// judgeCertificate says what clients make of a certificate. Inside an authority of the company's own may be trusted by them.
func (w *walk) judgeCertificate(a asking) {
	c, host := a.hop.Certificate, a.at.Hostname()
	do := fmt.Sprintf("Give %s a certificate with the name %s, from an authority that clients trust, and send its issuer's along.", host, host)
	switch {
	case c.Good():
	case w.Known.cloudy(host):
		a.hop.left(c.Problem+": something on the way takes TLS apart, or the name leads elsewhere", "Let "+host+" pass without inspection.")
	case c.Own && w.view == Inside:
		a.hop.doubted(c.Problem+": clients inside accept it only where it is among their trusted authorities", do)
	case c.Stranger && w.view == Inside:
		a.hop.doubted(c.Problem+": clients inside may trust it", "Look whether clients have this authority among their trusted ones.")
	default:
		a.hop.left(c.Problem+", so clients end the connection; the walk goes on to see the rest", do)
	}
}

// judgeVersion says that an end speaks nothing but what was given up: Windows of old gets on there, clients of today do not.
func (w *walk) judgeVersion(a asking) {
	host, version := a.at.Hostname(), a.hop.TLS
	switch {
	case version != "TLS 1.0" && version != "TLS 1.1":
	case w.Known.cloudy(host):
		a.hop.warned(fmt.Sprintf("it speaks %s at the most, and Microsoft 365 speaks TLS 1.2: something on the way takes TLS apart", version), "Let "+host+" pass without inspection.")
	default:
		a.hop.warned(fmt.Sprintf("it speaks %s at the most: clients that want TLS 1.2, as those of today do, end the connection", version), switchOn(host))
	}
}

func switchOn(host string) string {
	return "Switch TLS 1.2 on at what answers for " + host + ": the server, or the reverse proxy before it."
}

// follow takes a link; nil where it is not followed, which the hop then says.
func (w *walk) follow(h *Hop, from *url.URL, href, what string) *url.URL {
	to, err := from.Parse(href)
	switch {
	case err != nil || to.Host == "" || to.Scheme != "http" && to.Scheme != "https":
		h.left(fmt.Sprintf("the %s is %q, which is no address", what, shortened(href)), "Correct the web services' addresses in the topology, or what the reverse proxy makes of them.")
	case to.User != nil:
		h.left(fmt.Sprintf("the %s has a name or password in it: it is not followed", what), "Correct the web services' addresses in the topology.")
	case to.Scheme == "http":
		h.left(fmt.Sprintf("the %s leads to %s, which is not protected by TLS: it is not followed, since whoever is in between could read the sign-in", what, to.Redacted()),
			"Correct what writes the address: the web services' names in the topology, the hosting provider's autodiscover_url, or the reverse proxy.")
	default:
		return to
	}
	return nil
}

// first refuses to ask an address twice, or to go on for ever.
func (w *walk) first(h *Hop, at *url.URL) bool {
	key := strings.ToLower(at.String())
	if w.seen[key] {
		w.circle(h, at)
		return false
	}
	w.seen[key] = true
	if w.sent++; w.sent > most {
		h.left(fmt.Sprintf("the client was sent on %d times, and no more is followed", most), "Look at the redirects above: one of them leads astray.")
		return false
	}
	return true
}

// circle says that a hop leads to where the walk has been.
func (w *walk) circle(h *Hop, at *url.URL) {
	do := "Look at the hosting provider's autodiscover_url, which must be Microsoft's and not the own one, and whether both sides agree on where the user is homed: hybrid check user " + w.sip
	if len(w.hosts) == 0 { // before the user mattered
		do = "Look at the web services' names in the topology, and at what the reverse proxy makes of the discovery names: one leads back to the other."
	}
	h.left(fmt.Sprintf("it leads in a circle: %s was asked already", at.Redacted()), do)
	w.end = "The path never ends: it leads in a circle."
}

// gone says that Microsoft's discovery answers no longer. That is no mistake of anybody's.
func (w *walk) gone(a asking, text string) {
	a.hop.judge(Gone, text+": Microsoft's discovery for Skype for Business clients is gone. Teams does not use it",
		"There is nothing to mend here: the user signs in with Teams. That both sides agree on the user is what counts: hybrid check user "+w.sip)
	w.end = "It ends where Microsoft's discovery was."
}

// shortened is a text of somebody else's, as much of it as is worth showing.
func shortened(text string) string {
	if len(text) > 200 {
		return text[:200] + "…"
	}
	return text
}

// header is what is asked for: the form that clients of today read.
func header() http.Header { return http.Header{"Accept": {"application/json"}} }
