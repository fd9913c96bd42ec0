package config

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// commented has a comment wherever one can stand.
const commented = `# first line
/* a block
   of several lines */
hybrid { # behind a brace
  # alone in a block
  journal="journal" // behind a value
  // before a nested block
  guard { max_moves = 5 } # behind a nested block
  # last in a block
} // behind the closing brace

locals {
a = [ # behind a bracket
  1, # behind an element
  # between elements
  2 /* within */ , 3, // before the end
]
  b = { # behind an object
    x = 1 # behind a member
    /* between */
    long_name = (1 + # within an expression
      2)
  }
  text = <<-EOT
    # no comment, but text
    // ${ /* within a template */ 1 }
  EOT
  quoted = "# no comment either // ${"nor ${1} # here"}"
  f = max(1, # behind an argument
    2)
}


# last line, without a line break`

func TestFormattingKeepsComments(t *testing.T) {
	t.Parallel()
	sameMeaning(t, []byte(commented))
	formatted, diags := Format([]byte(commented), "x.hcl")
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	for _, comment := range []string{
		"# first line\n", "/* a block\n   of several lines */\n", "hybrid { # behind a brace\n", "  journal = \"journal\" // behind a value\n",
		"  2 /* within */, 3, // before the end\n", "    x = 1 # behind a member\n", "    // ${/* within a template */ 1}\n", "# last line, without a line break\n",
	} {
		if !strings.Contains(string(formatted), comment) {
			t.Errorf("%q is not in\n%s", comment, formatted)
		}
	}
}

// Every configuration in this repository, broken up line by line, keeps what it means and says.
func TestFormattingTheExamples(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../../examples/*/*.hcl")
	if err != nil || len(files) < 10 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		sameMeaning(t, src)
		if formatted, _ := Format(src, file); string(formatted) != string(src) {
			t.Errorf("%s is not in canonical layout", file)
		}
		sameMeaning(t, []byte(strings.ReplaceAll(string(src), "  ", "\t"))) // spoilt
		sameMeaning(t, []byte(strings.ReplaceAll(string(src), "\n", "\r\n")))
	}
}

// FuzzFormat holds that whatever can be read keeps its meaning and its comments, and that formatting again changes nothing.
func FuzzFormat(f *testing.F) {
	f.Add([]byte(commented))
	f.Add([]byte("a=1//x\r\nb{#y\n}"))
	f.Add([]byte("x = <<E\n# a\nE\n"))
	f.Add([]byte("#000000\r"))
	f.Add([]byte("#000000\t"))
	f.Add([]byte("a = 1\r\r\n"))
	f.Fuzz(func(t *testing.T, src []byte) { sameMeaning(t, src) })
}

func sameMeaning(t *testing.T, src []byte) {
	t.Helper()
	formatted, diags := Format(src, "x.hcl")
	if diags.HasErrors() {
		if string(formatted) != string(src) {
			t.Fatalf("a file that cannot be read was changed: %q to %q", src, formatted)
		}
		return
	}
	if again, _ := Format(formatted, "x.hcl"); string(again) != string(formatted) {
		t.Fatalf("formatted again it is another:\n%q\n%q\n%q", src, formatted, again)
	}
	before, after := said(t, src), said(t, formatted)
	if !slices.Equal(before, after) {
		t.Fatalf("it says something else:\n%q\n%q", before, after)
	}
}

// said is what a file says, comments among it: its tokens without the line breaks that mean nothing, without indentation and without blanks at
// the ends of comments.
func said(t *testing.T, src []byte) []string {
	t.Helper()
	plain := regexp.MustCompile("\r+\n").ReplaceAllString(strings.TrimPrefix(string(src), string(utf8BOM)), "\n")
	tokens, diags := hclsyntax.LexConfig([]byte(plain), "x.hcl", hcl.InitialPos)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	var all []string
	for _, token := range tokens {
		text := string(token.Bytes)
		switch token.Type {
		case hclsyntax.TokenNewline, hclsyntax.TokenEOF:
			continue
		case hclsyntax.TokenComment:
			text = strings.TrimRight(text, " \t\r\n")
		}
		all = append(all, text)
	}
	return all
}
