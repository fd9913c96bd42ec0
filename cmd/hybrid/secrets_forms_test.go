package main

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"
	"unicode/utf16"
)

// formsOf are the ways in which a core can stand in an output: as it is, in capitals, and, for whatever stands before it, in
// base64 of UTF-8 and of UTF-16.
func formsOf(core string) map[string]string {
	forms := map[string]string{"plain": core, "capitals": strings.ToUpper(core), "small": strings.ToLower(core)}
	var wide []byte
	for _, unit := range utf16.Encode([]rune(core)) {
		wide = append(wide, byte(unit), byte(unit>>8))
	}
	for name, octets := range map[string][]byte{"base64": []byte(core), "base64 of UTF-16": wide} {
		for before := range 3 {
			padded := base64.StdEncoding.EncodeToString(append(make([]byte, before), octets...))
			forms[fmt.Sprint(name, " ", before)] = padded[(before*8+5)/6 : (before+len(octets))*8/6] // only what does not depend on its neighbours
		}
	}
	return forms
}

var packed = regexp.MustCompile(`H4sI[A-Za-z0-9+/]+=*`)

// unpacked is a content, and what is packed in it.
func unpacked(content []byte) [][]byte {
	all := [][]byte{content}
	unzip := func(b []byte) {
		if r, err := gzip.NewReader(bytes.NewReader(b)); err == nil {
			if inner, _ := io.ReadAll(r); len(inner) > 0 {
				all = append(all, inner)
			}
		}
	}
	unzip(content)
	for _, text := range packed.FindAll(content, -1) {
		if b, err := base64.StdEncoding.DecodeString(string(text)); err == nil {
			unzip(b)
		}
	}
	return all
}

// TestFormsOfASecretAreFound: the search finds what it is to find.
func TestFormsOfASecretAreFound(t *testing.T) {
	t.Parallel()
	const core = "Planted100Secret"
	var wide []byte
	for _, unit := range utf16.Encode([]rune("$p = '" + core + "'")) {
		wide = append(wide, byte(unit), byte(unit>>8))
	}
	var zipped bytes.Buffer
	w := gzip.NewWriter(&zipped)
	fmt.Fprint(w, "password="+core)
	w.Close()
	for n, text := range []string{
		"x" + core + "y", base64.StdEncoding.EncodeToString([]byte("a" + core)), base64.StdEncoding.EncodeToString([]byte("ab" + core + "cd")),
		base64.StdEncoding.EncodeToString([]byte(core)), base64.StdEncoding.EncodeToString(wide), zipped.String(), strings.ToUpper(core),
		"#hybrid z " + base64.StdEncoding.EncodeToString(zipped.Bytes()),
	} {
		found := false
		for _, content := range unpacked([]byte(text)) {
			for _, form := range formsOf(core) {
				found = found || bytes.Contains(content, []byte(form))
			}
		}
		if !found {
			t.Errorf("%d is not found: %q", n, text)
		}
	}
}

// everyWay writes a text in the ways in which programs quote.
func everyWay(text string) []string {
	quoted, _ := json.Marshal(text)
	var wide []byte
	for _, unit := range utf16.Encode([]rune(text)) {
		wide = append(wide, byte(unit), byte(unit>>8))
	}
	return []string{
		text, strings.Trim(string(quoted), `"`), strings.Trim(literal(text), `"`), strings.ReplaceAll(text, "'", "''"),
		strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&#34;", "'", "&#39;").Replace(text),
		strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&apos;").Replace(text),
		base64.StdEncoding.EncodeToString([]byte(text)), base64.StdEncoding.EncodeToString(wide),
		strings.NewReplacer("%", "%25", "'", "%27", `"`, "%22", "<", "%3C", "&", "%26", ">", "%3E", `\`, "%5C", " ", "%20").Replace(text),
		strings.NewReplacer("%", "%25", "'", "%27", `"`, "%22", "<", "%3C", "&", "%26", ">", "%3E", `\`, "%5C", " ", "+").Replace(text),
	}
}
