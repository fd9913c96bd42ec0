package trace

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// discover goes through the roots from an address on, and on to the user's document. It is false where nobody answers there, so
// that a client tries its next name.
func (w *walk) discover(ctx context.Context, at *url.URL) bool {
	for n := 0; ; n++ {
		d, next, answered := w.root(ctx, at)
		if !answered {
			return n > 0
		}
		if next != nil {
			at = next
			continue
		}
		if d.form == "" {
			return true
		}
		w.domainStep(ctx, at, &d)
		w.userStep(ctx, at, d)
		return true
	}
}

// root asks a root. It gives the document that leads to the user, or where the root leads on, or neither where the path ends.
func (w *walk) root(ctx context.Context, at *url.URL) (d document, next *url.URL, answered bool) {
	visited := &Hop{Step: "root", Asked: "GET " + at.Redacted()}
	if !w.first(visited, at) {
		w.done(visited)
		return d, nil, true
	}
	a := w.ask(ctx, "root", at, Request{Header: header()})
	defer func() { w.done(a.hop) }()
	if !a.ok {
		w.ended(a.hop)
		return d, nil, a.resp.Status != 0 || a.hop.Verdict == Gone
	}
	if target := a.resp.Header.Get("Location"); a.resp.Status/100 == 3 && target != "" {
		return d, w.proxied(a, target), true
	}
	if a.resp.Status != http.StatusOK {
		w.refusedRoot(ctx, a)
		return d, nil, true
	}
	d, next = w.readRoot(a)
	return d, next, true
}

// proxied follows a redirect of HTTP's own, which is no part of this protocol.
func (w *walk) proxied(a asking, target string) *url.URL {
	to := w.follow(a.hop, a.at, target, "redirect")
	if to != nil {
		a.hop.said("it leads to " + to.Redacted())
		a.hop.warned("something before the servers redirects by HTTP "+fmt.Sprint(a.resp.Status)+", where the service itself answers 200 with a link: not every client follows",
			"Let the reverse proxy pass requests on instead of redirecting them.")
	} else {
		w.ended(a.hop)
	}
	return to
}

// refusedRoot judges a status that is no document.
func (w *walk) refusedRoot(ctx context.Context, a asking) {
	host := a.at.Hostname()
	defer w.ended(a.hop)
	status := a.resp.Status
	switch {
	case w.Known.cloudy(host) && (status == http.StatusGone || status == http.StatusNotFound && w.goneAltogether(ctx, a.at)):
		w.gone(a, fmt.Sprintf("%s answers %d, whatever it is asked for", host, status))
	case w.Known.cloudy(host) && status == http.StatusNotFound:
		a.hop.left("Microsoft 365 does not know "+w.domain, "Look whether the domain is verified in the tenant, and whether the tenant is in this cloud.")
	case status == http.StatusNotFound:
		a.hop.left("there is no autodiscover service behind the name", "Let the reverse proxy pass /Autodiscover, and / of the discovery name, on to the servers' web services at their external port.")
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		a.hop.left(fmt.Sprintf("it answers %d, and the root needs no sign-in: something before the servers wants one, or refuses", status),
			"Let the reverse proxy pass the web services' paths on without authentication of its own.")
	case status >= 500:
		a.hop.left("the service, or the proxy before it, has an error", "Look at the web service of "+orThat(a.hop.Server, host)+" (IIS, event log of Lync Server), and at the reverse proxy's rule.")
	default:
		a.hop.left("no client knows what to make of this answer", "Look at what "+host+" leads to.")
	}
}

// goneAltogether tells a service that does not know a domain from one that knows nothing any more: the latter does not answer
// without a domain either.
func (w *walk) goneAltogether(ctx context.Context, at *url.URL) bool {
	bare := *at
	bare.RawQuery = ""
	again := w.ask(ctx, "root", &bare, Request{Header: header()})
	return again.ok && (again.resp.Status == http.StatusNotFound || again.resp.Status == http.StatusGone)
}

// readRoot reads a document: it leads on, or to the user's.
func (w *walk) readRoot(a asking) (document, *url.URL) {
	d, err := readDocument(a.resp.Body)
	if err != nil {
		a.hop.left(err.Error()+": a proxy or another web site answers instead", "Look at what "+a.at.Host+" leads to: the reverse proxy must pass it on to the servers' web services.")
		w.ended(a.hop)
		return document{}, nil
	}
	w.judgeForm(a.hop, d)
	if target := d.links["redirect"]; target != "" {
		to := w.follow(a.hop, a.at, target, "redirect")
		if to == nil {
			w.ended(a.hop)
			return document{}, nil
		}
		a.hop.said("it leads to " + to.Redacted())
		w.astray(a, to)
		return document{}, to
	}
	if d.links["user"] == "" {
		a.hop.left("the document has no link to the user's", "Restart the web services (IIS) of "+orThat(a.hop.Server, a.at.Host)+", and run Enable-CsComputer there.")
		w.ended(a.hop)
		return document{}, nil
	}
	a.hop.said("the user's document is at " + shortened(d.links["user"]))
	if d.location != "" {
		a.hop.said("it takes the client to be " + strings.ToLower(d.location))
		w.judgeLocation(a.hop, d)
	}
	return d, nil
}

// astray judges a root of the own servers that leads to Microsoft: before authentication the servers know nobody.
func (w *walk) astray(a asking, to *url.URL) {
	if !w.Known.cloudy(a.at.Hostname()) && w.Known.cloudy(to.Hostname()) {
		a.hop.said("it sends the whole domain to Microsoft 365, and not this user alone")
	}
}

// judgeForm says that a client of today gets a form of old, which newer ones do not read.
func (w *walk) judgeForm(h *Hop, d document) {
	h.said("it answers in " + d.form)
	if d.form != formJSON {
		h.warned("JSON was asked for, and "+d.form+" came: mobile clients and newer ones do not read it", "Look whether a cache or proxy before the servers keeps answers without regard to Accept; otherwise update the web components.")
	}
}

// judgeLocation compares where the servers take the client to be with where the walk is.
func (w *walk) judgeLocation(h *Hop, d document) {
	if w.view == Outside && strings.EqualFold(d.location, "Internal") {
		h.warned("clients outside are told the internal addresses, which they do not reach",
			"Publish the external web services' site (port 4443 behind the reverse proxy), not the internal one.")
	}
}

// domainStep asks for the document of the domain, which needs no sign-in and tells most.
func (w *walk) domainStep(ctx context.Context, at *url.URL, root *document) {
	href, told := root.links["domain"], true
	if href == "" { // the form in JSON has no link to it
		href, told = strings.TrimSuffix(root.links["user"], "/"), false
		href = derived(href)
	}
	if href == "" {
		return
	}
	probe := &Hop{Step: "domain", Asked: "GET " + shortened(href)}
	to := w.follow(probe, at, href, "link to the domain's document")
	if to == nil {
		if told {
			probe.Passed = true
			w.done(probe)
		}
		return
	}
	a := w.ask(ctx, "domain", to, Request{Header: http.Header{"Accept": {"application/json, application/vnd.microsoft.rtc.autodiscover+xml;v=1;q=0.9"}}})
	a.hop.Passed = true // the user's document is asked for whatever this one is
	defer func() { w.done(a.hop) }()
	if !a.ok {
		return
	}
	d, err := readDocument(a.resp.Body)
	switch {
	case a.resp.Status != http.StatusOK && !told:
		a.hop.Verdict, a.hop.Why = Beside, "the root has no link to the domain's document, and where others have it there is none"
		return
	case a.resp.Status != http.StatusOK:
		a.hop.left("the domain's document is always given, to everybody", "Look at the web service of "+orThat(a.hop.Server, to.Host)+".")
		return
	case err != nil:
		a.hop.left(err.Error(), "Look at what "+to.Host+" leads to.")
		return
	}
	w.tellDomain(a.hop, d)
	*root = root.with(d)
}

// derived is where the domain's document is, by where the user's is: "…/root/oauth/user?originalDomain=X" gives "…/root/domain?…".
func derived(user string) string {
	u, err := url.Parse(user)
	if err != nil {
		return ""
	}
	at := strings.Index(strings.ToLower(u.Path), "/root/")
	if at < 0 {
		return ""
	}
	u.Path = u.Path[:at] + "/root/domain"
	return u.String()
}

// tellDomain says what the document of the domain has.
func (w *walk) tellDomain(h *Hop, d document) {
	for _, one := range []struct{ token, text string }{
		{"internal/autodiscover", "web services inside"}, {"external/autodiscover", "web services outside"}, {"hybrid", "discovery of those who are homed online"},
	} {
		if href := d.links[one.token]; href != "" {
			h.said(one.text + ": " + shortened(href))
		}
	}
	for _, one := range []struct{ element, text string }{{"sipclientinternalaccess", "SIP inside"}, {"sipclientexternalaccess", "SIP outside"}} {
		if end := d.access[one.element]; end != "" {
			h.said(one.text + ": " + end)
		}
	}
}

// ended says where the path ends, after a hop that leads nowhere.
func (w *walk) ended(h *Hop) {
	if w.end == "" && (h.Verdict == Left || h.Verdict == Unknown) {
		w.end = "It ends there: " + h.Why + "."
	}
}

func orThat(text, other string) string {
	if text == "" {
		return other
	}
	return text
}
