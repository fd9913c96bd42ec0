package render

import (
	"encoding/base64"
	"encoding/json"
	"html"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf16"
)

// spellings are the ways in which programs write a text: as it is, between quotes of JSON, Go and PowerShell, in HTML and XML,
// in a URL, in base64, and each of these once more between quotes of JSON, as a log has them. Of a text of several lines, such
// as a private key, each line that says something is one as well: programs quote the line they stumble on.
func spellings(text string) []string {
	var all []string
	for _, part := range append([]string{text}, telling(text)...) {
		for _, spelled := range spelled(part) {
			all = append(all, spelled, inner(json.Marshal(spelled)), relaxed(spelled))
		}
	}
	return all
}

// telling are the lines of a text of several lines, without what every such text has: blank ones, and the armour of PEM.
func telling(text string) []string {
	lines := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	if len(lines) == 1 {
		return nil
	}
	var kept []string
	for _, line := range lines {
		if line = strings.TrimSpace(line); len(line) >= 16 && !strings.HasPrefix(line, "-----") {
			kept = append(kept, line)
		}
	}
	return kept
}

func spelled(text string) []string {
	quoted := strconv.Quote(text)
	plain, wide := []byte(text), utf16LE(text)
	return []string{
		text,
		inner(json.Marshal(text)), relaxed(text), strings.ReplaceAll(inner(json.Marshal(text)), "'", `\u0027`), // as Windows PowerShell writes JSON
		quoted[1 : len(quoted)-1],
		strings.ReplaceAll(text, "'", "''"), strings.ReplaceAll(text, `"`, `""`), strings.NewReplacer("`", "``", `"`, "`\"", "$", "`$").Replace(text),
		html.EscapeString(text), named.Replace(text), brackets.Replace(text),
		url.QueryEscape(text), url.PathEscape(text), uriData(text),
		base64.StdEncoding.EncodeToString(plain), base64.RawStdEncoding.EncodeToString(plain), base64.URLEncoding.EncodeToString(plain), base64.RawURLEncoding.EncodeToString(plain),
		base64.StdEncoding.EncodeToString(wide), base64.RawStdEncoding.EncodeToString(wide),
	}
}

var (
	named    = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&apos;")
	brackets = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
)

// inner is JSON of a text without its quotes; texts always encode.
func inner(quoted []byte, _ error) string { return string(quoted[1 : len(quoted)-1]) }

// relaxed is JSON that leaves alone what only HTML minds.
func relaxed(text string) string {
	return strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&").Replace(inner(json.Marshal(text)))
}

// uriData is a text as [System.Uri]::EscapeDataString and encodeURIComponent have it: all but letters, digits and -_.~ .
func uriData(text string) string {
	return strings.ReplaceAll(url.QueryEscape(text), "+", "%20")
}

func utf16LE(text string) []byte {
	var octets []byte
	for _, unit := range utf16.Encode([]rune(text)) {
		octets = append(octets, byte(unit), byte(unit>>8))
	}
	return octets
}
