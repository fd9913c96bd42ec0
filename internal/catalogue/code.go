package catalogue

import (
	"regexp"
	"strings"
)

// A scheme is a way in which one kind of system writes its codes, the same in every language. The expression is matched against
// lower-case text; its first group is the value.
type scheme struct {
	name string
	is   *regexp.Regexp
}

// marked are schemes whose codes can be told without white space, and so even where a console has broken them.
var marked = []scheme{
	{"migration", regexp.MustCompile(`error=\(?(\d{3})(?:\D|$)`)},
	{"entra", regexp.MustCompile(`aadsts(\d{5,7})`)},
	{"sip", regexp.MustCompile(`ms-diagnostics[:=](\d{1,5})`)},
}

// bare are schemes whose codes are words of their own.
var bare = []scheme{
	{"wsman", regexp.MustCompile(`\b(215085\d{4})\b`)},
	{"wsman", regexp.MustCompile(`\b(?:0x)?(803381[0-9a-f]{2})\b`)},
	{"windows", regexp.MustCompile(`\b(0x800[79][0-9a-f]{4})\b`)},
	{"sql", regexp.MustCompile(`(?:sql|msg|error)[^\d]{0,12}\b(9002)\b`)},
	{"powershell", regexp.MustCompile(`\b(commandnotfoundexception|namedparameternotfound)\b`)},
	{"http", regexp.MustCompile(`\b(?:http(?:/[\d.]+)?|status(?: ?code)?|error)[ :=(]{1,4}(\d{3})\b`)},
	{"http", regexp.MustCompile(`\b(\d{3})\)? (?:forbidden|authorization_requestdenied)\b`)},
	{"event", regexp.MustCompile(`\b(\d{4,5})\b`)},
}

// eventWords tell that a number nearby is that of an event: what Windows calls one in its languages, and the sources of the
// servers' own events, which are never translated.
var eventWords = regexp.MustCompile(`event|ereignis|évén|evento|gebeurtenis|händelse|hendelse|hændelse|tapahtuma|zdarzeni|událost|esemény|olay|событи|イベント|事件|이벤트|\bls (protocol|user|file|data|inbound|outbound|replica|master|remote)`)

// eventReach is how far from its number, in bytes, an event's word may stand.
const eventReach = 160

// hexadecimal is how Windows writes WS-Management's codes elsewhere (wsmerror.h).
var hexadecimal = map[string]string{"803381a5": "2150859173", "803381a6": "2150859174"}

// A code is one that stands in a text.
type code struct {
	name string // "migration 510"
	at   int
}

// codes finds the codes of some schemes in a text.
func codes(f flat, schemes []scheme) []code {
	var all []code
	for _, s := range schemes {
		for _, m := range s.is.FindAllStringSubmatchIndex(f.text, -1) {
			value := f.text[m[2]:m[3]]
			if decimal, ok := hexadecimal[value]; ok {
				value = decimal
			}
			all = append(all, code{s.name + " " + value, m[2]})
		}
	}
	return all
}

// entry is the number of the entry that a code belongs to, and whether there is one.
func (k known) entry(c code, f flat) (int, bool) {
	if strings.HasPrefix(c.name, "event") && strings.HasSuffix(strings.TrimRight(f.text[:c.at], " :="), "ms-diagnostics") {
		return 0, false
	}
	for _, n := range k.near[c.name] {
		if strings.Contains(f.near(c.at, within), strings.ToLower(k.entries[n].With)) {
			return n, true
		}
	}
	scheme, _, _ := strings.Cut(c.name, " ")
	n, ok := k.codes[c.name]
	if !ok {
		n, ok = k.codes[scheme+" *"]
	}
	// Any number might be an event's: it is one where something says so.
	return n, ok && (scheme != "event" || eventWords.MatchString(f.near(c.at, eventReach)))
}
