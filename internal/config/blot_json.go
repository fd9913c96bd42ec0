package config

import (
	"bytes"
	"regexp"
	"strings"
)

// blottedJSON is the text of a file of JSON without what its sensitive arguments are set to, however that is spelled: a name is enough,
// wherever it stands, and the file may be broken.
func (l *loader) blottedJSON(src []byte) []byte {
	src = bytes.Clone(src)
	names := l.sensitiveNames()
	if bytes.Contains(src, []byte(`"sensitive"`)) { // of some variable
		names = append(names, "default")
	}
	argument := regexp.MustCompile(`"(?:` + strings.Join(names, "|") + `)"\s*:\s*("(?:[^"\\\n]|\\.)*"?|\[[^\]]*|[^\s"{\[][^,}\]\n]*)`)
	for _, at := range argument.FindAllSubmatchIndex(src, -1) {
		value := src[at[2]:at[3]]
		if fromOutside.Match(value) {
			continue
		}
		blot(bytes.Trim(value, `"`))
	}
	return src
}

// fromOutside is an argument in JSON that holds no secret itself: it says where one is, or which value has it.
var fromOutside = regexp.MustCompile(`^"\$\{(?:(?:env|secret_file|keyring)\(\\"[^"\\]*\\"\)|[\w.-]+)\}"$`)
