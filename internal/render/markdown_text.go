package render

import (
	"fmt"
	"html"
	"regexp"
	"strings"
	"unicode/utf8"
)

// What others wrote reaches Markdown in three ways only: as inline code, in a fenced block, and as prose whose words are code
// where a forge would make anything of them. In none of them is it markup, a mention, a link or a reference to an issue.

// code is a text as inline code, on one line; "" for none.
func code(text string) string {
	text = oneLine(text)
	if text == "" {
		return ""
	}
	fence := strings.Repeat("`", longestRun(text)+1)
	if strings.HasPrefix(text, "`") || strings.HasSuffix(text, "`") {
		text = " " + text + " "
	}
	return fence + text + fence
}

// tagged is a text as inline code in HTML, for the line of a <summary>, in which Markdown is not read.
func tagged(text string) string { return "<code>" + html.EscapeString(oneLine(text)) + "</code>" }

// fenced is lines as a block of code; the fence is longer than any in them. Kind is what the block is painted as: "diff", "".
func fenced(kind string, lines []string) string {
	text := strings.Join(lines, "\n")
	fence := strings.Repeat("`", max(3, longestRun(text)+1))
	return fence + kind + "\n" + text + "\n" + fence + "\n"
}

// longestRun is how many backticks stand side by side at most.
func longestRun(text string) int {
	longest, run := 0, 0
	for i := range len(text) {
		if text[i] == '`' {
			run++
			longest = max(longest, run)
		} else {
			run = 0
		}
	}
	return longest
}

// mostText is how many bytes of a sentence of others are shown.
const mostText = 700

// prose is a sentence as Markdown.
func prose(text string) string {
	return wordByWord(text, code, func(word string) string { return word })
}

// taggedProse is a sentence as HTML, for the line of a <summary>.
func taggedProse(text string) string { return wordByWord(text, tagged, html.EscapeString) }

// wordByWord writes a sentence: each word as it is, or as code where somebody would read more than a word in it. What a
// sentence has around its words stays outside.
func wordByWord(text string, asCode, asIs func(string) string) string {
	words := strings.Fields(plain(text))
	for i, word := range words {
		core := strings.Trim(word, `.,;:?()"'`)
		before, after, _ := strings.Cut(word, core)
		switch {
		case i == 0 && itemised.MatchString(word):
			words[i] = asCode(word)
		case meaningful.MatchString(word):
			words[i] = asIs(before) + asCode(core) + asIs(after)
		default:
			words[i] = asIs(word)
		}
	}
	return strings.Join(words, " ")
}

// meaningful is a word that Markdown or a forge makes something of: markup, mentions, numbers of issues and merge requests,
// hashes of commits, links, tickets, symbols by name, formulas, flags of commands.
var meaningful = regexp.MustCompile("[@#$\\\\`<>|*_~\\[\\]{}&=!%^]|://|^--|^www\\.|:.*:|\\b[0-9a-fA-F]{7,40}\\b|\\b[A-Za-z]+-[0-9]+\\b")

// itemised is a first word that would begin a list, a rule or a heading.
var itemised = regexp.MustCompile(`^([-+]+|[0-9]+[.)])$`)

// clipped is a text of no more bytes than there are, cut between characters with how much is missing.
func clipped(text string, most int) string {
	if len(text) <= most {
		return text
	}
	at := max(0, most-40)
	for at > 0 && !utf8.RuneStart(text[at]) {
		at--
	}
	return fmt.Sprintf("%s … (%s more)", text[:at], quantity(utf8.RuneCountInString(text[at:]), "character"))
}

// cutLines is the lines that fit into so many bytes, each clipped to half of that, and then how many do not.
func cutLines(lines []string, most int) []string {
	var kept []string
	room := most
	for i, line := range lines {
		line = clipped(line, most/2)
		if room -= len(line) + 1; room < 0 {
			return append(kept, "… "+quantity(len(lines)-i, "line")+" more")
		}
		kept = append(kept, line)
	}
	return kept
}
