package render

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"pgregory.net/rapid"

	"hybrid/planner"
	"hybrid/schema"
)

var refused = []planner.Refusal{{
	Guard: "max_deletes", Range: at("main.hcl", 3),
	Text: "the plan deletes or replaces 2 objects, and max_deletes is 0. If that is meant, raise it in the guard block of hybrid {}.",
}}

func markdownOf(t *testing.T, p *planner.Plan, o Options) string {
	t.Helper()
	text := string(rendered(t, func(b *bytes.Buffer) error { return Markdown(b, p, o) }))
	if err := sound(text); err != nil {
		t.Fatalf("%v:\n%s", err, text)
	}
	return text
}

func TestMarkdown(t *testing.T) {
	t.Parallel()
	o := Options{Header: "contoso (skype fe01.contoso.com)", Digest: "0123456789abcdef", RoundTrips: 7, Estimate: timedEstimate(), Steps: issued, Refusals: refused, Elapsed: time.Second}
	got := markdownOf(t, estate(), o)
	golden(t, "estate.md", []byte(got))
	o.Elapsed, o.Origin = time.Minute, ""
	if again := markdownOf(t, estate(), o); again != got {
		t.Error("how long reading took makes a difference")
	}
}

func TestMarkdownOfNothing(t *testing.T) {
	t.Parallel()
	for want, p := range map[string]*planner.Plan{
		"**Nothing was looked at.** The plan has no block: the configuration declares nothing, or `--target` and `--exclude` leave nothing of it.": {},
		"**The plan is incomplete:** something stood in the way of planning.":                                                                      {Incomplete: true},
		"**No changes** can be planned. 1 user was looked at.":                                                                                     {Changes: []planner.Change{moves(1, 0, planner.Blocked{Row: 0, Reason: "no home known"})}},
	} {
		if got := markdownOf(t, p, Options{}); !strings.Contains(got, want) {
			t.Errorf("%q is not in\n%s", want, got)
		}
	}
}

// A plan of many moves is one block: what matters of it stands, and there is room to spare.
func TestMarkdownOfManyMoves(t *testing.T) {
	t.Parallel()
	var blocked []planner.Blocked
	for row := range 400 {
		blocked = append(blocked, planner.Blocked{Row: int32(row), Reason: fmt.Sprintf("reason %d of @contoso/admins", row%2)})
	}
	plan := &planner.Plan{Changes: []planner.Change{moves(50_400, 0, blocked...)}}
	o := Options{Digest: "0123456789abcdef", Steps: issued, Refusals: []planner.Refusal{{Guard: "max_moves", Text: "the plan moves 50000 users, and max_moves is 500."}}}
	got := markdownOf(t, plan, o)
	for _, want := range []string{
		"50,000 users to move", "| **users blocked** | 400 |", "**`max_moves`**: the plan moves 50000 users", "`0123456789abcdef`",
		"200 users are blocked**: reason 0 of `@contoso/admins`", "… 49,995 more", "… 195 more", "and likewise for 49,999 other users", "move-It -Identity 'user400@contoso.com'",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in\n%s", want, got)
		}
	}
	if len(got) > 8_000 {
		t.Errorf("%d bytes", len(got))
	}
	o.Users = true
	if got := markdownOf(t, plan, o); len(got) < 15_000 || !strings.Contains(got, "sip:user500@contoso.com") {
		t.Errorf("with every user: %d bytes", len(got))
	}
}

// mixed is a plan of n objects: of ten, one is deleted, three are changed and six are new.
func mixed(n int) *planner.Plan {
	p := &planner.Plan{}
	for i := range n {
		value := object(provider, vals{"proxy_fqdn": cty.StringVal(fmt.Sprintf("proxy%d.contoso.com", i)), "verification_level": cty.StringVal("UseSourceVerification")})
		live, want := null(provider), value
		switch i % 10 {
		case 0:
			live, want = value, null(provider)
		case 1, 2, 3:
			live, want = value, object(provider, vals{"verification_level": cty.StringVal("AlwaysVerifiable")})
		}
		p.Changes = append(p.Changes, diffed(provider, live, want, i+1, fmt.Sprintf("p%d", i)))
	}
	return p
}

func TestMarkdownOfManyObjects(t *testing.T) {
	t.Parallel()
	got := markdownOf(t, mixed(5_000), Options{Digest: "0123456789abcdef", Steps: issued, Refusals: refused, Estimate: timedEstimate()})
	for _, want := range []string{
		"3,000 to add, 1,500 to change, 0 to replace, 500 to delete", "**`max_deletes`**", "`0123456789abcdef`", "| changes of risk: high | 500 |",
		"`hosting_provider.p0` · `trust.hcl:1`", "Applying issues 61 calls: about 12 min", "changes of low risk (3,000 × add hosting_provider, 1,4",
	} {
		if !strings.Contains(strings.ReplaceAll(strings.ReplaceAll(got, "<code>", "`"), "</code>", "`"), want) {
			t.Errorf("%q is not there", want)
		}
	}
	for i := 0; i < 5_000; i += 10 { // every deletion at least as a line
		if name := fmt.Sprintf("hosting_provider.p%d", i); !strings.Contains(got, name+"`") && !strings.Contains(got, name+"<") {
			t.Fatalf("%s is not there", name)
		}
	}
	if strings.Contains(got, "p1<") || len(got) < markdownLimit*3/4 {
		t.Errorf("%d bytes", len(got))
	}
	t.Log(len(got), "bytes")
}

// Even where there are more changes of high risk than lines, those that fit come first and the others are counted.
func TestMarkdownOfManyDeletions(t *testing.T) {
	t.Parallel()
	p := &planner.Plan{}
	for i := range 20_000 {
		p.Changes = append(p.Changes, diffed(provider, object(provider, nil), null(provider), i+1, fmt.Sprintf("p%d", i)))
	}
	got := markdownOf(t, p, Options{Steps: issued})
	left := regexp.MustCompile(`… and ([0-9,]+) changes of high risk \(([0-9,]+) × delete hosting_provider\)`).FindStringSubmatch(got)
	if len(left) != 3 || left[1] != left[2] {
		t.Fatalf("what is left is not counted: …%s", got[len(got)-500:])
	}
	shown := strings.Count(got, "<details>") + strings.Count(got, "- **delete**")
	if count(20_000-shown) != left[1] || shown < 500 {
		t.Errorf("%d are shown, %s are left", shown, left[1])
	}
}

// sound says what is wrong with the structure of a comment, or of what a forge would read in it.
func sound(text string) error {
	if len(text) > markdownLimit {
		return fmt.Errorf("%d bytes", len(text))
	}
	fence, open := "", false
	for n, line := range strings.Split(text, "\n") {
		switch run := line[:len(line)-len(strings.TrimLeft(line, "`"))]; {
		case fence != "":
			if len(run) >= len(fence) && line == run {
				fence = ""
			}
		case len(run) >= 3 && !strings.Contains(line[len(run):], "`"):
			fence = run
		case strings.HasPrefix(line, "<details><summary>"):
			if open || !strings.HasSuffix(line, "</summary>") {
				return fmt.Errorf("line %d opens details in details or has no whole summary: %s", n, line)
			}
			open = true
			if bad := misread(outsideTags(line)); bad != "" {
				return fmt.Errorf("line %d: %q in %s", n, bad, line)
			}
		case line == "</details>":
			if !open {
				return fmt.Errorf("line %d closes details that are not open", n)
			}
			open = false
		default:
			if bad := misread(outsideCode(strings.ReplaceAll(line, "<br>", ""))); bad != "" && !strings.HasPrefix(line, "#") && !strings.HasPrefix(line, "|") {
				return fmt.Errorf("line %d: %q in %s", n, bad, line)
			}
		}
	}
	if fence != "" || open {
		return fmt.Errorf("the end leaves fence %q, details open: %v", fence, open)
	}
	return nil
}

// misread is what a forge makes something of.
func misread(text string) string {
	return misreadable.FindString(text)
}

var (
	misreadable = regexp.MustCompile("@\\w|#\\d|<|`|\\]\\(|://|\\b[0-9a-f]{7,40}\\b|!\\d")
	codeTags    = regexp.MustCompile(`<code>[^<>]*</code>`)
	ownTags     = regexp.MustCompile(`</?(details|summary|b)>`)
	ticks       = regexp.MustCompile("`+")
)

// outsideTags is a summary without its tags and what is code in it.
func outsideTags(line string) string {
	return ownTags.ReplaceAllString(codeTags.ReplaceAllString(line, ""), "")
}

// outsideCode is a line without its spans of code, by CommonMark's rule: a span ends at the next run of as many backticks. A run
// that opens no span stays.
func outsideCode(line string) string {
	var rest strings.Builder
	runs := ticks.FindAllStringIndex(line, -1)
	at := 0
	for i := 0; i < len(runs); i++ {
		for j := i + 1; j < len(runs); j++ {
			if runs[i][1]-runs[i][0] == runs[j][1]-runs[j][0] {
				rest.WriteString(line[at:runs[i][0]])
				at, i = runs[j][1], j
				break
			}
		}
	}
	return rest.String() + line[at:]
}

// hostileTexts draws texts in which everything is that Markdown, HTML, a terminal or a forge makes something of.
func hostileTexts() *rapid.Generator[string] {
	pieces := rapid.SampledFrom([]string{
		"@team", "sip:ada@contoso.com", "@", "#123", "!45", "GH-9", "abc1234def", "`", "``", "```", "````\n", "\n", "\n\n", "\r\n", "|", "</details>", "<details>", "<script>alert(1)</script>",
		"<!--", "&lt;", "[x](https://example.com)", "https://example.com", "www.example.com", "**", "__", "~~~", "~~~\n", "- ", "1. ", "# ", "> ", "\\", ":tada:", "\x00", "\x1b[2J", "\u202e", "é", "日本", " ", "  ", "\t",
		"word", "(sip:x@y)", "…", "\xff", "$x$", strings.Repeat("long", 400), strings.Repeat("`", 40),
	})
	return rapid.Custom(func(t *rapid.T) string { return strings.Join(rapid.SliceOfN(pieces, 0, 5).Draw(t, "pieces"), "") })
}

// hostileDrawn is a plan into which texts of others have come wherever they can.
func hostileDrawn(t *rapid.T) (*planner.Plan, Options) {
	texts := hostileTexts()
	draw := func() string { return texts.Draw(t, "text") }
	some := func() []string { return rapid.SliceOfN(texts, 0, 4).Draw(t, "texts") }
	p := &planner.Plan{Warnings: hcl.Diagnostics{{Severity: hcl.DiagWarning, Summary: draw(), Detail: draw(), Subject: &hcl.Range{Filename: draw()}}}}
	for range rapid.IntRange(0, 6).Draw(t, "changes") {
		live := object(provider, vals{"proxy_fqdn": cty.StringVal(draw()), "verification_level": cty.StringVal(draw()), "password": cty.StringVal("hunter22")})
		want := object(provider, vals{"proxy_fqdn": cty.StringVal(draw()), "verification_level": cty.StringVal(draw()), "password": cty.StringVal("hunter22")})
		pair := rapid.SampledFrom([][2]cty.Value{{live, want}, {live, null(provider)}, {null(provider), want}}).Draw(t, "pair")
		c := diffed(provider, pair[0], pair[1], 1, draw())
		c.Range.Filename, c.Identity, c.Notes, c.Unread = draw(), draw(), append(some(), draw()+"hunter22"), some()
		c.Node = &planner.Node{Kind: provider, Needs: []planner.Edge{{To: draw(), Why: draw(), Range: hcl.Range{Filename: draw()}}}}
		if rapid.IntRange(0, 4).Draw(t, "unread") == 0 {
			c.Action, c.Reason = planner.Unknown, draw()
		}
		p.Changes = append(p.Changes, c)
	}
	move := moves(20, 3, planner.Blocked{Row: 4, Reason: draw()}, planner.Blocked{Row: 5, Reason: draw()})
	move.After = object(homing, vals{"target": cty.StringVal(draw()), "proxy_pool": cty.StringVal(draw())})
	move.UserNotes = []schema.UserNote{{Text: draw(), Users: 3}}
	p.Changes = append(p.Changes, move)
	steps := planner.Steps{Do: append(some(), "hunter22"), Undo: append(some(), "hunter22"+draw()), Lost: some()}
	return p, Options{
		Header: draw(), Digest: "0123", Estimate: timedEstimate(), Users: rapid.Bool().Draw(t, "users"), Steps: func(planner.Change) planner.Steps { return steps },
		Refusals: []planner.Refusal{{Guard: draw(), Text: draw(), Range: hcl.Range{Filename: draw()}}},
	}
}

func TestMarkdownIsSoundWhateverOthersWrite(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p, o := hostileDrawn(t)
		var b bytes.Buffer
		if err := Markdown(&b, p, o); err != nil {
			t.Fatal(err)
		}
		if err := sound(b.String()); err != nil {
			t.Fatalf("%v:\n%s", err, b.String())
		}
		if len(p.Changes) > 1 && strings.Contains(b.String(), "hunter2") {
			t.Fatalf("a secret in\n%s", b.String())
		}
	})
}
