package catalogue

import (
	"cmp"
	"slices"
	"strings"
)

// A Rank says what an entry was told by: the lower, the surer.
type Rank int

// By a code, by a piece of a message, by the words of people.
const (
	ByCode Rank = iota
	ByText
	BySymptom
)

// A Finding is an entry that explains some of a text.
type Finding struct {
	Entry
	Rank  Rank
	Told  string // what it was told by: "migration 510", a piece of text
	Line  int    // of the text, from 1, where it stands first
	Count int    // how often it stands there
}

// An Explanation is what is known of a text.
type Explanation struct {
	Findings []Finding // the surest first, then in the order of the text
	Unknown  []Line    // what reads like a refusal and is in no finding
}

// A Line is one of the text that was to be explained.
type Line struct {
	Number int    `json:"line"` // from 1
	Text   string `json:"text"`
}

// Explain says what is known of a text: an error, a page of them, a log. It takes time in proportion to the text.
func Explain(text string) Explanation {
	x := explain(Refusal{Text: text})
	x.remedies(flatten(text, false))
	if len(x.found) == 0 {
		x.alone(text)
	}
	if len(x.found) == 0 && strings.Count(strings.TrimSpace(text), "\n") < short {
		x.symptoms(flatten(text, false))
	}
	return Explanation{Findings: x.findings(), Unknown: x.unknown(text)}
}

// explain tells a refusal by codes and texts.
func explain(r Refusal) *explainer {
	kind, _, _ := strings.Cut(r.Kind, ",")
	text := r.Text + "\n" + kind
	x := &explainer{known: built(), from: r, found: map[int]*Finding{}, lines: map[int]bool{}, places: map[[2]int]bool{}}
	words, joined := flatten(text, true), flatten(text, false)
	x.codes(joined, marked)
	x.codes(words, bare)
	x.texts(joined)
	return x
}

// explainer gathers what is found.
type explainer struct {
	known
	from  Refusal          // whose words they are, as far as that is known
	found map[int]*Finding // by the entry's number
	lines map[int]bool     // that something was found on

	places map[[2]int]bool // entries and the lines that they were found on
}

func (x *explainer) add(n int, rank Rank, told string, line int) {
	if x.found[n] == nil {
		x.found[n] = &Finding{Entry: x.entries[n], Rank: rank, Told: told, Line: line}
	}
	f := x.found[n]
	place := [2]int{n, line}
	if f.Rank != rank || x.places[place] { // a text beside its own code, or another piece of the same message
		return
	}
	f.Line = min(f.Line, line)
	f.Count++
	x.lines[line], x.places[place] = true, true
}

func (x *explainer) codes(f flat, schemes []scheme) {
	for _, c := range codes(f, schemes) {
		if n, ok := x.entry(c, f); ok {
			x.add(n, ByCode, c.name, f.line(c.at))
		}
	}
}

func (x *explainer) texts(f flat) {
	for n, e := range x.entries {
		for _, pattern := range e.Texts {
			for _, at := range f.find(pattern) {
				x.add(n, x.rank(e), pattern, f.line(at))
			}
		}
	}
}

// remedies finds what hybrid has said itself beside a refusal: apply knows more of one than its text, and a translated text may
// hold nothing else.
func (x *explainer) remedies(f flat) {
	for n, e := range x.entries {
		if x.found[n] != nil {
			continue
		}
		for _, at := range f.find(e.Remedy) {
			x.add(n, ByText, e.Remedy, f.line(at))
		}
	}
}

// rank is how sure a piece of text is: one that only some cmdlet says is no more than a hint where it is not known who spoke.
func (x *explainer) rank(e Entry) Rank {
	if e.says(x.from) {
		return ByText
	}
	return BySymptom
}

func (x *explainer) symptoms(f flat) {
	for n, e := range x.entries {
		for _, words := range e.Symptoms {
			for _, at := range f.find(words) {
				x.add(n, BySymptom, words, f.line(at))
			}
		}
	}
}

// alone finds whatever has a code that is all that somebody wrote: "510", "event 14428" and "0x80090322" say no more.
func (x *explainer) alone(text string) {
	value := strings.ToLower(strings.Trim(strings.TrimSpace(text), "()"))
	for n, e := range x.entries {
		for _, code := range e.Codes {
			if _, bare, _ := strings.Cut(strings.ToLower(code), " "); bare == value && bare != "*" {
				x.add(n, BySymptom, code, 1)
			}
		}
	}
}

func (x *explainer) findings() []Finding {
	var all []Finding
	for _, f := range x.found {
		all = append(all, *f)
	}
	slices.SortFunc(all, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Rank, b.Rank), cmp.Compare(a.Line, b.Line), cmp.Compare(a.ID, b.ID))
	})
	return all
}

// beside is how many lines after a finding, and before it, still belong to it: a refusal takes some to say where it stood.
const beside = 6

// short is how many lines a text may have to be one refusal, or what somebody says, rather than a log.
const short = 12

// unknown lists what nothing is known of: of a short text in which nothing was found every line, of a log the lines that read
// like a refusal.
func (x *explainer) unknown(text string) []Line {
	lines := strings.Split(text, "\n")
	if len(lines) <= short && len(x.found) > 0 {
		return nil
	}
	var all []Line
	last := -beside - 1
	for n, line := range lines {
		if x.lines[n+1] {
			last = n
		}
		line = strings.TrimSpace(line)
		if line == "" || n-last <= beside || x.soon(n+1) || len(lines) > short && !refusal(line) {
			continue
		}
		all = append(all, Line{n + 1, line})
	}
	return all
}

// soon says whether something was found just below a line: the message before its code.
func (x *explainer) soon(line int) bool {
	for n := line + 1; n <= line+2; n++ {
		if x.lines[n] {
			return true
		}
	}
	return false
}

// refusal says whether a line of a log reads like one, in the languages of Western servers or by what is never translated.
func refusal(line string) bool {
	line = strings.ToLower(line)
	for _, word := range []string{"error", "fail", "fault", "exception", "denied", "refused", "fehler", "erreur", "errore", "fallo", "0x8", "ms-diagnostics"} {
		if strings.Contains(line, word) {
			return true
		}
	}
	return false
}

// A Refusal is a cmdlet's own.
type Refusal struct {
	Cmdlet string // "Move-CsUser"
	Module string // "MicrosoftTeams"
	Kind   string // PowerShell's FullyQualifiedErrorId: "NamedParameterNotFound,New-CsHostingProvider"
	Text   string
}

// Of finds the entry that explains a refusal best; false where nothing is known.
func Of(r Refusal) (Entry, bool) {
	for _, f := range explain(r).findings() {
		if f.Rank != BySymptom && f.says(r) {
			return f.Entry, true
		}
	}
	return Entry{}, false
}

// says tells whether a refusal comes from where an entry says that it does.
func (e Entry) says(r Refusal) bool {
	return (e.Cmdlet == "" || e.Cmdlet == r.Cmdlet) && (e.Module == "" || e.Module == r.Module)
}
