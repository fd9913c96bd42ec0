package teams

import (
	"errors"
	"fmt"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"hybrid/providers/shell"
	"hybrid/schema"
)

// mostDomains is how many domains each list holds (Set-CsTenantFederationConfiguration).
const mostDomains = 4000

// isEveryone says whether a known set of domains is the word for all of them.
func isEveryone(v cty.Value) bool {
	if v.LengthInt() != 1 {
		return false
	}
	return shell.IsText(v.AsValueSlice()[0], everyone)
}

// checkAllowed accepts the word for all domains, or what checkDomains does.
func checkAllowed(v cty.Value) error {
	if isEveryone(v) {
		return nil
	}
	return checkDomains(v)
}

// checkDomains accepts up to 4,000 plain domain names.
func checkDomains(v cty.Value) error {
	if n := v.LengthInt(); n > mostDomains {
		return fmt.Errorf("There are %d domains, and the tenant keeps %d at most: take %d out.", n, mostDomains, n-mostDomains)
	}
	for it := v.ElementIterator(); it.Next(); {
		_, domain := it.Element()
		if err := checkDomain(shell.TextOf(domain)); err != nil {
			return err
		}
	}
	return nil
}

func checkDomain(domain string) error {
	switch {
	case strings.Contains(domain, "*"):
		return fmt.Errorf("%q holds a wildcard, which the tenant does not take: write every domain, and for the subdomains of blocked ones block_all_subdomains = true.", domain)
	case strings.EqualFold(domain, everyone):
		return fmt.Errorf("%q stands alone, in the place of the list: take the domains out, or take it out.", domain)
	}
	if problem := shell.FQDNProblem(domain); problem != "" {
		return errors.New(problem)
	}
	return nil
}

// normDomains is the form in which lists are compared: without case and order.
func normDomains(v cty.Value) cty.Value {
	var domains []string
	for it := v.ElementIterator(); it.Next(); {
		_, domain := it.Element()
		domains = append(domains, strings.ToLower(shell.TextOf(domain)))
	}
	return schema.TextSet(domains)
}

func unknownDomains() cty.Value { return cty.UnknownVal(cty.Set(cty.String)) }

// readAllowed reads AllowedDomains, of which two states look alike to careless eyes: all domains is an object without
// the member AllowedDomain, nobody is one whose member is empty. So the member decides, never the number of domains.
func readAllowed(property any) cty.Value {
	switch p := property.(type) {
	case map[string]any:
		member, there := memberOf(p, "AllowedDomain")
		if _, bare := memberOf(p, "Domain"); !there && !bare {
			return schema.TextSet([]string{everyone})
		}
		switch {
		case !there:
			member = p
		case member == nil: // neither a list nor none
			return unknownDomains()
		}
		return readDomains(member)
	case []any:
		return readDomains(p)
	case string: // what remains of an object below the depth to which it is written
		switch {
		case strings.HasSuffix(p, "AllowAllKnownDomains"):
			return schema.TextSet([]string{everyone})
		case strings.HasPrefix(p, "Domain="):
			return readDomains(p)
		}
	}
	return unknownDomains()
}

// readDomains reads a list of domain patterns: objects with a Domain, or their texts; nothing is a list of none. Anything
// else is not known.
func readDomains(property any) cty.Value {
	if property == nil {
		return schema.TextSet(nil)
	}
	var domains []string
	items, list := property.([]any)
	if !list {
		items = []any{property}
	}
	for _, item := range items {
		names, ok := domainsIn(item)
		if !ok {
			return unknownDomains()
		}
		domains = append(domains, names...)
	}
	return schema.TextSet(domains)
}

func domainsIn(item any) ([]string, bool) {
	switch v := item.(type) {
	case map[string]any:
		domain, _ := memberOf(v, "Domain")
		text, ok := domain.(string)
		return []string{text}, ok && text != ""
	case string:
		var names []string
		for part := range strings.SplitSeq(v, ",") {
			name := strings.TrimPrefix(strings.TrimSpace(part), "Domain=")
			if name == "" || strings.ContainsAny(name, "=@{} ") {
				return nil, false
			}
			names = append(names, name)
		}
		return names, true
	}
	return nil, false
}

// memberOf finds a member of an object in any case.
func memberOf(object map[string]any, name string) (any, bool) {
	for own, value := range object {
		if strings.EqualFold(own, name) {
			return value, true
		}
	}
	return nil, false
}
