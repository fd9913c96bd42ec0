package config

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// How deeply a text may be nested. Parsers and evaluation call themselves once a level, and a stack that runs out ends the program
// without a word: what is written by people has some ten levels, what is generated some hundred.
const (
	mostNested = 500        // brackets, braces, templates and quotes that are open at once
	mostWords  = 10_000     // words and signs of one expression: those between commas, or of one line
	mostSigns  = 16_000_000 // signs of one file, each of which takes a hundred bytes in memory: those of 500,000 blocks
)

// nested refuses a text in the native syntax that is nested too deeply to be parsed. Its scanner does not call itself.
func nested(src []byte, filename string) hcl.Diagnostics {
	if signs(src) > mostSigns {
		return hcl.Diagnostics{tooDeep(hcl.Range{Filename: filename, Start: hcl.InitialPos, End: hcl.InitialPos}, fmt.Sprintf("The file has more than %d brackets, quotes and other signs.", mostSigns))}
	}
	tokens, _ := hclsyntax.LexConfig(src, filename, hcl.InitialPos)
	return nestedTokens(tokens)
}

// signs counts what becomes a token of one or two bytes, in a file that is long enough to have too many.
func signs(src []byte) (n int) {
	if len(src) < mostSigns {
		return 0
	}
	for _, c := range src {
		if c > ' ' && c < 0x7f && c != '_' && !('0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z') {
			n++
		}
	}
	return n
}

// nestedTokens counts. A frame is what stands between an opening sign and its end; its words are those since its last comma, or of a
// body since its last line break.
func nestedTokens(tokens hclsyntax.Tokens) hcl.Diagnostics {
	type frame struct {
		opens hclsyntax.TokenType
		words int
	}
	frames := []frame{{}}
	for _, t := range tokens {
		at := &frames[len(frames)-1]
		switch t.Type {
		case hclsyntax.TokenTemplateInterp: // a template's parts stand side by side
			frames = append(frames, frame{opens: t.Type})
		case hclsyntax.TokenOBrace, hclsyntax.TokenOBrack, hclsyntax.TokenOParen, hclsyntax.TokenOQuote, hclsyntax.TokenOHeredoc, hclsyntax.TokenTemplateControl:
			at.words++
			frames = append(frames, frame{opens: t.Type})
		case hclsyntax.TokenCBrace, hclsyntax.TokenCBrack, hclsyntax.TokenCParen, hclsyntax.TokenCQuote, hclsyntax.TokenCHeredoc, hclsyntax.TokenTemplateSeqEnd:
			if len(frames) > 1 {
				frames = frames[:len(frames)-1]
			}
		case hclsyntax.TokenComma:
			at.words = 0
		case hclsyntax.TokenNewline:
			if at.opens == 0 || at.opens == hclsyntax.TokenOBrace {
				at.words = 0
			}
		case hclsyntax.TokenQuotedLit, hclsyntax.TokenStringLit, hclsyntax.TokenComment:
		default:
			at.words++
		}
		if len(frames) > mostNested {
			return hcl.Diagnostics{tooDeep(t.Range, fmt.Sprintf("More than %d brackets, braces and templates are open here.", mostNested))}
		}
		if at.words > mostWords {
			return hcl.Diagnostics{tooDeep(t.Range, fmt.Sprintf("An expression of more than %d words and signs ends here.", mostWords))}
		}
	}
	return nil
}

// nestedJSON is nested for the JSON syntax, and for JSON that is read as data: it counts brackets outside of texts.
func nestedJSON(src []byte, filename string) hcl.Diagnostics {
	if depth, at := depthJSON(src); depth > mostNested {
		start := hcl.Pos{Line: 1 + bytes.Count(src[:at], []byte("\n")), Column: 1, Byte: at}
		return hcl.Diagnostics{tooDeep(hcl.Range{Filename: filename, Start: start, End: start}, fmt.Sprintf("More than %d brackets and braces are open here.", mostNested))}
	}
	if !bytes.Contains(src, []byte("${")) && !bytes.Contains(src, []byte("%{")) {
		return nil
	}
	tokens, _ := hclsyntax.LexTemplate(src, filename, hcl.InitialPos) // its texts are templates, and what is around them is none
	return nestedTokens(tokens)
}

// depthJSON is how many brackets are open at once when most are, and where; counting ends with the first that are too many.
func depthJSON(src []byte) (most, at int) {
	depth, quoted := 0, false
	for n := 0; n < len(src); n++ {
		switch c := src[n]; {
		case quoted && c == '\\':
			n++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '[' || c == '{':
			if depth++; depth > most {
				most, at = depth, n
			}
			if most > mostNested {
				return most, at
			}
		case c == ']' || c == '}':
			depth--
		}
	}
	return most, at
}

func tooDeep(at hcl.Range, what string) *hcl.Diagnostic {
	return &hcl.Diagnostic{
		Severity: hcl.DiagError, Summary: "Nested too deeply", Subject: &at,
		Detail: what + " Nobody writes that, and it is not read any further: write it in several values of a locals block, or look where the file comes from.",
	}
}

// decodingFunc is a function that makes a value of a text of JSON or YAML, for texts that are not nested too deeply.
func decodingFunc(decode function.Function) function.Function {
	return function.New(&function.Spec{
		Description: decode.Description(), Params: decode.Params(),
		Type: func(args []cty.Value) (cty.Type, error) {
			if text := args[0]; text.IsKnown() && !text.IsNull() {
				depth, _ := depthJSON([]byte(text.AsString()))
				if depth > mostNested || strings.Contains(text.AsString(), strings.Repeat("- ", mostNested)) { // YAML's lists within lists
					return cty.NilType, function.NewArgErrorf(0, "the text is nested more than %d deep", mostNested)
				}
			}
			return decode.ReturnTypeForValues(args)
		},
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) { return decode.Call(args) },
	})
}
