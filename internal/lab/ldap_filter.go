package lab

import (
	"fmt"
	"strconv"
	"strings"
)

// An ldapFilter is an LDAP filter (RFC 4515) of what the lab simulates: and, or, not, equality, presence and beginnings.
type ldapFilter struct {
	operator  byte // '&', '|', '!', '=' for equality, '*' for presence and beginnings
	parts     []*ldapFilter
	attribute string // in lower case
	value     string // in lower case, as texts are compared
}

// keeps says whether an object is among those that the filter picks.
func (f *ldapFilter) keeps(o directoryObject) bool {
	switch f.operator {
	case '&':
		for _, part := range f.parts {
			if !part.keeps(o) {
				return false
			}
		}
		return true
	case '|':
		for _, part := range f.parts {
			if part.keeps(o) {
				return true
			}
		}
		return false
	case '!':
		return !f.parts[0].keeps(o)
	}
	values, _ := o.values(f.attribute)
	for _, value := range values {
		if value = strings.ToLower(value); value == f.value || f.operator == '*' && strings.HasPrefix(value, f.value) {
			return true
		}
	}
	return false
}

// parseLDAP reads a filter.
func parseLDAP(text string) (*ldapFilter, error) {
	f, rest, err := ldapPart(text)
	if err == nil && rest != "" {
		err = fmt.Errorf("%q is not expected in the filter", rest)
	}
	return f, err
}

// ldapPart reads one filter in parentheses, and gives what is behind it.
func ldapPart(text string) (*ldapFilter, string, error) {
	if len(text) < 3 || text[0] != '(' {
		return nil, "", fmt.Errorf("a filter begins with (: %q", text)
	}
	if !strings.ContainsRune("&|!", rune(text[1])) {
		inner, rest, closed := strings.Cut(text[1:], ")")
		if !closed {
			return nil, "", fmt.Errorf("a parenthesis is not closed: %q", text)
		}
		f, err := ldapComparison(inner)
		return f, rest, err
	}
	f := &ldapFilter{operator: text[1]}
	rest := text[2:]
	for strings.HasPrefix(rest, "(") {
		part, behind, err := ldapPart(rest)
		if err != nil {
			return nil, "", err
		}
		f.parts, rest = append(f.parts, part), behind
	}
	if !strings.HasPrefix(rest, ")") || len(f.parts) == 0 || f.operator == '!' && len(f.parts) > 1 {
		return nil, "", fmt.Errorf("the filter cannot be read: %q", text)
	}
	return f, rest[1:], nil
}

// ldapComparison reads what stands between parentheses: "proxyAddresses=sip:*".
func ldapComparison(text string) (*ldapFilter, error) {
	attribute, value, ok := strings.Cut(text, "=")
	f := &ldapFilter{operator: '=', attribute: strings.ToLower(attribute)}
	if _, known := (&Account{}).attribute(f.attribute); !ok || !known {
		return nil, fmt.Errorf("the lab does not simulate a search for %q", text)
	}
	if begins, is := strings.CutSuffix(value, "*"); is {
		f.operator, value = '*', begins
	}
	if strings.Contains(value, "*") {
		return nil, fmt.Errorf("the lab does not simulate a * before the end: %q", text)
	}
	plain, err := ldapValue(value)
	f.value = strings.ToLower(plain)
	return f, err
}

// ldapValue undoes the escapes of a value.
func ldapValue(text string) (string, error) {
	var b strings.Builder
	for len(text) > 0 {
		before, after, escaped := strings.Cut(text, `\`)
		if b.WriteString(before); !escaped {
			break
		}
		if len(after) < 2 {
			return "", fmt.Errorf("an escape is cut short: %q", text)
		}
		code, err := strconv.ParseUint(after[:2], 16, 8)
		if err != nil {
			return "", fmt.Errorf("%q is no escape", `\`+after[:2])
		}
		b.WriteByte(byte(code))
		text = after[2:]
	}
	return b.String(), nil
}
