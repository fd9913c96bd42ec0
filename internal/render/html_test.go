package render

import (
	"bytes"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"hybrid/planner"
)

// declared is the plan of [estate] with the blocks that it is of, each after the one before it.
func declared() (*planner.Plan, Options) {
	p := estate()
	var nodes []*planner.Node
	for i := range p.Changes {
		c := &p.Changes[i]
		n := &planner.Node{
			Address: c.Address.Block(), Kind: c.Kind, Range: c.Range,
			Source: fmt.Sprintf("%s %q {\n  password = \"hunter22\"\n}\n", c.Kind.Name, strings.Join(c.Address.Labels, `" "`)),
		}
		if i > 0 {
			n.Needs = []planner.Edge{{To: nodes[i-1].Address.String(), Why: "depends_on", Range: at("trust.hcl", 70+i)}}
		}
		c.Node = n
		nodes = append(nodes, n)
	}
	nodes, _ = planner.Sort(nodes)
	return p, Options{
		Header: "contoso (skype fe01.contoso.com)", Origin: "Made by ada.", Steps: issued, Nodes: nodes, RoundTrips: 7, Elapsed: time.Second, Digest: "abc123",
		Refusals: []planner.Refusal{{Guard: "max_deletes", Text: "the plan deletes or replaces 2 objects, and max_deletes is 0.", Range: at("hybrid.hcl", 3)}},
	}
}

func page1(t *testing.T, p *planner.Plan, o Options) string {
	t.Helper()
	return string(rendered(t, func(b *bytes.Buffer) error { return HTML(b, p, o) }))
}

func TestHTML(t *testing.T) {
	t.Parallel()
	p, o := declared()
	got := page1(t, p, o)
	for _, want := range []string{
		"<h1>hybrid plan: contoso</h1>",
		"<strong>Plan:</strong> 1 to add, 2 to change, 1 to replace, 2 users to enable, 46 users to move, 1 to delete.",
		"<code>max_deletes</code>: the plan deletes or replaces 2 objects, and max_deletes is 0. <span class=\"at\">hybrid.hcl:3</span>",
		`<strong>A warning</strong>: <span class="lines">In two` + "\n" + `lines.</span> <span class="at">dns.hcl:3</span>`,
		`<li><code>hosting_provider.Old</code>: no block declares it, and hosting_provider is exclusive</li>`,
		`<dt class="risk high">high risk</dt><dd>2: takes away, replaces or switches off what exists</dd>`,
		`<input type="checkbox" name="risk" value="high" checked> high risk (2)`,
		`<details class="entry replace" data-kind="hosting_provider" data-risk="high" data-rank="4">`,
		`<strong class="forces">forces replacement</strong>`,
		`<li><pre>replace-It -Identity &#39;Old.Provider&#39;</pre></li>` + "\n" + `<li><pre>second` + "\nline</pre></li>",
		`<li><pre>Undo-It -Identity &#39;Old.Provider&#39;</pre></li>`, `<li>what Old.Provider had</li>`,
		`<del><span class="sign" aria-hidden="true">-</span><span class="hear">goes: </span>&#34;0 0 443 old.contoso.com.&#34;</del>`, `>1 stays</li>`,
		`could not be read, so nothing is planned: fe01.contoso.com:5986: connection refused`,
		`46 of 50 users move to pool01.contoso.com, 2 are there already, 2 are blocked`,
		`<tr><td>sip:user2@contoso.com</td><td>sipfed.online.lync.com → pool01.contoso.com</td></tr>`,
		`2 users are blocked</h4>`, `<p class="attention lines">no home known</p>`,
		`<h4>Commands, in order, for sip:user2@contoso.com</h4>`,
		`<a href="#change-0">access_edge</a>: depends_on <span class="at">trust.hcl:71</span>`,
		`<span class="number" aria-hidden="true">13</span>  password = &#34;(sensitive)&#34;`,
		`<a href="#change-3"><rect`, `-/+ replace: high risk</text>`,
		`<li>hosting_provider.Same <span class="at">trust.hcl:60</span></li>`,
		"<p class=\"quiet\">contoso (skype fe01.contoso.com)</p>", "<p>Made by ada.</p>", "<code>abc123</code>",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s", want)
		}
	}
	if strings.Contains(got, "hunter22") || strings.Contains(got, "1.0 s") {
		t.Error("a secret or a time is in it")
	}
	if again := page1(t, p, o); got != again {
		t.Error("the same plan gives other bytes")
	}
	for _, link := range regexp.MustCompile(`href="#([^"]+)"`).FindAllStringSubmatch(got, -1) {
		name := link[1]
		if strings.Count(got, `id="`+name+`"`) != 1 {
			t.Errorf("a link leads to #%s, of which there are %d", name, strings.Count(got, `id="`+name+`"`))
		}
	}
}

// Nothing of the page is loaded, and nothing that is not the page's own runs.
func TestThePageIsAlone(t *testing.T) {
	t.Parallel()
	p, o := declared()
	for name, got := range map[string]string{
		"plan": page1(t, p, o), "graph": string(rendered(t, func(b *bytes.Buffer) error { return GraphHTML(b, o.Nodes) })),
	} {
		for _, loads := range []string{" src=", "@import", "url(", `rel="stylesheet"`, " onclick", " onload", " style=", "javascript:"} {
			if strings.Contains(got, loads) {
				t.Errorf("%s: %q is in it", name, loads)
			}
		}
		for _, link := range regexp.MustCompile(`href="([^"]*)"`).FindAllStringSubmatch(got, -1) {
			if link[1] != "data:," && !strings.HasPrefix(link[1], "#") {
				t.Errorf("%s: a link leads to %s", name, link[1])
			}
		}
		style, script := between(got, "<style>", "</style>"), between(got, "<script>", "</script>")
		policy := strings.ReplaceAll(strings.ReplaceAll(between(got, `Content-Security-Policy" content="`, `"`), "&#39;", "'"), "&#43;", "+")
		want := "default-src 'none'; style-src '" + hashOf(style) + "'; script-src '" + hashOf(script) + "'; img-src data:; base-uri 'none'; form-action 'none'"
		if policy != want {
			t.Errorf("%s: the policy does not fit the page:\n%s\n%s", name, policy, want)
		}
	}
}

func between(text, from, to string) string {
	_, text, _ = strings.Cut(text, from)
	text, _, _ = strings.Cut(text, to)
	return text
}

// hostile is what somebody might call an object to be seen, or to do something, in the browser of a reviewer.
const hostile = "</style></script><script>alert(1)</script><img src=x onerror=alert(2)>\"'><a href=\"javascript:alert(3)\">\x00\u202egnp.exe\x1b[2J</title></svg><!--"

// hostilePlan has hostile texts everywhere.
func hostilePlan() (*planner.Plan, Options) {
	c := diffed(provider, null(provider), object(provider, vals{"identity": cty.StringVal(hostile), "proxy_fqdn": cty.StringVal(hostile)}), 1, hostile)
	c.Range.Filename, c.Identity, c.Notes = hostile, hostile, []string{hostile}
	unread := diffed(edge, object(edge, nil), object(edge, nil), 1)
	unread.Action, unread.Reason = planner.Unknown, hostile
	run := diffed(edge, object(edge, nil), object(edge, nil), 1)
	run.Action, run.Reason = planner.Run, hostile
	move := moves(3, 0, planner.Blocked{Row: 0, Reason: hostile})
	move.After = object(homing, vals{"target": cty.StringVal(hostile), "proxy_pool": cty.StringVal(hostile)})
	move.Users.Want.Append("sip:"+hostile, hostile)
	move.Users.Live.Append("sip:"+hostile, hostile)
	move.Users.Pick, move.Users.At = append(move.Users.Pick, 3), append(move.Users.At, 3)
	n := &planner.Node{
		Address: c.Address, Kind: provider, Range: c.Range, Source: "hosting_provider \"x\" {\n  proxy_fqdn = <<END\n" + hostile + "\nEND\n}\n",
		Needs: []planner.Edge{{To: hostile, Why: hostile, Range: c.Range}}, Follows: []planner.KindEdge{{Kind: hostile, Why: hostile}},
	}
	c.Node = n
	p := &planner.Plan{Changes: []planner.Change{c, unread, run, move}, Warnings: hcl.Diagnostics{{Severity: hcl.DiagWarning, Summary: hostile, Detail: hostile, Subject: &c.Range}}}
	return p, Options{
		Header: hostile, Origin: hostile, Digest: hostile, Estimate: timedEstimate(), Nodes: []*planner.Node{n}, Refusals: []planner.Refusal{{Guard: hostile, Text: hostile, Range: c.Range}},
		Steps: func(planner.Change) planner.Steps {
			return planner.Steps{Do: []string{hostile}, Undo: []string{hostile}, Lost: []string{hostile}}
		},
	}
}

func TestHostileTextsStayTexts(t *testing.T) {
	t.Parallel()
	p, o := hostilePlan()
	got := page1(t, p, o)
	if strings.Count(got, "&lt;script&gt;alert(1)") < 15 {
		t.Errorf("too little of it is shown to be a test: %d", strings.Count(got, "&lt;script&gt;alert(1)"))
	}
	for _, document := range []string{
		got, string(rendered(t, func(b *bytes.Buffer) error { return GraphHTML(b, o.Nodes) })), string(rendered(t, func(b *bytes.Buffer) error { return SVG(b, o.Nodes) })),
	} {
		for _, dangerous := range []string{"<script>alert", "<img", `href="javascript`, "\x00", "\x1b", "\u202e", "<!--"} {
			if strings.Contains(document, dangerous) {
				t.Errorf("%q is in it", dangerous)
			}
		}
	}
	wellFormed(t, rendered(t, func(b *bytes.Buffer) error { return SVG(b, o.Nodes) }))
}

// A wave of a size that nobody reads to its end still opens in a browser.
func TestManyUsersMakeAModeratePage(t *testing.T) {
	t.Parallel()
	plan := func(n int) *planner.Plan { return &planner.Plan{Changes: []planner.Change{moves(n, 0)}} }
	calls := 0
	o := Options{Steps: func(c planner.Change) planner.Steps { calls++; return issued(c) }}
	got := page1(t, plan(50_000), o)
	if len(got) > 1<<20 || calls != 1 {
		t.Errorf("%d bytes, %d asked for commands", len(got), calls)
	}
	if n := strings.Count(got, "<tr><td>"); n != mostUsers || !strings.Contains(got, "… 49,000 more") {
		t.Errorf("%d users are listed", n)
	}
	if n := strings.Count(page1(t, plan(2500), Options{Users: true}), "<tr><td>"); n != 2500 {
		t.Errorf("%d of 2500 are listed where all are asked for", n)
	}
	var waves planner.Plan
	for i := range 50 {
		wave := moves(1000, 0)
		wave.Address.Labels = []string{fmt.Sprint("wave", i)}
		waves.Changes = append(waves.Changes, wave)
	}
	got = page1(t, &waves, o)
	if n := strings.Count(got, "<tr><td>"); n != mostRows+(50-mostRows/1000)*leastUsers || len(got) > 5<<20 {
		t.Errorf("fifty waves: %d users, %d bytes", n, len(got))
	}
}

func TestMixedUsers(t *testing.T) {
	t.Parallel()
	c := enabled(4)
	c.Users.At[1] = 1
	got := page1(t, &planner.Plan{Changes: []planner.Change{c}}, Options{Steps: issued})
	for _, want := range []string{
		"<tr><td>sip:user0@contoso.com</td><td>enable</td></tr>", "<tr><td>sip:user1@contoso.com</td><td>change</td></tr>",
		"in order, for sip:user0@contoso.com", "in order, for sip:user1@contoso.com",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s", want)
		}
	}
	if strings.Contains(got, "for sip:user2@contoso.com") {
		t.Error("commands of more than the first")
	}
}

func TestWhatIsRunIsNotTakenBack(t *testing.T) {
	t.Parallel()
	c := diffed(edge, object(edge, nil), object(edge, nil), 1)
	c.Action, c.Reason = planner.Run, "user.pilot changes"
	got := page1(t, &planner.Plan{Changes: []planner.Change{c}}, Options{Steps: func(planner.Change) planner.Steps { return planner.Steps{Do: []string{"Start-It"}} }})
	if !strings.Contains(got, "What is run or waited for is not taken back.") || !strings.Contains(got, "since user.pilot changes") || !strings.Contains(got, "wait</span>") {
		t.Error(got)
	}
}

func TestAPageOfNothing(t *testing.T) {
	t.Parallel()
	got := page1(t, &planner.Plan{Changes: []planner.Change{diffed(edge, object(edge, nil), object(edge, nil), 1)}}, Options{})
	if !strings.Contains(got, "<strong>No changes.</strong> The estate is as the configuration says. 1 object was looked at.") || !strings.Contains(got, "<p>There are none.</p>") || strings.Contains(got, "<script>") {
		t.Error(got)
	}
	incomplete := page1(t, &planner.Plan{Incomplete: true}, Options{})
	if !strings.Contains(incomplete, "This plan is incomplete") {
		t.Error(incomplete)
	}
	if err := HTML(full{}, &planner.Plan{}, Options{}); err == nil {
		t.Error("a page that could not be written is no error")
	}
	if err := GraphHTML(io.Discard, nil); err != nil {
		t.Error(err)
	}
}

// The time that a page takes grows with what is in it, and not faster.
func TestALargePageIsMadeQuickly(t *testing.T) {
	t.Parallel()
	var p planner.Plan
	for i := range 3000 {
		p.Changes = append(p.Changes, diffed(provider, null(provider), object(provider, vals{"proxy_fqdn": cty.StringVal("x.contoso.com")}), i, fmt.Sprint("P", i)))
	}
	p.Changes = append(p.Changes, moves(100_000, 0))
	began := time.Now()
	got := page1(t, &p, Options{Steps: issued})
	if took := time.Since(began); took > 30*time.Second || len(got) > 10<<20 {
		t.Errorf("%v, %d bytes", took, len(got))
	}
}
