package render

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	cdpage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/google/go-cmp/cmp"
)

// A browser is a tab of Chromium in which something is open, and what it has complained about or asked for.
type browser struct {
	*testing.T
	tab context.Context
	url string

	mu     sync.Mutex
	heard  []string // errors, messages, dialogs
	loaded []string // addresses asked for, besides the page's own
}

// chromiums starts one Chromium for all tests.
var chromiums = sync.OnceValues(func() (context.Context, error) {
	var path string
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		return nil, exec.ErrNotFound
	}
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]), chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.WSURLReadTimeout(90*time.Second))
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	first, _ := chromedp.NewContext(allocator)
	stopChromium = func() { _ = chromedp.Cancel(first); stop() }
	return first, chromedp.Run(first)
})

var stopChromium = func() {}

func TestMain(m *testing.M) {
	code := m.Run()
	stopChromium()
	os.Exit(code)
}

// browse opens a document in a window of a width.
func browse(t *testing.T, name string, document []byte, width int64, before ...chromedp.Action) *browser {
	t.Helper()
	first, err := chromiums()
	if err == exec.ErrNotFound {
		t.Skip("SKIPPED: no Chromium on PATH, so the page is not tested in a browser (apt-get install chromium)")
	}
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, document, 0o600); err != nil {
		t.Fatal(err)
	}
	tab, cancel := chromedp.NewContext(first)
	t.Cleanup(cancel)
	tab, late := context.WithTimeout(tab, 2*time.Minute)
	t.Cleanup(late)
	b := &browser{T: t, tab: tab, url: "file://" + filepath.ToSlash(path)}
	chromedp.ListenTarget(tab, b.hear)
	b.do(append([]chromedp.Action{log.Enable(), network.Enable(), chromedp.EmulateViewport(width, 800)}, before...)...)
	b.do(chromedp.Navigate(b.url))
	t.Cleanup(b.quiet)
	return b
}

func (b *browser) hear(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		if asked, _, _ := strings.Cut(e.Request.URL, "#"); asked != b.url && asked != "data:," {
			b.loaded = append(b.loaded, asked)
		}
	case *runtime.EventConsoleAPICalled:
		b.heard = append(b.heard, "console: "+string(e.Type))
	case *runtime.EventExceptionThrown:
		b.heard = append(b.heard, e.ExceptionDetails.Error())
	case *log.EventEntryAdded:
		b.heard = append(b.heard, e.Entry.Text)
	case *cdpage.EventJavascriptDialogOpening:
		b.heard = append(b.heard, "dialog: "+e.Message)
	}
}

// quiet fails the test where the page has asked for anything, or complained.
func (b *browser) quiet() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.loaded)+len(b.heard) > 0 {
		b.Errorf("the page asked for %q and said %q", b.loaded, b.heard)
	}
}

func (b *browser) do(actions ...chromedp.Action) {
	b.Helper()
	if err := chromedp.Run(b.tab, actions...); err != nil {
		b.Fatal(err)
	}
}

// evaluated evaluates an expression in the page.
func evaluated[V any](b *browser, expression string) V {
	b.Helper()
	var v V
	b.do(chromedp.Evaluate(expression, &v))
	return v
}

// becomes waits until an expression has a value in the page; the page may be about to change.
func becomes[V any](b *browser, what, expression string, want V) {
	b.Helper()
	var got V
	for range 100 {
		if got = evaluated[V](b, expression); cmp.Equal(got, want) {
			return
		}
		b.do(chromedp.Sleep(50 * time.Millisecond))
	}
	b.Errorf("%s (-want +got):\n%s", what, cmp.Diff(want, got))
}

// seen names the entries that can be seen.
const seen = `[...document.querySelectorAll("details.entry")].filter(e => e.offsetHeight > 0).map(e => e.querySelector(".address").textContent)`

// unfolded counts the entries of which more than the heading can be seen.
const unfolded = `[...document.querySelectorAll("details.entry > .body")].filter(e => e.checkVisibility() && e.getBoundingClientRect().height > 20).length`

func planPage(t *testing.T) []byte {
	p, o := declared()
	return rendered(t, func(b *bytes.Buffer) error { return HTML(b, p, o) })
}

func TestTheFilterOfThePage(t *testing.T) {
	t.Parallel()
	b := browse(t, "plan.html", planPage(t), 1280)
	all := []string{
		"access_edge", "hosting_provider.LyncOnline", "hosting_provider.Exchange", `hosting_provider["Old.Provider"]`,
		`dns_record["_sip._tls.contoso.com"]["SRV"]`, "hosting_provider.Old", "user.new", "user_homing.pilot",
	}
	expect := func(what string, want ...string) {
		t.Helper()
		becomes(b, what, seen, want)
	}
	expect("at first", all...)
	b.do(chromedp.Click(`input[value=low]`, chromedp.ByQuery))
	expect("without low risk", "access_edge", `hosting_provider["Old.Provider"]`, "hosting_provider.Old", "user_homing.pilot")
	b.do(chromedp.Click(`input[value=medium]`, chromedp.ByQuery), chromedp.Click(`input[value=attention]`, chromedp.ByQuery))
	expect("only high risk", `hosting_provider["Old.Provider"]`, "hosting_provider.Old")
	becomes(b, "the count", `document.querySelector("output").textContent`, "2 of 8 shown")
	b.do(chromedp.Evaluate(`document.forms[0].reset(); document.forms[0].dispatchEvent(new Event("input"))`, nil))
	b.do(chromedp.Evaluate(`document.forms[0].elements.kind.value = "dns_record"; document.forms[0].dispatchEvent(new Event("input"))`, nil))
	expect("one kind", `dns_record["_sip._tls.contoso.com"]["SRV"]`)
	b.do(chromedp.Evaluate(`document.forms[0].reset()`, nil), chromedp.SendKeys(`input[name=text]`, "Contoso.com/autodiscover", chromedp.ByQuery))
	expect("a text of the difference", "hosting_provider.Exchange")
	b.do(chromedp.Evaluate(`document.forms[0].reset(); document.forms[0].dispatchEvent(new Event("input"))`, nil))
	b.do(chromedp.Evaluate(`const o = document.forms[0].elements.order; o.value = "risk"; o.dispatchEvent(new Event("change", {bubbles: true}))`, nil))
	expect("riskiest first", all[3], all[5], all[0], all[7], all[1], all[2], all[4], all[6])
}

func TestChangesUnfold(t *testing.T) {
	t.Parallel()
	b := browse(t, "plan.html", planPage(t), 1280)
	becomes(b, "unfolded at first", unfolded, 0)
	b.do(chromedp.Click(`details.entry:nth-of-type(2) > summary`, chromedp.ByQuery))
	becomes(b, "unfolded after a click", unfolded, 1)
	b.do(chromedp.Click(`input[value=high]`, chromedp.ByQuery), chromedp.Click(`svg a[href="#change-3"] rect`, chromedp.ByQuery))
	becomes(b, "what a box leads to", `location.hash + " " + document.getElementById("change-3").checkVisibility()`, "#change-3 true")
	b.do(chromedp.Click(`button[name=open]`, chromedp.ByQuery))
	becomes(b, "unfolded", unfolded, 8-1) // the other one of high risk is hidden
	b.do(chromedp.Click(`button[name=close]`, chromedp.ByQuery))
	becomes(b, "unfolded after all were folded", unfolded, 0)
	b.do(chromedp.Focus(`details.entry > summary`, chromedp.ByQuery), chromedp.KeyEvent("\r"))
	becomes(b, "unfolded by the keyboard", unfolded, 1)
}

// On a telephone nothing is wider than the screen, whatever is unfolded; what must be wide scrolls by itself.
func TestThePageOnATelephone(t *testing.T) {
	t.Parallel()
	p, o := hostilePlan()
	for name, document := range map[string][]byte{
		"plan.html": planPage(t), "hostile.html": rendered(t, func(b *bytes.Buffer) error { return HTML(b, p, o) }),
		"graph.html": rendered(t, func(b *bytes.Buffer) error { return GraphHTML(b, many(20)) }),
	} {
		b := browse(t, name, document, 390)
		b.do(chromedp.Evaluate(`document.querySelectorAll("details").forEach(d => d.open = true)`, nil))
		if over := evaluated[int](b, `document.documentElement.scrollWidth - document.documentElement.clientWidth`); over > 0 {
			t.Errorf("%s: %d pixels too wide: %v", name, over, evaluated[[]string](b, `[...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > 391 && !e.closest(".scroll")).map(e => e.tagName + "." + e.className).slice(0, 9)`))
		}
	}
}

// Printed, all is shown: what was folded, and what was filtered out; with the script and without.
func TestThePageInPrint(t *testing.T) {
	t.Parallel()
	b := browse(t, "plan.html", planPage(t), 800)
	b.do(chromedp.Click(`input[value=high]`, chromedp.ByQuery), emulation.SetEmulatedMedia().WithMedia("print"))
	becomes(b, "changes printed", unfolded, 8)
	if evaluated[bool](b, `document.getElementById("filter").checkVisibility()`) {
		t.Error("the filter is printed")
	}
}

func TestThePageWithoutScript(t *testing.T) {
	t.Parallel()
	b := browse(t, "plan.html", planPage(t), 1280, emulation.SetScriptExecutionDisabled(true))
	if evaluated[bool](b, `document.getElementById("filter").checkVisibility()`) {
		t.Error("a filter is shown that does nothing")
	}
	becomes(b, "changes", seen+".length", 8)
	b.do(chromedp.Click(`details.entry:nth-of-type(2) > summary`, chromedp.ByQuery))
	becomes(b, "unfolded by a click", unfolded, 1)
	b.do(chromedp.Click(`svg a[href="#change-3"] rect`, chromedp.ByQuery))
	becomes(b, "unfolded after a box was followed", unfolded, 2)
	b.do(emulation.SetEmulatedMedia().WithMedia("print"))
	becomes(b, "changes printed", unfolded, 8)
}

// Texts that want to be more than texts are shown, and nothing else comes of them.
func TestHostileTextsInABrowser(t *testing.T) {
	t.Parallel()
	p, o := hostilePlan()
	b := browse(t, "plan.html", rendered(t, func(b *bytes.Buffer) error { return HTML(b, p, o) }), 1280)
	if n := evaluated[int](b, `document.querySelectorAll("script").length`); n != 1 {
		t.Errorf("%d scripts", n)
	}
	if n := evaluated[int](b, `document.querySelectorAll("img, iframe, object, [onerror], a[href^=javascript]").length`); n != 0 {
		t.Errorf("%d elements that nobody meant", n)
	}
	if got := evaluated[[]string](b, seen); len(got) != 4 || !strings.Contains(got[0], "<script>alert(1)</script>") {
		t.Errorf("%q", got)
	}
	picture := browse(t, "order.svg", rendered(t, func(b *bytes.Buffer) error { return SVG(b, o.Nodes) }), 1280)
	if n := evaluated[int](picture, `document.querySelectorAll("script, a, image, foreignObject").length`); n != 0 {
		t.Errorf("%d elements of a picture that nobody meant", n)
	}
}

// The page can be told apart from its background in light and in dark, by the ratio that WCAG 2.2 asks of texts (1.4.3).
func TestContrast(t *testing.T) {
	t.Parallel()
	for _, scheme := range []string{"light", "dark"} {
		b := browse(t, "plan.html", planPage(t), 1280, emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}))
		b.do(chromedp.Evaluate(`document.querySelectorAll("details").forEach(d => d.open = true)`, nil))
		if poor := evaluated[[]string](b, poorContrast); len(poor) > 0 {
			t.Errorf("%s: %q", scheme, poor)
		}
	}
}

// poorContrast names elements with a text of which the contrast is below 4.5:1.
const poorContrast = `(() => {
  const parse = (c) => c.match(/[\d.]+/g).map(Number);
  const light = (c) => c.slice(0, 3).map((v) => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4).reduce((s, v, i) => s + v * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (e) => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor); if (c.length < 4 || c[3] > 0) return c; } return [255, 255, 255]; };
  const poor = [];
  for (const e of document.querySelectorAll("main *, header *, footer *")) {
    const texts = [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
    if (!texts || !e.checkVisibility() || e.closest(".hear, select, option, button")) continue;
    const svg = e.closest("svg");
    const back = svg ? parse(getComputedStyle(e.parentElement.querySelector("rect") || svg).fill) : behind(e);
    const [a, b] = [light(parse(svg ? getComputedStyle(e).fill : getComputedStyle(e).color)), light(back)];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (svg && e.tagName !== "text" || svg && e.closest(".all")) continue;
    if (ratio < 4.5) poor.push(e.tagName + "." + (e.className.baseVal ?? e.className) + " " + ratio.toFixed(1) + " " + e.textContent.slice(0, 20));
  }
  return [...new Set(poor)];
})()`
