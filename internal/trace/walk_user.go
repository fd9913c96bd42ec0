package trace

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
)

// userStep asks for the user's document. Without a sign-in it is refused, as described, and what is expected is filled in.
func (w *walk) userStep(ctx context.Context, at *url.URL, root document) {
	h := &Hop{Step: "user", Asked: "GET " + shortened(root.links["user"])}
	to := w.follow(h, at, root.links["user"], "link to the user's document")
	if to == nil {
		w.done(h)
		w.ended(h)
		return
	}
	host := strings.ToLower(to.Hostname())
	if w.hosts[host] {
		w.circle(h, to)
		w.done(h)
		return
	}
	w.hosts[host] = true
	a := w.ask(ctx, "user", to, Request{Header: header()})
	if !a.ok {
		w.done(a.hop)
		w.ended(a.hop)
		return
	}
	c := readChallenge(a.resp.Header)
	w.judgeChallenge(a, c)
	w.done(a.hop)
	switch {
	case a.hop.Verdict == Left && a.resp.Status != http.StatusUnauthorized:
		w.ended(a.hop)
	case w.Known.cloudy(host):
		w.online()
	case w.As == nil:
		w.expected(ctx, root)
	default:
		w.signIn(ctx, a, c, root)
	}
}

// judgeChallenge judges the answer to somebody who has not signed in.
func (w *walk) judgeChallenge(a asking, c challenge) {
	host := a.at.Host
	switch {
	case a.resp.Status != http.StatusUnauthorized:
		a.hop.left(fmt.Sprintf("it answers %d to somebody who has not signed in, where 401 belongs", a.resp.Status),
			"Look at the web service of "+orThat(a.hop.Server, host)+", and at the reverse proxy's rule for it.")
	case c.none():
		a.hop.left("it wants a sign-in and does not say where tickets are granted: something before the servers wants one of its own",
			"Let the reverse proxy pass the web services' paths on without authentication of its own.")
	default:
		a.hop.said(c.told())
	}
}

// signIn gets a ticket and asks again.
func (w *walk) signIn(ctx context.Context, a asking, c challenge, root document) {
	ticket := w.ticket(ctx, a, c)
	if ticket == "" {
		w.expected(ctx, root)
		return
	}
	to := a.at
	if href := root.links["oauth"]; href != "" {
		if other := w.follow(&Hop{}, a.at, href, "link"); other != nil && strings.EqualFold(other.Host, to.Host) {
			to = other
		}
	}
	r := Request{Header: header(), Secret: true}
	r.Header.Set("Authorization", "Bearer "+ticket)
	again := w.ask(ctx, "user", to, r)
	again.hop.Asked += " (signed in as " + w.As.User + ")"
	if !again.ok {
		w.done(again.hop)
		w.ended(again.hop)
		return
	}
	w.judgeUser(ctx, again, root)
}

// ticket gets one for the user's name and password, where that is safe; "" where there is none.
func (w *walk) ticket(ctx context.Context, a asking, c challenge) string {
	h := &Hop{Step: "ticket", Asked: "POST " + orThat(shortened(c.oauth), "a name and a password")}
	if !c.password() {
		h.doubted("it grants no tickets to names and passwords", "Leave --as out: what is expected is filled in from the directory.")
		w.done(h)
		return ""
	}
	to := w.follow(h, a.at, c.oauth, "address at which tickets are granted")
	if to == nil {
		w.done(h)
		return ""
	}
	if !w.Known.own(to.Hostname()) {
		h.doubted(fmt.Sprintf("the password is not sent to %s, which is in none of the own domains (%s)", to.Hostname(), strings.Join(w.Known.Own, ", ")),
			"Look whether the name is right; leave --as out to see the path without it.")
		w.done(h)
		return ""
	}
	form := url.Values{"grant_type": {"password"}, "username": {w.As.User}, "password": {w.As.Password}}
	got := w.ask(ctx, "ticket", to, Request{Header: header(), Form: form, Secret: true})
	defer func() { w.done(got.hop) }()
	if !got.ok {
		return ""
	}
	return w.readTicket(got)
}

// readTicket takes the ticket, of which nothing is told but that there is one.
func (w *walk) readTicket(a asking) string {
	var answer struct {
		Ticket  string `json:"access_token"`
		Seconds int    `json:"expires_in"`
		Scope   string `json:"ms_rtc_identityscope"`
		Error   string `json:"error"`
	}
	err := json.Unmarshal(a.resp.Body, &answer)
	switch {
	case a.resp.Status == http.StatusOK && err == nil && answer.Ticket != "":
		a.hop.said(fmt.Sprintf("it grants a ticket for %d minutes", answer.Seconds/60))
		return answer.Ticket
	case plainWord.MatchString(answer.Error):
		a.hop.left(strings.TrimSpace(fmt.Sprintf("it does not grant a ticket: %s %s", answer.Error, diagnosis(a.resp.Header))),
			"Try the name and the password where the user signs in otherwise; the account must be enabled, and the password neither wrong nor expired.")
	default:
		a.hop.left("it answers, and neither grants nor refuses a ticket", "Look at the web service of "+orThat(a.hop.Server, a.at.Host)+".")
	}
	return ""
}

var (
	plainWord  = regexp.MustCompile(`^[a-z_]{1,40}$`)
	reasonForm = regexp.MustCompile(`^\s*(\d{1,6})\s*;.*\breason="([^"]{1,200})"`)
)

// diagnosis is the server's own word on why: "(28020: No valid security token.)".
func diagnosis(h http.Header) string {
	m := reasonForm.FindStringSubmatch(h.Get("X-Ms-Diagnostics"))
	if m == nil {
		return ""
	}
	return fmt.Sprintf("(%s: %s)", m[1], m[2])
}

// judgeUser goes on from the user's document, which says where the user is homed.
func (w *walk) judgeUser(ctx context.Context, a asking, root document) {
	d, to := w.readUser(a)
	if to != nil {
		w.sentOn(ctx, a.hop, to)
		return
	}
	w.done(a.hop)
	w.ended(a.hop)
	if a.hop.Verdict != Left {
		w.signal(ctx, d.with(root).sip(w.view))
	}
}

// readUser reads the user's document, or where it leads on.
func (w *walk) readUser(a asking) (document, *url.URL) {
	d, err := readDocument(a.resp.Body)
	server := orThat(a.hop.Server, a.at.Host)
	switch {
	case a.resp.Status == http.StatusNotFound:
		a.hop.left("the servers do not know where the user is homed", "See what is wrong with the user: hybrid check user "+w.sip)
	case a.resp.Status != http.StatusOK:
		a.hop.left(strings.TrimSpace("the ticket is not taken "+diagnosis(a.resp.Header)), "Look at the web service of "+server+", whose time and certificates for server-to-server authentication must be right.")
	case err != nil:
		a.hop.left(err.Error(), "Look at the web service of "+server+".")
	case d.links["redirect"] != "":
		return d, w.follow(a.hop, a.at, d.links["redirect"], "redirect")
	default:
		w.homedHere(a.hop, d)
	}
	return d, nil
}

// with fills in ends for SIP that the document itself does not name.
func (d document) with(other document) document {
	for element, end := range other.access {
		if d.access[element] == "" {
			d.access[element] = end
		}
	}
	d.location = orThat(d.location, other.location)
	return d
}

// homedHere judges a document that leads no further.
func (w *walk) homedHere(h *Hop, d document) {
	home := d.home()
	switch {
	case home == "":
		h.left("the user's document has no link to any service", "See what is wrong with the user: hybrid check user "+w.sip)
		return
	case w.Known.Home.Online:
		h.left("the servers have the user homed here, and Active Directory online", "Wait until Active Directory has replicated and trace again; then see hybrid check user "+w.sip)
	}
	h.said("the user is homed here: " + shortened(home))
	h.Facts = w.Known.Home.Facts
	w.end = "It ends at the servers: " + shortened(home) + "."
}

// sentOn follows the redirect of the user's document: to another pool, or to Microsoft 365.
func (w *walk) sentOn(ctx context.Context, h *Hop, to *url.URL) {
	h.said("it leads this user to " + to.Redacted())
	h.Facts = w.Known.Home.Facts
	cloudy := w.Known.cloudy(to.Hostname())
	if cloudy && w.Known.Home.OnServers {
		h.left("the servers send the user to Microsoft 365, and Active Directory has the user homed on the servers", "Wait until Active Directory has replicated and trace again; then see hybrid check user "+w.sip)
	}
	w.next(ctx, h, to)
}

// next goes on at another discovery service, unless the walk has been there.
func (w *walk) next(ctx context.Context, h *Hop, to *url.URL) {
	if !w.Known.cloudy(to.Hostname()) && (w.hosts[strings.ToLower(to.Hostname())] || w.asked(to.Hostname())) {
		w.circle(h, to)
		w.done(h)
		return
	}
	w.done(h)
	if to.RawQuery == "" {
		asked := *to
		asked.RawQuery = "originalDomain=" + url.QueryEscape(w.domain)
		to = &asked
	}
	w.discover(ctx, to)
}

// asked says whether a root of a host was asked.
func (w *walk) asked(host string) bool {
	for key := range w.seen {
		if u, err := url.Parse(key); err == nil && strings.EqualFold(u.Hostname(), host) {
			return true
		}
	}
	return false
}
