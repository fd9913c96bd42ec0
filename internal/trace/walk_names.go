package trace

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"strings"
)

// begin looks the names up, and goes on from the first that answers.
func (w *walk) begin(ctx context.Context) {
	answered := false
	for _, label := range []string{"lyncdiscoverinternal", "lyncdiscover"} {
		names, found := w.name(ctx, label, answered)
		if !found || answered {
			continue
		}
		w.end = "" // that an earlier name did not answer does not end the path
		host := label + "." + w.domain
		plain := len(w.hops)
		w.plain(ctx, host, names)
		answered = w.discover(ctx, &url.URL{Scheme: "https", Host: host, Path: "/", RawQuery: "sipuri=" + url.QueryEscape(w.user)})
		if answered {
			w.passes(plain)
		}
	}
	switch {
	case answered || w.end != "":
	case w.Known.InCloud:
		w.teams()
	default:
		w.end = "No autodiscover service was found: desktop clients fall back to the names below, and mobile ones do not sign in."
	}
}

// passes says that clients get past what was asked over HTTP, and past the name before: another question was answered.
func (w *walk) passes(plain int) {
	w.hops[plain].Passed = true
	for n := range plain - 1 { // the last of these is the name that they go by
		w.hops[n].Passed = true
	}
}

// teams ends the path of a domain whose names no longer lead anywhere.
func (w *walk) teams() {
	w.done(&Hop{
		Step: "home", Asked: "where the user signs in", Verdict: Expected,
		Said:  []string{"the domain is used with Teams alone: Teams signs in at Microsoft 365 and asks none of these names"},
		Facts: w.Known.Tenant.Facts,
	})
	w.tenant(&w.hops[len(w.hops)-1])
	w.end = "It ends at Microsoft 365, by Teams."
}

// name looks one of the discovery names up; false where it leads nowhere. Clients do not ask for it after another has answered.
func (w *walk) name(ctx context.Context, label string, answered bool) (Names, bool) {
	host := label + "." + w.domain
	h := &Hop{Step: "name", Asked: host + " A, AAAA"}
	if answered {
		h.Verdict = Beside
	}
	defer func() { w.done(h) }()
	names, err := w.Source.Lookup(ctx, w.view, host, "A", "AAAA")
	h.At = names.By
	if err != nil {
		h.doubted(err.Error(), "")
		return names, false
	}
	h.said(names.told())
	switch {
	case names.none():
		w.absent(h, label, names)
	case len(names.Addresses) == 0:
		w.dangling(h, names)
	default:
		w.present(h, names)
	}
	return names, len(names.Addresses) > 0
}

// told says where a name leads.
func (n Names) told() string {
	switch {
	case n.none():
		return "there is no such name"
	case len(n.Targets) > 0:
		return "it leads to " + strings.Join(n.Targets, ", ")
	case len(n.Addresses) == 0:
		return "it is an alias for " + strings.Join(n.Aliases, ", then ")
	case len(n.Aliases) > 0:
		return "it is an alias for " + strings.Join(n.Aliases, ", then ") + ", at " + strings.Join(n.Addresses, ", ")
	}
	return "it is at " + strings.Join(n.Addresses, ", ")
}

// absent judges a name that does not exist. The internal one is for inside alone.
func (w *walk) absent(h *Hop, label string, names Names) {
	internal := label == "lyncdiscoverinternal"
	switch {
	case internal && w.view == Outside, w.Known.InCloud:
	case names.Unsure:
		h.doubted(fmt.Sprintf("%s does not know the name; whether it looks from %s is not said", names.By, w.view),
			"Name a resolver that does, in a dns block with view = \"internal\".")
	case internal:
		h.warned("clients inside use the external name instead, and may be led out or get another answer",
			fmt.Sprintf("Declare dns_record %q \"A\" in the internal view, with the addresses of the Front End pool's web services, and apply.", h.host()))
	case w.view == Outside:
		h.left("clients outside find no autodiscover service: mobile clients cannot sign in",
			fmt.Sprintf("Declare dns_record %q \"A\" in the external view, with the reverse proxy's address, and apply.", h.host()))
	case !w.found("lyncdiscoverinternal"):
		h.left("neither discovery name exists inside: mobile clients find nobody",
			fmt.Sprintf("Declare dns_record %q \"A\" in the internal view and apply.", "lyncdiscoverinternal."+w.domain))
	}
}

// found says whether a name was found before.
func (w *walk) found(label string) bool {
	for _, h := range w.hops {
		if h.Step == "name" && h.host() == label+"."+w.domain {
			return len(h.Said) > 0 && strings.HasPrefix(h.Said[0], "it is ")
		}
	}
	return false
}

// host is the name that a hop has asked for.
func (h *Hop) host() string {
	host, _, _ := strings.Cut(h.Asked, " ")
	return host
}

// dangling judges an alias without an address.
func (w *walk) dangling(h *Hop, names Names) {
	last := names.Aliases[len(names.Aliases)-1]
	if w.Known.cloudy(last) {
		h.judge(Gone, last+" has no address any more: Microsoft's discovery for Skype for Business clients is gone", "Remove the record of "+h.host()+", or let it lead to the own servers.")
		return
	}
	h.left(fmt.Sprintf("it is an alias for %s, which has no address", last), fmt.Sprintf("Declare the address of %s and apply, or let %s lead to a name that has one.", last, h.host()))
}

// present judges where a name leads. KB 2757450: it must lead to the servers on the own premises, which send on who is online.
func (w *walk) present(h *Hop, names Names) {
	for _, alias := range names.Aliases {
		switch cloudy := w.Known.cloudy(alias); {
		case cloudy && !w.Known.InCloud:
			h.left(fmt.Sprintf("it leads to Microsoft 365 (%s), and in a hybrid it leads to the own servers, which send on who is homed online", alias),
				fmt.Sprintf("Let %s lead to the reverse proxy outside, and to the pool's web services inside, and apply.", h.host()))
		case !cloudy && w.Known.InCloud:
			h.left("it leads to the servers, and by the configuration nobody may be led there any more", "Take the record out and apply.")
		}
	}
	if w.Known.InCloud && len(names.Aliases) == 0 {
		h.left("it leads to the servers, and by the configuration nobody may be led there any more", "Take the record out and apply.")
	}
}

// plain asks over HTTP, which the first clients do beside HTTPS: the answer may only lead on to HTTPS.
func (w *walk) plain(ctx context.Context, host string, names Names) {
	at := &url.URL{Scheme: "http", Host: host, Path: "/", RawQuery: "sipuri=" + url.QueryEscape(w.user)}
	a := w.ask(ctx, "root", at, Request{Header: header()})
	defer func() { w.done(a.hop) }()
	if !a.ok {
		w.closed(a, names)
		return
	}
	target := a.resp.Header.Get("Location")
	if a.resp.Status == 200 {
		d, err := readDocument(a.resp.Body)
		if err != nil {
			w.aside(a, err.Error())
			return
		}
		if target = d.links["redirect"]; target == "" {
			a.hop.left("it serves discovery without TLS, and does not lead on to HTTPS: whoever is in between could lead clients anywhere",
				"Let the reverse proxy pass port 80 on to the web services as it is, or close the port.")
			return
		}
	}
	if target == "" {
		w.aside(a, "it does not answer as an autodiscover service does")
		return
	}
	a.hop.said("it leads to " + shortened(target))
	w.follow(a.hop, at, target, "redirect")
}

// aside takes a hop off the path: clients go by HTTPS.
func (w *walk) aside(a asking, why string) {
	a.hop.Verdict, a.hop.Why, a.hop.Do = Beside, why+"; clients go by HTTPS", ""
}

// closed judges a port 80 that does not answer: only mobile clients that come over an alias in another domain need it.
func (w *walk) closed(a asking, names Names) {
	why := a.hop.Why
	a.hop.Verdict = ""
	for _, alias := range names.Aliases {
		if !strings.HasSuffix(alias, "."+w.domain) {
			a.hop.warned(fmt.Sprintf("%s; mobile clients do not follow the alias to %s over HTTPS and need port 80", why, alias),
				"Let the name lead to one in "+w.domain+", or open port 80.")
			return
		}
	}
	w.aside(a, why)
}

// fallbacks tells what older clients ask where discovery gives nothing.
func (w *walk) fallbacks(ctx context.Context) {
	names := map[View][]string{
		Inside:  {"_sipinternaltls._tcp SRV", "sipinternal A", "sip A"},
		Outside: {"_sip._tls SRV", "sip A", "sipexternal A"},
	}[w.view]
	for _, one := range names {
		label, rtype, _ := strings.Cut(one, " ")
		types := []string{rtype}
		if rtype == "A" {
			types = append(types, "AAAA")
		}
		h := &Hop{Step: "name", Asked: label + "." + w.domain + " " + strings.Join(types, ", "), Verdict: Beside}
		found, err := w.Source.Lookup(ctx, w.view, label+"."+w.domain, types...)
		h.At = found.By
		if err != nil {
			h.Why = "it is not known: " + err.Error()
		} else {
			h.said(found.told())
		}
		w.done(h)
	}
}

// signal looks at where the client connects for SIP.
func (w *walk) signal(ctx context.Context, end string) {
	host, _, err := net.SplitHostPort(end)
	if err != nil {
		return
	}
	h := &Hop{Step: "sip", Asked: "TLS " + end}
	defer func() { w.done(h) }()
	a := asking{hop: h, at: &url.URL{Scheme: "https", Host: end}}
	names, known := w.resolve(ctx, a)
	if !known {
		return
	}
	_, port, _ := net.SplitHostPort(end)
	h.At = net.JoinHostPort(names.Addresses[0], port)
	begun := w.Source.Now()
	shown, err := w.Source.Handshake(ctx, h.At, host)
	h.Took = w.Source.Now().Sub(begun)
	if err != nil {
		w.unheard(h, err)
		return
	}
	h.Certificate = readCertificate(shown.Chain, host, w.Source.Trusted(), w.Source.Now())
	h.TLS = shown.Version
	w.judgeCertificate(a)
	w.judgeVersion(a)
	h.said("the sign-in itself, by SIP, is not walked")
}
