package planner

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"

	"hybrid/schema"
)

// An Address names a block, one instance of it, or one of its users, as a configuration writes it:
//
//	access_edge
//	hosting_provider.LyncOnline
//	dns_record["_sip._tls.contoso.com"]["SRV"]
//	sip_domain.all["contoso.com"]                   an instance of for_each
//	user_homing.pilot["sip:ada@contoso.com"]        a user
type Address struct {
	Kind   string
	Labels []string
	Key    string // of an instance of for_each
	Keyed  bool   // whether Key is part of the address
	User   string // canonical SIP address, "" for anything but a user
}

// Block is the address of the block itself, without instance or user.
func (a Address) Block() Address { return Address{Kind: a.Kind, Labels: a.Labels} }

// At is the address of one instance of the block.
func (a Address) At(key string) Address {
	return Address{Kind: a.Kind, Labels: a.Labels, Key: key, Keyed: true}
}

// Of is the address of one user of the block or instance.
func (a Address) Of(sip string) Address {
	a.User = sip
	return a
}

func (a Address) String() string {
	text := append(make([]byte, 0, 96), a.Kind...)
	bare := true // Terraform's rule: identifiers after a dot, everything else in brackets
	for _, label := range a.Labels {
		if bare && identifier(label) {
			text = append(append(text, '.'), label...)
		} else {
			bare = false
			text = bracketed(text, label)
		}
	}
	if a.Keyed {
		text = bracketed(text, a.Key)
	}
	if a.User != "" {
		text = bracketed(text, a.User)
	}
	return string(text)
}

func bracketed(text []byte, name string) []byte {
	return append(strconv.AppendQuote(append(text, '['), name), ']')
}

// identifier says whether HCL takes a text for one, without asking its scanner about the most usual: those that begin with a
// letter and go on in visible ASCII.
func identifier(text string) bool {
	for i := range len(text) {
		switch c := text[i]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', i > 0 && (c >= '0' && c <= '9' || c == '_' || c == '-'):
		case i > 0 && c > ' ' && c <= '~':
			return false
		default:
			return hclsyntax.ValidIdentifier(text)
		}
	}
	return text != ""
}

// Compare orders addresses by kind, labels, key and user.
func (a Address) Compare(b Address) int {
	return cmp.Or(strings.Compare(a.Kind, b.Kind), slices.Compare(a.Labels, b.Labels), strings.Compare(a.Key, b.Key), strings.Compare(a.User, b.User))
}

// Anonymous stands before a system's name in the provider of kinds that need no provider block.
const Anonymous = "anonymous "

// ParseAddress reads the text of an address of a kind, as [Address.String] writes it; user is the SIP address at its end, ""
// where it is none of a user.
func ParseAddress(text string, k *schema.Kind, user string) (Address, error) {
	a := Address{Kind: k.Name, User: user}
	rest, ok := strings.CutPrefix(text, k.Name)
	if user != "" {
		whole := ok
		rest, ok = strings.CutSuffix(rest, fmt.Sprintf("[%q]", user))
		ok = ok && whole
	}
	parts, err := addressParts(rest)
	labels := len(k.LabelNames())
	if !ok || err != nil || len(parts) < labels || len(parts) > labels+1 {
		return a, fmt.Errorf("%q is no address of a %s", text, k.Name)
	}
	if a.Labels = parts[:labels:labels]; labels == 0 {
		a.Labels = nil
	}
	if len(parts) > labels {
		a = a.At(parts[labels])
		a.User = user
	}
	return a, nil
}

// addressParts takes apart what follows the kind: labels and keys, after a dot or in brackets.
func addressParts(rest string) ([]string, error) {
	var parts []string
	for rest != "" {
		if bare, ok := strings.CutPrefix(rest, "."); ok {
			end := strings.IndexAny(bare, ".[")
			if end < 0 {
				end = len(bare)
			}
			parts, rest = append(parts, bare[:end]), bare[end:]
			continue
		}
		quoted, err := strconv.QuotedPrefix(strings.TrimPrefix(rest, "["))
		if err != nil {
			return nil, err
		}
		part, err := strconv.Unquote(quoted)
		after, ok := strings.CutPrefix(rest, "["+quoted+"]")
		if err != nil || !ok {
			return nil, strconv.ErrSyntax
		}
		parts, rest = append(parts, part), after
	}
	return parts, nil
}
