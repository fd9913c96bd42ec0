package manpage

import "strings"

// prose is a text as --help prints it: paragraphs that an empty line parts, of which those are literal whose lines are indented.
func prose(text string) string {
	var b strings.Builder
	for n, paragraph := range paragraphs(text) {
		if n > 0 {
			b.WriteString(".PP\n")
		}
		if strings.TrimLeft(paragraph, " \t") != paragraph {
			b.WriteString(literal(paragraph))
			continue
		}
		b.WriteString(filled(paragraph))
	}
	return b.String()
}

// filled is a paragraph whose lines run on, up to where literal ones begin within it: a heading right above an example.
func filled(paragraph string) string {
	lines := strings.Split(paragraph, "\n")
	for n, line := range lines {
		if strings.TrimLeft(line, " \t") != line {
			return escaped(strings.Join(lines[:n], "\n")) + "\n" + literal(strings.Join(lines[n:], "\n"))
		}
	}
	return escaped(paragraph) + "\n"
}

func paragraphs(text string) []string {
	var all []string
	for _, p := range strings.Split(text, "\n\n") {
		if p = strings.Trim(p, "\n"); strings.TrimSpace(p) != "" {
			all = append(all, strings.TrimRight(p, " \t"))
		}
	}
	return all
}

// literal is a text whose lines stay as they are, without the indentation that they share with the first; "" of nothing.
func literal(text string) string {
	text = strings.Trim(text, "\n")
	if strings.TrimSpace(text) == "" {
		return ""
	}
	margin := text[:len(text)-len(strings.TrimLeft(text, " \t"))]
	lines := strings.Split(text, "\n")
	for n, line := range lines {
		lines[n] = escaped(strings.ReplaceAll(strings.TrimRight(strings.TrimPrefix(line, margin), " \t"), "\t", "    "))
	}
	return ".RS 4\n.EX\n" + strings.Join(lines, "\n") + "\n.EE\n.RE\n"
}

// escaping is what groff_char(7) says of the characters that would otherwise be set as another: a dash of a flag as a hyphen, quotes
// and carets as their typographic cousins.
var escaping = strings.NewReplacer(`\`, `\e`, `-`, `\-`, `'`, `\(aq`, "`", `\(ga`, `^`, `\(ha`, `~`, `\(ti`)

// escaped is a text that shows as it is. A line that begins like a request of roff's does not become one.
func escaped(text string) string {
	lines := strings.Split(escaping.Replace(text), "\n")
	for n, line := range lines {
		if strings.HasPrefix(line, ".") {
			lines[n] = `\&` + line
		}
	}
	return strings.Join(lines, "\n")
}

// quoted is an argument of a macro.
func quoted(text string) string { return `"` + strings.ReplaceAll(escaped(text), `"`, `\(dq`) + `"` }
