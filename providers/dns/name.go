package dns

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
)

// checkName says what is wrong with a DNS name that somebody writes into a configuration, with or without a trailing dot. It
// allows what host names and service names are made of; a "*" label only in front.
func checkName(name string) error {
	bare := strings.TrimSuffix(name, ".")
	switch {
	case bare == "":
		return errors.New("the name is empty; write a whole name such as sip.contoso.com")
	case strings.TrimSpace(name) != name || strings.Contains(name, " "):
		return fmt.Errorf("the name %q holds a space; take it out", name)
	case len(bare) > 253:
		return fmt.Errorf("the name %q has %d characters; a DNS name has at most 253", name, len(bare))
	}
	if _, err := netip.ParseAddr(bare); err == nil {
		return fmt.Errorf("%q is an address, not a name", name)
	}
	for n, label := range strings.Split(bare, ".") {
		if label == "*" && n == 0 {
			continue
		}
		if err := checkLabel(name, label); err != nil {
			return err
		}
	}
	return checkTypo(name, bare)
}

func checkLabel(name, label string) error {
	switch {
	case label == "":
		return fmt.Errorf("the name %q has an empty part between two dots; take one dot out", name)
	case len(label) > 63:
		return fmt.Errorf("the part %q of the name has %d characters; a part has at most 63", label, len(label))
	case label[0] == '-' || label[len(label)-1] == '-':
		return fmt.Errorf("the part %q of the name %q begins or ends with a hyphen, which host names do not", label, name)
	}
	for _, r := range label {
		switch {
		case r > '~':
			return fmt.Errorf("the name %q holds %q; write international names in their ASCII form, which begins with xn--", name, r)
		case !isNameRune(r):
			return fmt.Errorf("the name %q holds %q; a name is made of letters, digits, hyphens, underscores and dots", name, r)
		}
	}
	return nil
}

func isNameRune(r rune) bool {
	return r == '-' || r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
}

// checkTypo knows the slip that printed hybrid procedures have spread: lync.om, which is nobody's service.
func checkTypo(name, bare string) error {
	const slip, meant = "lync.om", "lync.com"
	lower := strings.ToLower(bare)
	if lower != slip && !strings.HasSuffix(lower, "."+slip) {
		return nil
	}
	return fmt.Errorf("the name %q ends in %s; did you mean %q?", name, slip, bare[:len(bare)-len(slip)]+meant)
}
