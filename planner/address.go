package planner

import (
	"fmt"
	"strconv"
	"strings"

	"hybrid/schema"
)

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
