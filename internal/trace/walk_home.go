package trace

import (
	"context"
	"fmt"
	"net/url"
)

// expected fills in what lies behind authentication on the servers, from the directory and the cmdlets, and goes on from there.
func (w *walk) expected(ctx context.Context, root document) {
	home := w.Known.Home
	h := &Hop{Step: "home", Asked: "where the servers lead " + w.user, Verdict: Expected, Facts: home.Facts}
	switch {
	case home.Err != nil:
		h.doubted(fmt.Sprintf("where the user is homed is not known: %v", home.Err), "Trace with --as USER to walk it, or mend what keeps it from being read.")
	case home.Online:
		w.redirect(ctx, h)
		return
	case home.OnServers:
		h.said("the user's links, of the pool " + orThat(home.Pool, "of the user"))
		w.end = "It ends at the servers: " + orThat(home.Pool, "the user's pool") + ", as far as is expected."
	default:
		h.left(home.Problem, "See what is wrong with the user: hybrid check user "+w.sip)
	}
	w.done(h)
	w.ended(h)
	if h.Verdict == Expected {
		w.signal(ctx, root.sip(w.view))
	}
}

// redirect is the hop of KB 2757450 from the servers to the hosting provider, as it is expected.
func (w *walk) redirect(ctx context.Context, h *Hop) {
	p := w.Known.Provider
	h.Facts = append(h.Facts[:len(h.Facts):len(h.Facts)], p.Facts...)
	federate := "Declare the hosting provider (proxy_fqdn, enabled = true, autodiscover_url) and apply, then trace again."
	switch {
	case p.Err != nil:
		h.doubted(fmt.Sprintf("where the hosting provider leads is not known: %v", p.Err), "Mend what keeps Get-CsHostingProvider from being read.")
	case p.Name == "":
		h.left("no hosting provider of the servers has the proxy FQDN that the user is homed at, so there is no redirect to it", federate)
	case !p.Enabled:
		h.left(fmt.Sprintf("the hosting provider %s is not enabled, so there is no redirect to it", p.Name), federate)
	case p.AutodiscoverURL == "":
		h.left(fmt.Sprintf("the hosting provider %s has no AutodiscoverUrl, so the servers cannot say where to go on", p.Name), federate)
	}
	if h.Verdict != Expected {
		w.done(h)
		w.ended(h)
		return
	}
	base := &url.URL{Scheme: "https", Host: "invalid"}
	to := w.follow(h, base, p.AutodiscoverURL, "AutodiscoverUrl of "+p.Name)
	if to == nil || to.Host == base.Host {
		h.left(fmt.Sprintf("the AutodiscoverUrl of %s is no address", p.Name), federate)
		w.done(h)
		w.ended(h)
		return
	}
	h.said("a redirect of this user to " + to.Redacted())
	w.next(ctx, h, to)
}

// online ends a path in Microsoft 365: what lies behind its sign-in is not walked, with or without a password.
func (w *walk) online() {
	h := &Hop{Step: "home", Asked: "where Microsoft 365 has " + w.user, Verdict: Expected, Facts: w.Known.Tenant.Facts}
	w.tenant(h)
	if h.Verdict == Expected {
		h.said("the user's links, of Microsoft 365; users who were moved since October 2022 have no pool there, and sign in with Teams")
		w.end = "It ends in Microsoft 365, as far as is expected."
	}
	w.done(h)
	w.ended(h)
}

// tenant judges what the tenant has of a user who is led to it.
func (w *walk) tenant(h *Hop) {
	t := w.Known.Tenant
	switch {
	case t.Err != nil:
		h.doubted(fmt.Sprintf("what the tenant has of the user is not known: %v", t.Err), "Mend what keeps Get-CsOnlineUser from being read.")
	case t.Missing:
		h.left("the tenant has no such user, so nobody is at home where the path leads", "Synchronise and license the user; see hybrid check user "+w.sip)
	case t.OnServers && !w.Known.Home.OnServers:
		h.left("the tenant has the user homed on the servers, and the servers online: each side sends to the other", "Synchronise the directory and wait until the tenant has taken it over; see hybrid check user "+w.sip)
	}
}

// unheard judges a SIP end that shows nothing.
func (w *walk) unheard(h *Hop, err error) {
	h.doubted(err.Error(), "Walk it from where clients are, or let this machine through to "+h.At+".")
}
