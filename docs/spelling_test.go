package docs_test

import (
	"maps"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// TestSpelling holds the prose of the pages, of the kinds and of all that the program says to a dictionary of British English and to
// the words of words.txt. With -update those are written anew: read what has been added.
func TestSpelling(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("hunspell"); err != nil {
		t.Skip("NOT TESTED: there is no hunspell on PATH, so spelling is not checked (apt-get install hunspell hunspell-en-gb)")
	}
	if spelled, err := misspelled("colour colr"); err != nil {
		t.Skipf("NOT TESTED: hunspell has no dictionary of British English, so spelling is not checked (apt-get install hunspell-en-gb): %v", err)
	} else if !slices.Equal(spelled, []string{"colr"}) {
		t.Fatalf("hunspell finds %q", spelled)
	}
	sources := map[string]string{"kinds and providers": reference(t), "the program's texts": strings.Join(sentences(printedTexts(t)), "\n")}
	for page, text := range pages(t) {
		sources[page] = text
	}
	where := map[string]string{} // words that are in no dictionary, and one place where they are
	for source, text := range sources {
		words, err := misspelled(prose(text))
		if err != nil {
			t.Fatal(err)
		}
		for _, word := range words {
			where[word] = source
		}
	}
	if *update {
		if err := os.WriteFile("words.txt", []byte(strings.Join(slices.Sorted(maps.Keys(where)), "\n")+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	own := strings.Fields(read(t, "words.txt"))
	for word, source := range where {
		if !slices.Contains(own, word) {
			t.Errorf("%s: %q is in no dictionary. Correct it, put it in backticks where it is code, or into words.txt where it is a word", source, word)
		}
	}
	for _, word := range own {
		if where[word] == "" {
			t.Errorf("words.txt has %q, which nothing needs: take it out", word)
		}
	}
}

// misspelled are the words of a text that hunspell does not know, in order, each once. What is plainly a name is left out: with a digit, or
// a capital behind the first letter.
func misspelled(text string) ([]string, error) {
	c := exec.Command("hunspell", "-d", "en_GB", "-i", "utf-8", "-l")
	c.Stdin = strings.NewReader(text)
	out, err := c.Output()
	if err != nil {
		return nil, err
	}
	var words []string
	for word := range strings.Lines(string(out)) {
		word = strings.TrimSpace(word)
		if !strings.ContainsFunc(word[1:], unicode.IsUpper) && !strings.ContainsFunc(word, unicode.IsDigit) && len(word) > 1 {
			words = append(words, word)
		}
	}
	slices.Sort(words)
	return slices.Compact(words), nil
}

// reference is what the program says of every kind and provider.
func reference(t *testing.T) string {
	t.Helper()
	out, err := exec.Command(hybrid, "schema").Output()
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	for _, m := range regexp.MustCompile(`"description": "((?:[^"\\]|\\.)*)"`).FindAllStringSubmatch(string(out), -1) {
		text.WriteString(strings.NewReplacer(`\n`, "\n", `\"`, `"`, `\\`, `\`).Replace(m[1]) + "\n")
	}
	if text.Len() < 20_000 {
		t.Fatalf("the schema describes in %d bytes", text.Len())
	}
	return text.String()
}

// sentences are the texts that somebody reads as language: four words or more.
func sentences(texts []string) []string {
	word := regexp.MustCompile(`(?:^|[ (])[a-zA-Z]+[,.:;)]?(?:$| )`)
	return slices.DeleteFunc(slices.Clone(texts), func(text string) bool {
		return len(word.FindAllString(text, -1)) < 4 || strings.ContainsAny(text, "{}<>=$")
	})
}

var (
	codeForm    = regexp.MustCompile("(?s)<!--.*?-->|`[^`\n]*`|\\]\\([^)]*\\)|<[a-z/][^>]*>")
	indentForm  = regexp.MustCompile(`(?m)^    .*$`)
	addressForm = regexp.MustCompile(`\S*(?:[/\\@_=]|\w\.\w|--?\w+=|…)\S*|(?:^|[\s(])--?[a-zA-Z]\S*|"[^"\n]*"|'[^'\s]*'|\b[A-Z][a-z]+-[A-Z]\w+`)
)

// prose is a page without its code, links, names and addresses.
func prose(text string) string {
	for _, form := range []*regexp.Regexp{fenceForm, codeForm, indentForm, addressForm} {
		text = form.ReplaceAllString(text, " ")
	}
	return strings.ReplaceAll(text, "'s", "") // hunspell knows some words without it only
}
