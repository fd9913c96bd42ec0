package ldapserver

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	ber "github.com/go-asn1-ber/asn1-ber"
	wire "github.com/go-ldap/ldap/v3"
)

// A page is what one search request asks for.
type page struct {
	Request
	attributes []string
	paged      bool
	size       int
	cookie     string
}

// pageOf reads a search request.
func pageOf(packet *ber.Packet) (p page, err error) {
	op := packet.Children[1]
	if len(op.Children) < 8 {
		return p, errors.New("a search request has eight parts")
	}
	p.Base, _ = op.Children[0].Value.(string)
	scope, _ := op.Children[1].Value.(int64)
	p.Scope = int(scope)
	if p.Filter, err = wire.DecompileFilter(op.Children[6]); err != nil {
		return p, err
	}
	for _, name := range op.Children[7].Children {
		text, _ := name.Value.(string)
		p.attributes = append(p.attributes, text)
	}
	if len(packet.Children) < 3 {
		return p, nil
	}
	for _, raw := range packet.Children[2].Children {
		control, err := wire.DecodeControl(raw)
		if err != nil {
			return p, err
		}
		if paging, is := control.(*wire.ControlPaging); is {
			p.paged, p.size, p.cookie = true, int(paging.PagingSize), string(paging.Cookie)
		}
	}
	return p, nil
}

// most is how many objects a page or an unpaged search gives at most, as MaxPageSize does in Active Directory.
const most = 1000

// search answers one page; false ends the connection.
func (c *client) search(id int64, packet *ber.Packet) bool {
	done := func(code int, text string) bool {
		c.end(id, wire.ApplicationSearchResultDone, code, text, nil, "", false)
		return true
	}
	p, err := pageOf(packet)
	if err != nil {
		return done(protocolError, err.Error())
	}
	if !c.signedIn && p.Base != "" {
		return done(operationsError, "000004DC: LdapErr: DSID-0C090A5C, comment: In order to perform this operation a successful bind must be completed on the connection., data 0, v4563")
	}
	fault := c.server.fault()
	if fault == Referral {
		c.end(id, wire.ApplicationSearchResultDone, referral, "0000202B: RefErr: DSID-0310084A", []string{"ldap://dc02.elsewhere.test/" + p.Base}, "", false)
		return true
	}
	left, known := c.found[p.cookie]
	delete(c.found, p.cookie)
	if p.cookie == "" {
		if left, err = c.server.options.Find(p.Request); err != nil {
			var refusal *Refusal
			if errors.As(err, &refusal) {
				return done(refusal.Code, refusal.Text)
			}
			return done(operationsError, err.Error())
		}
	} else if !known {
		return done(Unwilling, "00000057: LdapErr: DSID-0C0907E8, comment: Error processing control, data 0, v4563")
	}
	return c.give(id, p, left, fault)
}

// give sends a page of what was found, and keeps the rest.
func (c *client) give(id int64, p page, found []Object, fault Fault) bool {
	size := len(found)
	if size > most || p.paged && p.size < size {
		size = min(most, max(p.size, 1))
	}
	if !p.paged && len(found) > most {
		size = most
	}
	second := p.cookie != ""
	switch {
	case fault == Hang && second:
		<-c.server.ctx.Done()
		return false
	case fault == Empty && second:
		c.end(id, wire.ApplicationSearchResultDone, Success, "", nil, c.keep(found), true)
		return true
	case (fault == Cut || fault == Goodbye) && second:
		size /= 2
	}
	for _, o := range found[:size] {
		c.entry(id, o, p.attributes)
	}
	for fault == Unbounded && size > 0 && c.out.Flush() == nil {
		c.entry(id, found[0], p.attributes)
	}
	return c.over(id, p, found, size, fault)
}

// over ends a page.
func (c *client) over(id int64, p page, found []Object, size int, fault Fault) bool {
	done := func(code int, cookie string, told bool) bool {
		c.end(id, wire.ApplicationSearchResultDone, code, "", nil, cookie, told)
		return true
	}
	second, rest := p.cookie != "", found[size:]
	switch {
	case fault == Cut && second:
		_ = c.out.Flush()
		return false
	case fault == Goodbye && second:
		c.end(0, wire.ApplicationExtendedResponse, Unavailable, "going down", nil, "", false)
		_ = c.out.Flush()
		return false
	case fault == Unsaid && len(rest) > 0:
		return done(Success, "", false)
	case fault == Endless && len(rest) > 0 || fault == Endless && second:
		return done(Success, c.keep(found), true)
	case len(rest) > 0 && (!p.paged || fault == Limit):
		return done(sizeLimitExceeded, "", p.paged)
	case len(rest) > 0:
		return done(Success, c.keep(rest), true)
	}
	return done(Success, "", p.paged)
}

// keep keeps what is left of a search, and gives the cookie for it.
func (c *client) keep(rest []Object) string {
	c.cookies++
	cookie := strconv.Itoa(c.cookies)
	c.found[cookie] = rest
	return cookie
}

// entry sends an object with the attributes that were asked for and are set.
func (c *client) entry(id int64, o Object, names []string) {
	var all []byte
	if len(names) == 0 || slices.Contains(names, "*") {
		names = o.Names
	}
	for _, name := range names {
		values := o.Values(strings.ToLower(name))
		if len(values) == 0 {
			continue
		}
		var set []byte
		for _, value := range values {
			set = appendText(set, value)
		}
		all = appendElement(all, 0x30, appendElement(appendText(nil, name), 0x31, set))
	}
	c.send(id, 0x64, appendElement(appendText(c.room[:0], o.DN), 0x30, all), nil)
}
