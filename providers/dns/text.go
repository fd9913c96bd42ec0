package dns

import (
	"errors"
	"fmt"
	"strings"
)

// maxString is how many octets one character string of a TXT record holds (RFC 1035 section 3.3.14).
const maxString = 255

// parseText reads a TXT record's text into character strings of at most 255 octets, escaped as the presentation form has it.
// A text that does not begin with a quote is taken as it stands, spaces included; one that does is one or more quoted
// strings with the escapes of RFC 1035 section 5.1.
func parseText(text string) ([]string, error) {
	if !strings.HasPrefix(text, `"`) {
		return plainText(text)
	}
	var parts []string
	for rest := text; rest != ""; rest = strings.TrimLeft(rest, " \t") {
		octets, after, err := quoted(rest)
		if err != nil {
			return nil, fmt.Errorf("the text %s %w", text, err)
		}
		parts = append(parts, split(octets)...)
		rest = after
	}
	return parts, nil
}

func plainText(text string) ([]string, error) {
	if text == "" {
		return nil, errors.New(`a TXT record's text is empty; an empty text is written "\"\""`)
	}
	if strings.ContainsAny(text, `"\`) {
		return nil, fmt.Errorf(`the text %s holds a quote or a backslash; put the whole text in quotes, with \" for a quote and \\ for a backslash in it`, text)
	}
	return split([]byte(text)), nil
}

// quoted reads one quoted string from the start of a text and gives its octets and what comes after.
func quoted(text string) (octets []byte, rest string, err error) {
	if text[0] != '"' {
		return nil, "", errors.New("goes on after the closing quote; put every part in quotes of its own")
	}
	for at := 1; at < len(text); {
		switch c := text[at]; c {
		case '"':
			return octets, text[at+1:], nil
		case '\\':
			octet, size, err := escape(text[at+1:])
			if err != nil {
				return nil, "", err
			}
			octets, at = append(octets, octet), at+1+size
		default:
			octets, at = append(octets, c), at+1
		}
	}
	return nil, "", errors.New("has no closing quote")
}

// escape reads what follows a backslash: three digits of an octet, or any other character, which stands for itself.
func escape(text string) (octet byte, size int, err error) {
	if text == "" {
		return 0, 0, errors.New("ends in a backslash")
	}
	if text[0] < '0' || text[0] > '9' {
		return text[0], 1, nil
	}
	value := 0
	for n := range 3 {
		if n >= len(text) || text[n] < '0' || text[n] > '9' {
			return 0, 0, errors.New(`has a backslash before fewer than three digits; write \\ for a backslash`)
		}
		value = value*10 + int(text[n]-'0')
	}
	if value > 255 {
		return 0, 0, fmt.Errorf(`has the escape \%s; octets go from \000 to \255`, text[:3])
	}
	return byte(value), 3, nil
}

// split cuts octets into character strings and escapes them. No octets are one empty string.
func split(octets []byte) (parts []string) {
	for len(octets) > maxString {
		parts = append(parts, escaped(octets[:maxString]))
		octets = octets[maxString:]
	}
	return append(parts, escaped(octets))
}

func escaped(octets []byte) string {
	var b strings.Builder
	for _, c := range octets {
		switch {
		case c == '"' || c == '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case c < ' ' || c > '~':
			fmt.Fprintf(&b, `\%03d`, c)
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}
