package dns

import (
	_ "embed" // of the functions
	"maps"
	"net"
	"slices"
	"strings"

	"github.com/miekg/dns"
	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/dnsservice"
	"hybrid/planner"
	"hybrid/providers/shell"
)

//go:embed nsupdate.ps1
var nsupdateFunctions string

// Script feeds the update to nsupdate, line by line as [Update.String] shows it.
func (u Update) Script(c planner.Change) planner.ScriptStep {
	if u.Pending {
		return planner.ScriptStep{ByHand: notYet}
	}
	step := planner.ScriptStep{
		Code:    []planner.Word{{Text: "Invoke-Nsupdate "}, {Kind: planner.Text, Text: c.Provider}, {Text: " "}, {Kind: planner.Text, Text: dns.Fqdn(c.Identity)}, {Text: " @("}},
		Cmdlets: []string{"nsupdate"},
	}
	for _, rr := range u.Prerequisites {
		head, data := prerequisiteLine(rr)
		step.Code = append(step.Code, u.line(head, data)...)
	}
	for _, rr := range u.Changes {
		head, data := changeLine(rr)
		step.Code = append(step.Code, u.line(head, data)...)
	}
	step.Code = append(step.Code, planner.Word{Kind: planner.Text, Text: "send"}, planner.Word{Text: ")"})
	return step
}

const notYet = "its records are known only when what comes before has been done: do that, run hybrid plan again, and go on with the script of that plan"

// line is one line for nsupdate, with the comma after it; data that must not be shown is asked for.
func (u Update) line(head, data string) []planner.Word {
	if u.Sensitive && data != "" {
		return []planner.Word{{Text: "("}, {Kind: planner.Text, Text: head}, {Text: "+"}, {Kind: planner.Secret, Text: "the data of: " + strings.TrimSpace(head)}, {Text: "),"}}
	}
	return []planner.Word{{Kind: planner.Text, Text: head + data}, {Text: ","}}
}

// Script is for somebody to wait.
func (w Wait) Script(planner.Change) planner.ScriptStep {
	return planner.ScriptStep{ByHand: "wait until this is no longer so: " + w.For}
}

// Script is for somebody to plan again.
func (pendingChange) Script(planner.Change) planner.ScriptStep {
	return planner.ScriptStep{ByHand: notYet}
}

// part says where record sets behind a provider block are changed.
func part(name string, block cty.Value) planner.ScriptPart {
	p := planner.ScriptPart{Name: name}
	v, _ := block.UnmarkDeep()
	if !v.IsNull() && text(v.GetAttr("type")) == typeWindows {
		p.Where = strings.TrimSpace("in an elevated PowerShell " + shell.ArgumentsOfBlock(v).Where())
		p.Advice = "Install the module DnsServer (on a server: Install-WindowsFeature RSAT-DNS-Server), and run this on the DNS server itself, under an account that may change the zones."
		return p
	}
	if !v.IsNull() && isService(v.GetAttr("type")) {
		kind := dnsservice.Kind(text(v.GetAttr("type")))
		p.Where = "at " + kind.Title()
		p.Advice = "Sign in to its console, or use its own client, under an account that may change records of the zones."
		return p
	}
	p.Where = "on a machine with nsupdate that reaches the name server"
	p.Advice = "Install nsupdate: it is part of BIND (bind9-dnsutils or bind-utils on Linux; for Windows from ISC's downloads), and must be on PATH."
	p.Functions = nsupdateFunctions
	p.Setup = []planner.Word{{Text: "Set-NameServer "}}
	for _, argument := range nameServer(name, v) {
		p.Setup = append(p.Setup, planner.Word{Kind: planner.Text, Text: argument}, planner.Word{Text: " "})
	}
	p.Setup = append(p.Setup, planner.Word{Text: "@("})
	if !v.IsNull() {
		for n, zone := range slices.Sorted(maps.Keys(zonesOf(v))) {
			if n > 0 {
				p.Setup = append(p.Setup, planner.Word{Text: ","})
			}
			p.Setup = append(p.Setup, planner.Word{Kind: planner.Text, Text: zone})
		}
	}
	p.Setup = append(p.Setup, planner.Word{Text: ")"})
	return p
}

// nameServer are the name of a provider block, host and port of its server, and algorithm and name of the key; what the
// block does not tell is "".
func nameServer(name string, v cty.Value) []string {
	arguments := []string{name, "", "53", "", ""}
	if v.IsNull() {
		return arguments
	}
	if address, err := serverAddress(text(v.GetAttr("server"))); err == nil {
		arguments[1], arguments[2], _ = net.SplitHostPort(address)
	}
	if key := v.GetAttr("tsig"); !key.IsNull() && key.IsKnown() {
		arguments[3], arguments[4] = strings.ToLower(text(key.GetAttr("algorithm"))), dns.Fqdn(text(key.GetAttr("name")))
		if arguments[3] == "" {
			arguments[3] = "hmac-sha256"
		}
	}
	return arguments
}
