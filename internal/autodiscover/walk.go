package autodiscover

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"hybrid/internal/bounded"
)

// How long one answer may take, and how large it may be, in bytes: it is a few hundred.
const (
	limit   = 30 * time.Second
	largest = 1 << 20
)

// A walk follows the answers of the service from host to host.
type walk struct {
	finder Finder
	domain string
	below  string          // what the name of every host that is asked ends in: ".online.lync.com"
	seen   map[string]bool // addresses that were asked, in lower case
}

// An answer is the last one of a walk, which leads nowhere else.
type answer struct {
	at   *url.URL
	hops int    // how many answers led there
	self string // the host that the answer itself names
}

// from follows answers from an address on.
func (w *walk) from(ctx context.Context, at *url.URL) (answer, error) {
	for hops := range most {
		if err := w.visit(at); err != nil {
			return answer{}, err
		}
		links, err := w.ask(ctx, at)
		if err != nil {
			return answer{}, err
		}
		if links.redirect == "" {
			return answer{at: at, hops: hops, self: host(links.self)}, nil
		}
		next, err := at.Parse(links.redirect)
		if err != nil {
			return answer{}, fmt.Errorf("%s leads to %q, which is no address", at.Host, links.redirect)
		}
		if err := w.trusted(at, next); err != nil {
			return answer{}, err
		}
		at = next
	}
	return answer{}, fmt.Errorf("%s was sent on %d times, and no more is followed", w.domain, most)
}

// visit refuses to ask an address twice.
func (w *walk) visit(at *url.URL) error {
	key := strings.ToLower(at.String())
	if w.seen[key] {
		return fmt.Errorf("the autodiscover service of the cloud sends %s in a circle: %s was asked already", w.domain, at)
	}
	w.seen[key] = true
	return nil
}

// trusted refuses to follow an answer out of the cloud.
func (w *walk) trusted(from, to *url.URL) error {
	name := strings.ToLower(to.Hostname())
	switch {
	case to.Scheme != "https":
		return fmt.Errorf("%s leads to %s, which is not protected by TLS: it is not followed; is there a proxy in between?", from.Host, to.Redacted())
	case !strings.HasSuffix(name, w.below) || to.User != nil || to.Port() != "" && to.Port() != "443":
		return fmt.Errorf("%s leads to %s, which is not of the cloud (*%s): it is not followed", from.Host, to.Redacted(), w.below)
	}
	return nil
}

type links struct{ self, redirect string }

// ask sends one request. Answers that lead on are 200; those of a proxy, which are 30x, are taken for the same.
func (w *walk) ask(ctx context.Context, at *url.URL) (links, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, at.String(), nil)
	if err != nil {
		return links{}, err
	}
	req.Header.Set("Accept", "application/json")
	resp, err := w.finder.HTTP.Do(req)
	if err != nil {
		return links{}, silent(at.Host, err)
	}
	defer resp.Body.Close()
	body, err := bounded.Read(resp.Body, largest)
	if err == nil { // where the time ends while a body without a length comes, net/http tells that as its end
		err = ctx.Err()
	}
	if err != nil {
		return links{}, fmt.Errorf("the answer of %s ended early: %w", at.Host, err)
	}
	return w.read(at, resp, body)
}

// silent tells a host that exists no longer from one that does not answer now.
func silent(host string, err error) error {
	var name *net.DNSError
	if errors.As(err, &name) && name.IsNotFound {
		return &GoneError{Host: host, Text: "the name does not exist in DNS"}
	}
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		err = wrapped.Err // without the address, which the sentence names
	}
	return fmt.Errorf("%s does not answer: %w; check the network and any proxy in between", host, err)
}

func (w *walk) read(at *url.URL, resp *http.Response, body []byte) (links, error) {
	switch {
	case resp.StatusCode == http.StatusNotFound:
		return links{}, &UnknownDomainError{Domain: w.domain}
	case resp.StatusCode == http.StatusGone:
		return links{}, &GoneError{Host: at.Host, Text: "it answers 410 Gone"}
	case resp.StatusCode/100 == 3 && resp.Header.Get("Location") != "":
		return links{redirect: resp.Header.Get("Location")}, nil
	case resp.StatusCode != http.StatusOK:
		return links{}, fmt.Errorf("%s answers %s", at.Host, resp.Status)
	}
	var document struct {
		Links map[string]struct{ Href string } `json:"_links"`
	}
	if err := json.Unmarshal(body, &document); err != nil || document.Links == nil {
		return links{}, fmt.Errorf("%s answers, but not as an autodiscover service does; is there a proxy in between?", at.Host)
	}
	return links{self: document.Links["self"].Href, redirect: document.Links["redirect"].Href}, nil
}

// host is the host of an address, "" where it is none.
func host(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Hostname()
}
