package shell

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"

	"github.com/zclconf/go-cty/cty"
)

// CheckFQDN accepts a plain DNS name of two labels or more, as the cmdlets take it.
func CheckFQDN(v cty.Value) error {
	if problem := FQDNProblem(v.AsString()); problem != "" {
		return errors.New(problem)
	}
	return nil
}

// FQDNProblem says what is wrong with a plain DNS name and what to write instead, "" where nothing is.
func FQDNProblem(name string) string {
	if misspelt := strings.ToLower(name); strings.HasSuffix(misspelt, ".lync.om") {
		return fmt.Sprintf("%q ends in \"lync.om\": write %q.", name, name[:len(name)-2]+"com")
	}
	if _, err := netip.ParseAddr(name); err == nil {
		return fmt.Sprintf("%q is an IP address: write the fully qualified domain name.", name)
	}
	if strings.Contains(name, "://") || strings.ContainsAny(name, "/:") {
		return fmt.Sprintf("%q is more than a name: write the host name alone, without scheme, port or path.", name)
	}
	if strings.HasSuffix(name, ".") {
		return fmt.Sprintf("%q ends with a dot: write %q, the cmdlets take plain names.", name, strings.TrimRight(name, "."))
	}
	labels := strings.Split(name, ".")
	for _, label := range labels {
		if name != "" && !isLabel(label) {
			return fmt.Sprintf("%q is no domain name: the part %q may hold only letters, digits, - and _, 63 at most, and no - at either end.", name, label)
		}
	}
	if len(labels) < 2 || len(name) > 253 {
		return fmt.Sprintf("%q is no fully qualified domain name: write it with its domain, such as \"pool01.contoso.com\".", name)
	}
	return ""
}

func isLabel(label string) bool {
	if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
		return false
	}
	return strings.Trim(strings.ToLower(label), "abcdefghijklmnopqrstuvwxyz0123456789-_") == ""
}

// NormFQDN is the form in which host names are compared: without case.
func NormFQDN(v cty.Value) cty.Value {
	return cty.StringVal(strings.ToLower(strings.TrimSuffix(v.AsString(), ".")))
}
