package powershell

import (
	"encoding/xml"
	"regexp"
	"strconv"
	"strings"
)

// readable makes of standard error what a person would have seen. Windows PowerShell writes it as CLIXML where it is
// piped (MS-PSRP 2.2.5): strings of the streams in one XML document.
func readable(text string) string {
	at := strings.Index(text, "<Objs ")
	if at < 0 {
		return strings.TrimSpace(text)
	}
	var document struct {
		Strings []struct {
			Stream string `xml:"S,attr"`
			Text   string `xml:",chardata"`
		} `xml:"S"`
	}
	if xml.Unmarshal([]byte(text[at:]), &document) != nil {
		return strings.TrimSpace(text)
	}
	var b strings.Builder
	for _, s := range document.Strings {
		if s.Stream != "progress" {
			b.WriteString(unescape(s.Text))
		}
	}
	return strings.TrimSpace(b.String())
}

// escaped is a UTF-16 unit that CLIXML writes as _x000A_.
var escaped = regexp.MustCompile(`_x[0-9A-Fa-f]{4}_`)

func unescape(text string) string {
	text = escaped.ReplaceAllStringFunc(text, func(match string) string {
		unit, _ := strconv.ParseUint(match[2:6], 16, 16)
		return string(rune(unit))
	})
	return strings.ReplaceAll(text, "\r\n", "\n")
}
