package ldap

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"time"

	wire "github.com/go-ldap/ldap/v3"
)

// A Scope is how far a search goes.
type Scope int

// Scopes of a search.
const (
	Subtree Scope = iota // the base and all below it
	Object               // the base alone
	Level                // what is right below the base
)

// wire is the scope as the protocol has it (RFC 4511, 4.5.1.2).
func (s Scope) wire() int {
	return [...]int{Subtree: wire.ScopeWholeSubtree, Object: wire.ScopeBaseObject, Level: wire.ScopeSingleLevel}[s]
}

// A Search is what is asked of a directory.
type Search struct {
	Base       string // "DC=contoso,DC=com"
	Scope      Scope
	Filter     string   // RFC 4515
	Attributes []string // those that are asked for: no others are sent
	Page       int      // entries a page; 0 is 1,000, the most that Active Directory gives
}

// An Entry is one object. Values are valid until the function that is given it returns.
type Entry struct {
	DN     string
	Values [][]string // by the place of the attribute among those asked for; none for one that is unset
}

// How much of what looks like a search without an end is taken.
const (
	mostEmpty      = 100       // pages in a row with nothing in them
	mostExtra      = 10        // times the entries of a page that were asked for
	mostEntries    = 5_000_000 // of one search: the largest directories that this is used with have some hundred thousand users
	mostBytes      = 4 << 30   // of one search, all messages together: the most entries, of the size that users have
	mostReferences = 10_000    // places where more is: a forest has one a domain
	mostNames      = 10_000    // spellings of attributes: as many as were asked for, and those with options (RFC 4512, 2.5)
)

// Each gives every entry that a search finds, as it comes. It returns the places where more is, by the server's word: referrals are
// never followed. An error means that the entries are not all there are.
func (c *Conn) Each(ctx context.Context, s Search, take func(Entry) error) (elsewhere []string, err error) {
	p := &pager{conn: c, search: s, take: take, places: placesOf(s.Attributes), size: cmp.Or(s.Page, 1000)}
	p.entry.Values = make([][]string, len(s.Attributes))
	for {
		more, err := p.page(ctx)
		if err != nil {
			_ = c.conn.Close() // what is still on its way belongs to nothing any more
			return nil, c.error(err)
		}
		if !more {
			return p.elsewhere, nil
		}
	}
}

// A pager reads one search.
type pager struct {
	conn      *Conn
	search    Search
	take      func(Entry) error
	places    map[string]int // of attributes, by their names in the spellings seen so far; -1 for those that were not asked for
	size      int
	cookie    string
	entry     Entry
	elsewhere []string
	first     string // the name of the first entry of the page before
	count     int    // entries of this page
	empty     int    // pages in a row with nothing in them
	seen      int
	read      int64 // bytes of all messages
}

// page reads one page and says whether there are more.
func (p *pager) page(ctx context.Context) (more bool, err error) {
	c := p.conn
	c.last++
	request, err := p.search.request(c.last, p.size, p.cookie)
	if err != nil {
		return false, err
	}
	if err := c.conn.SetDeadline(time.Now().Add(c.timeout)); err != nil {
		return false, err
	}
	stop := context.AfterFunc(ctx, func() { _ = c.conn.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	if _, err = c.conn.Write(request); err == nil {
		more, err = p.answer()
	}
	return more, cmp.Or(ctx.Err(), p.interrupted(err))
}

// interrupted tells what kept a page from its end.
func (p *pager) interrupted(err error) error {
	var taker *takerError
	var late net.Error
	switch {
	case err == nil, errors.As(err, &taker):
		return err
	case errors.As(err, &late) && late.Timeout():
		return &Error{Kind: Silent, Server: p.conn.server, Text: fmt.Sprintf("has not ended a page within %s, after %d entries", p.conn.timeout, p.seen+p.count)}
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, errBroken), errors.As(err, &late):
		return &Error{Cut, p.conn.server, fmt.Sprintf("broke off after %d entries: they are not all", p.seen+p.count), err}
	}
	return err
}

// answer takes the entries of a page until the server says that it is over.
func (p *pager) answer() (more bool, err error) {
	p.count = 0
	for {
		m, err := readMessage(p.conn.in, &p.conn.room)
		if err != nil {
			return false, err
		}
		if p.read += int64(len(m.op.text)); p.read > mostBytes {
			return false, p.endless("sends more than %d GiB, after %d entries", mostBytes>>30, p.seen+p.count)
		}
		switch {
		case m.id == 0 && m.op.tag == tagExtended: // RFC 4511, 4.4.1: the server ends the connection, and says why
			return false, p.failed(m.op.text)
		case m.id != p.conn.last:
			return false, errBroken
		case m.op.tag == tagEntry:
			err = p.next(m.op.text)
		case m.op.tag == tagReference:
			err = p.reference(m.op.text)
		case m.op.tag == tagDone:
			return p.done(m)
		}
		if err != nil {
			return false, err
		}
	}
}

// done decides what the end of a page means: only the server's word about further pages is an end.
func (p *pager) done(m message) (more bool, err error) {
	p.seen += p.count
	if err := p.failed(m.op.text); err != nil {
		return false, err
	}
	cookie, told, err := cookieOf(m.rest)
	switch {
	case err != nil:
		return false, err
	case p.search.Scope == Object:
		return false, nil // one object is no page
	case !told:
		return false, &Error{Kind: Cut, Server: p.conn.server, Text: fmt.Sprintf("ended after %d entries without saying whether there are more: it does not know pages (RFC 2696)", p.seen)}
	}
	if p.empty++; p.count > 0 {
		p.empty = 0
	}
	if p.empty > mostEmpty {
		return false, p.endless("sends page after page with nothing in them, after %d entries", p.seen)
	}
	p.cookie = cookie
	return cookie != "", nil
}

// failed is the error of a result that is no success.
func (p *pager) failed(contents string) error {
	r, err := resultOf(contents)
	if err != nil || r.code == wire.LDAPResultSuccess {
		return err
	}
	return &r
}

// endless is the error of a search that would have no end.
func (p *pager) endless(format string, args ...any) error {
	return &Error{Kind: Endless, Server: p.conn.server, Text: fmt.Sprintf(format, args...)}
}

// reference takes places where more is.
func (p *pager) reference(contents string) (err error) {
	if p.elsewhere, err = texts(contents, p.elsewhere); len(p.elsewhere) > mostReferences {
		return p.endless("names more than %d other servers for one search", mostReferences)
	}
	return err
}

// next hands an entry on, unless it shows that there will be no end of them.
func (p *pager) next(contents string) error {
	dn, rest, err := cutOf(tagText, contents)
	if err != nil {
		return err
	}
	if p.count++; p.count > p.size*mostExtra {
		return p.endless("sends a page of more than %d entries, where %d were asked for", p.count-1, p.size)
	}
	if p.seen+p.count > mostEntries {
		return p.endless("sends more than %d entries for one search", mostEntries)
	}
	if p.count == 1 {
		if dn == p.first && p.seen > 0 {
			return p.endless("sends the same page again and again, beginning with %s", dn)
		}
		p.first = dn
	}
	p.entry.DN = dn
	if err := p.values(rest); err != nil {
		return err
	}
	if err := p.take(p.entry); err != nil {
		return &takerError{err}
	}
	return nil
}

// values takes the attributes of an entry to their places.
func (p *pager) values(contents string) error {
	for n := range p.entry.Values {
		p.entry.Values[n] = p.entry.Values[n][:0]
	}
	all, _, err := cutOf(tagSequence, contents)
	for err == nil && all != "" {
		var one, name string
		if one, all, err = cutOf(tagSequence, all); err != nil {
			break
		}
		if name, one, err = cutOf(tagText, one); err != nil {
			break
		}
		if one, _, err = cutOf(tagSet, one); err != nil {
			break
		}
		if at := p.place(name); at >= 0 {
			p.entry.Values[at], err = texts(one, p.entry.Values[at])
		}
	}
	return err
}

// place is where the values of an attribute belong, -1 where it was not asked for.
func (p *pager) place(name string) int {
	at, known := p.places[name]
	if !known {
		if at, known = p.places[strings.ToLower(name)]; !known {
			at = -1
		}
		if len(p.places) < mostNames { // what is not kept is only looked up again
			p.places[strings.Clone(name)] = at
		}
	}
	return at
}

// takerError is an error of whoever takes the entries.
type takerError struct{ error }

func (e *takerError) Unwrap() error { return e.error }

// placesOf are the places of attributes by their names in lower case.
func placesOf(names []string) map[string]int {
	places := make(map[string]int, 2*len(names))
	for n, name := range names {
		places[strings.ToLower(name)] = n
	}
	return places
}

// All is Each into a list, for what is known to be short.
func (c *Conn) All(ctx context.Context, s Search) (entries []Entry, elsewhere []string, err error) {
	elsewhere, err = c.Each(ctx, s, func(e Entry) error {
		values := make([][]string, len(e.Values))
		for n := range e.Values {
			values[n] = slices.Clone(e.Values[n])
		}
		entries = append(entries, Entry{DN: e.DN, Values: values})
		return nil
	})
	return entries, elsewhere, err
}
