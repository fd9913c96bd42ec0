package event

import (
	"regexp"
	"strings"
	"unicode"
)

// left stands where a cause leaves something out.
const left = "…"

// particulars are what differs between failures of one cause, in the order in which they are taken out.
var particulars = []*regexp.Regexp{
	regexp.MustCompile(`(?i)\{?\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b\}?`),  // GUIDs
	regexp.MustCompile(`(?i)\b(?:sips?|tel|smtp|mailto):[^\s"'<>,;()\[\]”’»]*[^\s"'<>,;()\[\]”’».:]`), // addresses with a scheme
	regexp.MustCompile(`[\pL\pN._%+'-]+@[\pL\pN-]+(?:\.[\pL\pN-]+)+`),                                 // addresses without
	regexp.MustCompile(`(?i)\b(?:CN|OU|DC)=[^,"()]+?(?:,\s*(?:CN|OU|DC)=[^,"'()\s;]*[^,"'()\s;.:])+`), // distinguished names
	regexp.MustCompile(`[\pL\pN.-]+\\[\pL\pN._$-]*[\pL\pN_$-]`),                                       // accounts of a domain
	regexp.MustCompile(`\b(?:[A-Za-z0-9_-]+\.)+[a-z]{2,24}\b(?::\d+)?`),                               // names of hosts
}

var (
	doubleQuoted = regexp.MustCompile(`"([^"\n]*)"|“([^”\n]*)”|„([^“”\n]*)[“”]|«([^»\n]*)»`)
	singleQuoted = regexp.MustCompile(`(^|[\s(\[=:,])['‘]([^'’\n]*)['’]`)
	values       = regexp.MustCompile(`\b([a-z_]{2,}) is (?:[^,;:]|:[^\s,;])+, not [^,;.]+`) // what reading back shows; a colon and a blank begin another clause
	numbers      = regexp.MustCompile(`(?i)((?:error|code|fault|http|status|event|errno|exception|diagnostics)\b[\s:=(#]*)?\+?\b\d+(?:[-.,:/T]\d+)*(?:Z|ms|min|s|h|%)?\b`)
	several      = regexp.MustCompile(left + `(?:\s?` + left + `)+`)
	parameter    = regexp.MustCompile(`^-?[A-Z][a-z]+[A-Z][A-Za-z]+$`) // EnableUserReplicator, not Lovelace
)

// mostOfCause is how long a cause may be, in characters; what is longer is cut.
const mostOfCause = 400

// CauseOf takes out of a failure's message what is of one object, one user or one moment only: names, addresses, hosts and
// numbers. What is left is the same text for failures of the same cause. Numbers that say what is wrong stay: codes of
// errors, faults and HTTP, and those of WS-Management (2150859174).
func CauseOf(message string) string {
	text := strings.Join(strings.FieldsFunc(message, func(c rune) bool { return unicode.IsSpace(c) || unicode.IsControl(c) }), " ")
	for _, p := range particulars {
		text = p.ReplaceAllString(text, left)
	}
	text = doubleQuoted.ReplaceAllStringFunc(text, func(quoted string) string { return unnamed(quoted) })
	text = singleQuoted.ReplaceAllStringFunc(text, unnamed)
	text = values.ReplaceAllString(text, "$1 is "+left+", not "+left)
	text = numbers.ReplaceAllStringFunc(text, uncounted)
	return cut(several.ReplaceAllString(text, left), mostOfCause)
}

// unnamed takes out what is quoted, unless it is the name of a parameter or a setting.
func unnamed(quoted string) string {
	begins := strings.IndexAny(quoted, `"“„«'‘`)
	open := []rune(quoted[begins:])
	inside := string(open[1 : len(open)-1])
	if parameter.MatchString(inside) {
		return quoted
	}
	return quoted[:begins] + string(open[0]) + left + string(open[len(open)-1])
}

// uncounted takes out a number, unless it is a code.
func uncounted(number string) string {
	first := number[0] | 0x20
	code := first >= 'a' && first <= 'z'
	if code || strings.HasPrefix(number, "214") && len(number) == 10 || strings.HasPrefix(number, "215") && len(number) == 10 {
		return number
	}
	return left
}

// cut shortens a text to so many characters.
func cut(text string, most int) string {
	if runes := []rune(text); len(runes) > most {
		return strings.TrimRight(string(runes[:most-1]), " ") + left
	}
	return text
}

// codes are what a cause is told by where there is little room.
var codes = regexp.MustCompile(`Error=\(\d+\)|AADSTS\d+|\b0x[0-9A-Fa-f]{8}\b|\b21[45]\d{7}\b|(?i:\berror \d+|\bHTTP \d{3})`)

// Short is a cause in a few words, of at most so many characters: its code where it has one.
func Short(cause string, most int) string {
	if code := codes.FindString(cause); code != "" {
		return cut(strings.NewReplacer("=(", " ", ")", "").Replace(code), most)
	}
	if cmdlet, rest, found := strings.Cut(cause, ": "); found && !strings.Contains(cmdlet, " ") {
		cause = rest
	}
	return cutAtWord(cause, most)
}

// cutAtWord shortens a text to so many characters, and leaves no part of a word where the words before are most of it.
func cutAtWord(text string, most int) string {
	runes := []rune(text)
	if len(runes) <= most {
		return text
	}
	kept := string(runes[:most-1])
	if space := strings.LastIndex(kept, " "); space > len(kept)/2 && runes[most-1] != ' ' {
		kept = kept[:space]
	}
	return strings.TrimRight(kept, " ,;:(") + left
}
