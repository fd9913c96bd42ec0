package render

import (
	"regexp"
	"strings"

	"github.com/mattn/go-runewidth"
)

// escape is a sequence that colours, and takes no column.
var escape = regexp.MustCompile("\x1b\\[[0-9;]*m")

// fold breaks the lines of a text between words where the terminal ends, and sets what follows in by two. Fewer than 20 columns
// are no terminal to fold for.
func fold(text string, columns int) string {
	if columns < 20 {
		return text
	}
	lines := strings.Split(text, "\n")
	for n, line := range lines {
		lines[n] = foldLine(line, columns)
	}
	return strings.Join(lines, "\n")
}

// Fold breaks the lines of a text between words so that none has more columns than a terminal, and sets what follows in by two.
// Fewer than 20 columns, such as the 0 of what is no terminal, leave the text as it is.
func Fold(text string, columns int) string { return fold(text, columns) }

// command is one of hybrid's with its first options, which is copied, and so stays on one line.
var command = regexp.MustCompile(`\bhybrid(?: [a-z]+)+(?: --[a-z-]+)+`)

// glue stands for a blank at which a line does not end.
const glue = "\uE000"

// glued keeps commands together while a line is folded, and unglued gives them their blanks back.
func glued(line string) string {
	return command.ReplaceAllStringFunc(line, func(words string) string { return strings.ReplaceAll(words, " ", glue) })
}

func unglued(text string) string { return strings.ReplaceAll(text, glue, " ") }

func foldLine(line string, columns int) string {
	line = glued(line)
	var b strings.Builder
	used := 0
	folded := false
	for word := range strings.SplitAfterSeq(line, " ") {
		seen := escape.ReplaceAllString(word, "")
		if word == " " && (used >= columns || folded && used == 2) {
			continue // the second of two spaces at which a line has ended
		}
		if used > 2 && used+runewidth.StringWidth(strings.TrimRight(seen, " ")) > columns {
			b.WriteString("\n  ")
			used, folded = 2, true
		}
		b.WriteString(word)
		used += runewidth.StringWidth(seen)
	}
	return unglued(strings.ReplaceAll(b.String(), " \n", "\n"))
}
