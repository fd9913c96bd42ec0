package ldap

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"

	wire "github.com/go-ldap/ldap/v3"
)

// largest is how long a message may be: entries are of a few hundred bytes, those with photographs of some hundred thousand.
const largest = 64 << 20

// errLarge is a message that is longer than any can be.
var errLarge = fmt.Errorf("a message of more than %d MiB", largest>>20)

// A message is one that the server has sent.
type message struct {
	id   int64
	op   element
	rest string // controls, with their tag
}

// readMessage reads the next message. What room holds is overwritten, and room grows where it has to.
func readMessage(r *bufio.Reader, room *[]byte) (m message, err error) {
	size, err := readHead(r)
	if err != nil {
		return m, err
	}
	body, err := readBody(r, room, size)
	if err != nil {
		return m, err
	}
	id, rest, err := cutOf(tagInteger, string(body))
	if err != nil {
		return m, err
	}
	m.id = number(id)
	m.op, m.rest, err = cut(rest)
	return m, err
}

// grows is how much room is made at once, in bytes: a length that a server only claims takes none.
const grows = 1 << 20

// readBody reads what follows the head of a message.
func readBody(r *bufio.Reader, room *[]byte, size int) ([]byte, error) {
	body := (*room)[:0]
	for len(body) < size {
		part := min(size-len(body), grows)
		body = slices.Grow(body, part)
		n, err := io.ReadFull(r, body[len(body):len(body)+part])
		body = body[:len(body)+n]
		*room = body
		if err != nil {
			return nil, err
		}
	}
	return body, nil
}

// readHead reads the tag and the length of a message.
func readHead(r *bufio.Reader) (size int, err error) {
	tag, err := r.ReadByte()
	if err != nil {
		return 0, err
	}
	first, err := r.ReadByte()
	if err != nil {
		return 0, err
	}
	if tag != tagSequence {
		return 0, errBroken
	}
	if first&0x80 == 0 {
		return int(first), nil
	}
	for range first & 0x7f {
		next, err := r.ReadByte()
		if err != nil {
			return 0, err
		}
		if size = size<<8 | int(next); size > largest {
			return 0, errLarge
		}
	}
	return size, nil
}

// A result is how an operation has ended.
type result struct {
	code      int64
	text      string
	referrals []string
}

// Error is the result as the server has told it: "52, Unavailable: going down".
func (r *result) Error() string {
	if told := strings.Trim(strings.TrimSpace(r.text), "\x00"); told != "" {
		return fmt.Sprintf("LDAP result %d, %s: %s", r.code, wire.LDAPResultCodeMap[uint16(r.code)], told)
	}
	return fmt.Sprintf("LDAP result %d, %s", r.code, wire.LDAPResultCodeMap[uint16(r.code)])
}

// resultOf reads what stands in a SearchResultDone or an ExtendedResponse.
func resultOf(contents string) (r result, err error) {
	code, contents, err := cutOf(tagEnumerated, contents)
	if err != nil {
		return r, err
	}
	_, contents, err = cutOf(tagText, contents) // the part of the name that exists
	if err != nil {
		return r, err
	}
	r.code = number(code)
	if r.text, contents, err = cutOf(tagText, contents); err != nil || contents == "" {
		return r, err
	}
	if next, _, err := cut(contents); err == nil && next.tag == tagReferral {
		r.referrals, err = texts(next.text, nil)
		return r, err
	}
	return r, nil
}

// pagingControl is the control of pages (RFC 2696).
const pagingControl = "1.2.840.113556.1.4.319"

// cookieOf is what the server gives for the next page; told is false where it says nothing of pages.
func cookieOf(controls string) (cookie string, told bool, err error) {
	if controls == "" {
		return "", false, nil
	}
	all, _, err := cutOf(tagControls, controls)
	for err == nil && all != "" {
		var one string
		if one, all, err = cutOf(tagSequence, all); err != nil {
			break
		}
		if parts, failed := texts(one, nil); failed == nil && len(parts) > 1 && parts[0] == pagingControl {
			return cookieIn(parts[len(parts)-1])
		}
	}
	return "", false, err
}

func cookieIn(value string) (cookie string, told bool, err error) {
	inner, _, err := cutOf(tagSequence, value)
	if err != nil {
		return "", false, err
	}
	_, inner, err = cutOf(tagInteger, inner)
	if err != nil {
		return "", false, err
	}
	cookie, _, err = cutOf(tagText, inner)
	return cookie, err == nil, err
}
