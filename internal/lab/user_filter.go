package lab

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// A filter is the -Filter of a user cmdlet: comparisons joined by -and, -or and -not, in PowerShell's Where-Object
// syntax. The nil filter keeps everything.
type filter struct {
	operator    string // "-and", "-or", "-not", or a comparison
	left, right *filter
	property    string
	value       any // string, bool or nil
}

// comparisons are the operators that the lab simulates.
func comparisons() []string { return []string{"-eq", "-ne", "-like", "-notlike"} }

// keeps says whether an object is among those that the filter lets through, by its properties.
func (f *filter) keeps(a interface{ property(name string) any }) bool {
	if f == nil {
		return true
	}
	switch f.operator {
	case "-and":
		return f.left.keeps(a) && f.right.keeps(a)
	case "-or":
		return f.left.keeps(a) || f.right.keeps(a)
	case "-not":
		return !f.left.keeps(a)
	}
	value := a.property(f.property)
	switch f.operator {
	case "-eq":
		return equal(value, f.value)
	case "-ne":
		return !equal(value, f.value)
	}
	matches := wildcard(plainText(f.value), plainText(value))
	return matches == (f.operator == "-like")
}

// equal compares as PowerShell does for what the directory holds: texts without case, an empty text like an unset one.
func equal(a, b any) bool {
	if b == nil || a == nil {
		return (a == nil || a == "") && (b == nil || b == "")
	}
	return strings.EqualFold(plainText(a), plainText(b))
}

func plainText(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case bool:
		if v {
			return "True"
		}
		return "False"
	}
	return fmt.Sprint(v)
}

// addresses are the SIP addresses that the filter names, where it is nothing but such a list; else nil.
func (f *filter) addresses() []string {
	switch {
	case f == nil:
		return nil
	case f.operator == "-eq" && strings.EqualFold(f.property, "SipAddress"):
		if text, ok := f.value.(string); ok && text != "" {
			return []string{text}
		}
	case f.operator == "-or":
		if left, right := f.left.addresses(), f.right.addresses(); left != nil && right != nil {
			return append(left, right...)
		}
	}
	return nil
}

// parseFilter reads the text of a -Filter; nil for "".
func parseFilter(text string) (*filter, error) {
	text = strings.TrimSpace(text)
	if strings.HasPrefix(text, "{") && strings.HasSuffix(text, "}") {
		text = text[1 : len(text)-1]
	}
	tokens, err := filterTokens(text)
	if err != nil || len(tokens) == 0 {
		return nil, err
	}
	p := &filterParser{tokens: tokens}
	f, err := p.either()
	if err == nil && len(p.tokens) > 0 {
		err = fmt.Errorf("%q is not expected in the filter", p.tokens[0].text)
	}
	return f, err
}

type filterToken struct {
	text   string
	quoted bool
}

// filterTokens cuts a filter into words, quoted texts and parentheses. A doubled quote stands for one.
func filterTokens(text string) ([]filterToken, error) {
	var tokens []filterToken
	for len(text) > 0 {
		switch c := text[0]; {
		case c == ' ' || c == '\t' || c == '\r' || c == '\n':
			text = text[1:]
		case c == '(' || c == ')':
			tokens, text = append(tokens, filterToken{text: text[:1]}), text[1:]
		case c == '\'' || c == '"':
			value, rest, err := quotedText(text)
			if err != nil {
				return nil, err
			}
			tokens, text = append(tokens, filterToken{text: value, quoted: true}), rest
		default:
			end := strings.IndexAny(text, " \t\r\n()'\"")
			if end < 0 {
				end = len(text)
			}
			tokens, text = append(tokens, filterToken{text: text[:end]}), text[end:]
		}
	}
	return tokens, nil
}

func quotedText(text string) (value, rest string, err error) {
	quote := text[:1]
	for rest = text[1:]; ; {
		end := strings.Index(rest, quote)
		if end < 0 {
			return "", "", fmt.Errorf("the filter has a text without a closing %s", quote)
		}
		value, rest = value+rest[:end], rest[end+1:]
		if !strings.HasPrefix(rest, quote) {
			return value, rest, nil
		}
		value, rest = value+quote, rest[1:]
	}
}

type filterParser struct {
	tokens []filterToken
	depth  int
}

// next takes a token; "" and false at the end.
func (p *filterParser) next() (filterToken, bool) {
	if len(p.tokens) == 0 {
		return filterToken{}, false
	}
	t := p.tokens[0]
	p.tokens = p.tokens[1:]
	return t, true
}

// takes consumes an unquoted word if it comes next.
func (p *filterParser) takes(word string) bool {
	if len(p.tokens) > 0 && !p.tokens[0].quoted && strings.EqualFold(p.tokens[0].text, word) {
		p.tokens = p.tokens[1:]
		return true
	}
	return false
}

// either reads terms joined by -and or -or, which have the same precedence in PowerShell and bind to the left.
func (p *filterParser) either() (*filter, error) {
	left, err := p.term()
	for err == nil {
		var operator string
		switch {
		case p.takes("-and"):
			operator = "-and"
		case p.takes("-or"):
			operator = "-or"
		default:
			return left, nil
		}
		var right *filter
		right, err = p.term()
		left = &filter{operator: operator, left: left, right: right}
	}
	return nil, err
}

// maxFilterDepth keeps nested parentheses from exhausting the stack.
const maxFilterDepth = 200

func (p *filterParser) term() (*filter, error) {
	if p.depth++; p.depth > maxFilterDepth {
		return nil, errors.New("the filter is nested too deeply")
	}
	defer func() { p.depth-- }()
	switch {
	case p.takes("-not"), p.takes("!"):
		inner, err := p.term()
		return &filter{operator: "-not", left: inner}, err
	case p.takes("("):
		inner, err := p.either()
		if err == nil && !p.takes(")") {
			err = errors.New("the filter lacks a closing parenthesis")
		}
		return inner, err
	}
	return p.comparison()
}

func (p *filterParser) comparison() (*filter, error) {
	property, _ := p.next()
	operator, _ := p.next()
	value, ok := p.next()
	if !ok || property.quoted || operator.quoted {
		return nil, errors.New("the filter is not of the form PROPERTY -eq 'value'")
	}
	if !slices.Contains(comparisons(), strings.ToLower(operator.text)) {
		return nil, fmt.Errorf("the lab does not simulate the operator %q in filters; it has %s", operator.text, strings.Join(comparisons(), ", "))
	}
	f := &filter{operator: strings.ToLower(operator.text), property: property.text, value: value.text}
	if !value.quoted {
		switch strings.ToLower(value.text) {
		case "$true":
			f.value = true
		case "$false":
			f.value = false
		case "$null":
			f.value = nil
		}
	}
	return f, nil
}
