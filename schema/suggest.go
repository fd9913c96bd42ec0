package schema

import (
	"fmt"
	"slices"
	"strings"

	"github.com/agext/levenshtein"
)

// Nearest finds the name that somebody probably meant: the same without case, one a few letters away, or else the only
// one that begins so. It is "" where no name is near. Of equally near names the first is taken.
func Nearest(given string, names []string) string {
	best, least := "", 1+max(1, min(3, len(given)/3))
	var longer []string
	for _, name := range names {
		if strings.EqualFold(name, given) {
			return name
		}
		if d := distance(strings.ToLower(given), strings.ToLower(name)); d < least {
			best, least = name, d
		}
		if len(given) > 2 && strings.HasPrefix(name, given) && !slices.Contains(longer, name) {
			longer = append(longer, name)
		}
	}
	if best == "" && len(longer) == 1 {
		return longer[0]
	}
	return best
}

// distance counts the letters that differ; two that are swapped count once, since that is one slip.
func distance(a, b string) int {
	if len(a) == len(b) {
		for i := range len(a) - 1 {
			if a[i] != b[i] {
				if a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:] {
					return 1
				}
				break
			}
		}
	}
	return levenshtein.Distance(a, b, nil)
}

// DidYouMean is Nearest as a sentence that follows another, with its leading space; "" where nothing is near.
func DidYouMean(given string, names []string) string {
	if near := Nearest(given, names); near != "" {
		return fmt.Sprintf(" Did you mean %q?", near)
	}
	return ""
}

// List writes names as an enumeration: a, b and c.
func List(names []string, and string) string {
	switch n := len(names); n {
	case 0:
		return "none"
	case 1:
		return names[0]
	default:
		return strings.Join(names[:n-1], ", ") + " " + and + " " + names[n-1]
	}
}

// Quoted gives each name in double quotes.
func Quoted(names []string) []string {
	quoted := make([]string, len(names))
	for n, name := range names {
		quoted[n] = fmt.Sprintf("%q", name)
	}
	return quoted
}
