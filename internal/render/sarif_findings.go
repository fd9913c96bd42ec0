package render

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"hybrid/planner"
)

// findings writes the results of a plan as it finds them.
type findings struct {
	stream
	teller
	plan   *planner.Plan
	o      Options
	most   int // results
	wrote  int
	beyond int // results that there was no room for
	rules  map[string]sarifRule
	seen   map[string]int    // how often a fingerprint was needed
	uris   map[string]string // of files, by name
	first  string            // the configuration's first file, "" where there is none
}

func newFindings(w io.Writer, p *planner.Plan, o Options, most int) *findings {
	return &findings{
		stream: newStream(w), o: o, plan: p, teller: newTeller(p), most: most,
		rules: map[string]sarifRule{}, seen: map[string]int{}, uris: map[string]string{}, first: firstFile(p, o),
	}
}

// firstFile is the first name of a file of the configuration, by the alphabet.
func firstFile(p *planner.Plan, o Options) string {
	first := ""
	add := func(name string) {
		if name != "" && (first == "" || name < first) {
			first = name
		}
	}
	for _, node := range o.Nodes {
		add(node.Range.Filename)
	}
	for i := range p.Changes {
		add(p.Changes[i].Range.Filename)
	}
	return first
}

// A finding is a result before it has its place in a document.
type finding struct {
	rule, level string
	about       string // what it is the same finding by, besides the rule
	address     string // of the block, "" for none
	text        []string
	at          hcl.Range
	properties  *sarifSteps
	waived      string // why it does not count, "" where it does
}

func (f *findings) guards() {
	for _, r := range f.o.Refusals {
		f.add(finding{rule: "guard/" + r.Guard, level: "error", text: []string{"Guard " + r.Guard + ": " + r.Text}, at: r.Range})
	}
}

func (f *findings) warnings() {
	for _, d := range f.plan.Warnings {
		one := finding{rule: "plan/warning", level: "warning", about: d.Summary, text: []string{d.Summary + ".", d.Detail}}
		if d.Subject != nil {
			one.at = *d.Subject
		}
		f.add(one)
	}
}

// hands adds each object that was changed by hand since a run, and each block with such users.
func (f *findings) hands() {
	if f.o.Drift == nil {
		return
	}
	for _, run := range f.runsByHand(f.o.Drift, func(users int) int { return min(users, fewUsers) }) {
		for _, b := range run.Blocks {
			address := b.Change.Address.String()
			f.add(finding{rule: "drift/hand", level: "warning", about: address, address: address, text: f.byHand(run, b), at: b.Change.Range})
		}
	}
}

// byHand is what is said of what was changed.
func (f *findings) byHand(run handRun, b handBlock) []string {
	first := b.Change.Address.String() + ": " + run.What
	if b.Users != "" {
		first = b.Change.Address.String() + ": " + b.Users + ", " + run.What
	}
	lines := []string{first + "."}
	for _, l := range b.Lines {
		text := strings.TrimSpace(l.User + " " + l.Says(0))
		if l.After != "" {
			text += " (" + l.After + ")"
		}
		lines = append(lines, text)
	}
	if b.More > 0 {
		lines = append(lines, "… "+count(b.More)+" more")
	}
	return lines
}

// change adds what happens, and who of its users is blocked.
func (f *findings) change(c *planner.Change, risk planner.Risk) {
	address := c.Address.String()
	if c.Users == nil || c.Users.Len() > 0 {
		level := "note"
		if risk >= planner.RiskAttention {
			level = "warning"
		}
		f.add(finding{rule: "plan/" + strings.ReplaceAll(doing(c), " ", "-"), level: level, about: address, address: address, text: f.message(c, address, risk), at: c.Range, properties: f.steps(c, risk)})
	}
	if c.Users == nil {
		return
	}
	for _, g := range byReason(c.Users.Blocked) {
		text := fmt.Sprintf("%s: %s blocked: %s", address, are(len(g.rows), "user"), g.reason)
		f.add(finding{rule: "plan/blocked", level: "warning", about: address + "\n" + g.reason, address: address, text: []string{text}, at: c.Range})
	}
}

// message is what is said of a change: what happens and how risky it is, the difference, and what to know.
func (f *findings) message(c *planner.Change, address string, risk planner.Risk) []string {
	first := capitalised(doing(c)) + " " + address + "."
	if c.Users != nil {
		target, _ := targetOf(c)
		first = address + ": " + headline(c, target) + "."
	}
	lines := []string{first, capitalised(riskWords(risk)) + ": " + risk.Meaning() + "."}
	switch {
	case c.Action == planner.Unknown:
		lines = append(lines, "It "+unplanned(c)+c.Reason)
	case c.Action == planner.Run:
		lines = append(lines, "Since "+c.Reason)
	case c.Users == nil:
		lines = append(lines, difference(c, f.o.Drift)...)
	}
	if c.Action != planner.NoOp {
		lines = append(lines, notesOf(c)...)
	}
	return lines
}

// steps are what of a change no message holds; of users what the first gets.
func (f *findings) steps(c *planner.Change, risk planner.Risk) *sarifSteps {
	all := &sarifSteps{Action: c.Action, Risk: risk.String()}
	if f.o.Steps == nil || c.Action == planner.NoOp || c.Action == planner.Unknown {
		return all
	}
	one := *c
	if c.Users != nil {
		one = c.User(0)
		all.User = f.foreign(one.Address.User)
	}
	steps := f.o.Steps(one)
	all.Commands, all.Undo, all.Lost = f.all(steps.Do), f.all(steps.Undo), f.all(steps.Lost)
	return all
}

// mostMessage is how many bytes a message has at most; what it is about stands in its first line.
const mostMessage = 4_000

// add makes a result of a finding.
func (f *findings) add(one finding) {
	if f.wrote == f.most {
		f.beyond++
		return
	}
	if _, known := f.rules[one.rule]; !known {
		f.rules[one.rule] = ruleOf(one.rule, one.level)
	}
	text := clipped(f.foreign(strings.TrimSpace(strings.Join(one.text, "\n"))), mostMessage)
	f.wrote++
	result := &sarifResult{
		RuleID: one.rule, Level: one.level, Message: sarifMessage{unlinked(text)}, Properties: one.properties,
		Locations: f.locations(one), Fingerprints: f.fingerprints(one),
	}
	if one.waived != "" {
		result.Suppressions = []sarifWaiver{{"inSource", f.foreign(one.waived)}}
	}
	f.list(result)
}

// unlinked takes apart what SARIF would make a link of: "[text](target)".
func unlinked(text string) string { return strings.ReplaceAll(text, "](", "] (") }

// fingerprints tells a result from others by rule and address, under the name that GitHub looks for.
func (f *findings) fingerprints(one finding) map[string]string {
	sum := sha256.Sum256([]byte(one.rule + "\n" + one.about))
	print := hex.EncodeToString(sum[:8])
	f.seen[print]++
	return map[string]string{"primaryLocationLineHash": fmt.Sprintf("%s:%d", print, f.seen[print])}
}

// tool is the program with the rules of the results that were written.
func (f *findings) tool() sarifTool {
	rules := make([]sarifRule, 0, len(f.rules))
	for _, rule := range f.rules {
		rules = append(rules, rule)
	}
	slices.SortFunc(rules, func(a, b sarifRule) int { return strings.Compare(a.ID, b.ID) })
	return sarifTool{sarifDriver{Name: "hybrid", Rules: rules}}
}

// about is what is said of the plan as a whole.
func (f *findings) about() map[string]string {
	all := map[string]string{"totals": totals(f.plan.Count())}
	if f.o.Origin != "" {
		all["origin"] = f.foreign(f.o.Origin)
	}
	if f.o.Digest != "" {
		all["digest"] = f.o.Digest
	}
	return all
}

// invocation says what of the plan is not among the results.
func (f *findings) invocation() sarifInvocation {
	one := sarifInvocation{Successful: !f.plan.Incomplete}
	note := func(text string) {
		one.Notifications = append(one.Notifications, sarifNotification{Level: "warning", Message: sarifMessage{text}})
	}
	if f.plan.Incomplete {
		note("The plan is incomplete: something stood in the way of planning.")
	}
	if f.beyond > 0 {
		note(fmt.Sprintf("There are %s more, of the least risk. A file of more than %s is refused by services that show it; the plan in another format has them all.", quantity(f.beyond, "result"), count(f.most)))
	}
	return one
}
