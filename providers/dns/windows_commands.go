package dns

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/miekg/dns"
	"github.com/zclconf/go-cty/cty"

	"hybrid/planner"
	"hybrid/providers"
	"hybrid/providers/shell"
	"hybrid/schema"
)

// A pendingChange stands in a plan for calls that are known only when apply knows all records.
type pendingChange struct{}

func (pendingChange) String() string { return "# not all records are known before apply" }

// windowsCommands translates a change of a record set into cmdlet calls in the zone that the change says it is in.
func windowsCommands(t *shell.Translator, c planner.Change) ([]providers.Command, error) {
	if c.Action == planner.Run {
		return []providers.Command{Wait{c.Reason}}, nil
	}
	calls, err := windowsCalls(t, c)
	if errors.Is(err, errPending) {
		return []providers.Command{pendingChange{}}, nil
	}
	commands := make([]providers.Command, len(calls))
	for n, call := range calls {
		commands[n] = call
	}
	return commands, err
}

func windowsCalls(t *shell.Translator, c planner.Change) ([]shell.Call, error) {
	switch c.Action {
	case planner.NoOp, planner.Unknown, planner.Run: // to wait is the engine's
		return nil, nil
	}
	if c.Place == "" {
		return nil, fmt.Errorf("%s: it is not known which zone of the server it is in; nothing was changed", c.Address)
	}
	before, err := readSet(c.Identity, c.Before)
	if err != nil {
		return nil, untranslatable(c, "what stands in the zone", err)
	}
	after, err := readSet(c.Identity, c.After)
	if err != nil {
		return nil, untranslatable(c, "what is declared", err)
	}
	if before.pending || after.pending {
		return nil, fmt.Errorf("%s: %w", c.Address, errPending)
	}
	after.live(before)
	var calls []shell.Call
	for _, s := range steps(before, after) {
		call, err := s.call(t, c)
		if err != nil {
			return nil, err
		}
		calls = append(calls, call)
	}
	return calls, nil
}

// A step adds or removes one record.
type step struct {
	add bool
	rr  dns.RR // with the TTL where it is added
}

// steps puts a change of a set into order. What is new is added before what is not wanted any more is removed, so that the
// name is not without an answer; only a CNAME record goes first, since there can be but one. A record that stays and has
// another TTL is removed and added, one after another: the cmdlets refuse to add what is there, and to set a record they
// want objects that no session can be given. Where that leaves a gap, the plan says so: [windows.Advise].
func steps(before, after recordSet) []step {
	var added, removed, renewed []step
	for _, rr := range after.additions() {
		old := like(before.records, rr)
		switch {
		case old == nil:
			added = append(added, step{add: true, rr: rr})
		case before.ttl != after.ttl:
			renewed = append(renewed, step{rr: old}, step{add: true, rr: rr})
		}
	}
	for _, rr := range before.records {
		if like(after.records, rr) == nil {
			removed = append(removed, step{rr: rr})
		}
	}
	if before.rtype == dns.TypeCNAME || after.rtype == dns.TypeCNAME {
		return slices.Concat(removed, added, renewed)
	}
	return slices.Concat(added, removed, renewed)
}

// like finds the record of a set that says the same as another, however it is spelled; nil where there is none.
func like(set []dns.RR, rr dns.RR) dns.RR {
	rtype := dns.TypeToString[rr.Header().Rrtype]
	for _, other := range set {
		if canonical(rtype, presentation(other)) == canonical(rtype, presentation(rr)) {
			return other
		}
	}
	return nil
}

// call makes the call of one step.
func (s step) call(t *shell.Translator, c planner.Change) (shell.Call, error) {
	data, err := cmdletData(s.rr)
	if err != nil {
		if sensitive(c) {
			err = errors.New("it cannot be passed to the cmdlets; it is sensitive, so what is wrong is not shown")
		}
		return shell.Call{}, fmt.Errorf("%s: %w", c.Address, err)
	}
	if sensitive(c) {
		data.hide()
	}
	where := []schema.Arg{{Name: "ZoneName", Value: cty.StringVal(c.Place)}, {Name: "Name", Value: cty.StringVal(relative(c.Identity, c.Place))}}
	if s.add {
		args := append(where, data.parameters...)
		return t.Compose(data.adder, append(args, schema.Arg{Name: "TimeToLive", Value: cty.StringVal(timeSpan(s.rr.Header().Ttl))})...)
	}
	return t.Compose("Remove-DnsServerResourceRecord", append(where,
		schema.Arg{Name: "RRType", Value: cty.StringVal(dns.TypeToString[s.rr.Header().Rrtype])},
		schema.Arg{Name: "RecordData", Value: data.list}, schema.Arg{Name: "Force", Value: cty.True})...)
}

// A recordArgs is a record's data in the forms that the cmdlets take.
type recordArgs struct {
	adder      string       // the cmdlet that adds such a record
	parameters []schema.Arg // its parameters, the switch for the type first where there is one
	list       cty.Value    // what picks it out among the records of its name and type
}

// hide marks what must not be shown. The switch for the type may be.
func (a *recordArgs) hide() {
	for n := range a.parameters {
		if a.parameters[n].Value.Type() != cty.Bool {
			a.parameters[n].Value = a.parameters[n].Value.Mark(schema.Sensitive)
		}
	}
	a.list = a.list.Mark(schema.Sensitive)
}

func cmdletData(rr dns.RR) (recordArgs, error) {
	switch rr := rr.(type) {
	case *dns.A:
		return oneText("Add-DnsServerResourceRecordA", "IPv4Address", rr.A.String()), nil
	case *dns.AAAA:
		return oneText("Add-DnsServerResourceRecordAAAA", "IPv6Address", canonical("AAAA", presentation(rr))), nil
	case *dns.CNAME:
		return oneText("Add-DnsServerResourceRecordCName", "HostNameAlias", rr.Target), nil
	case *dns.SRV:
		return serviceData(rr), nil
	case *dns.TXT:
		text, err := lines(rr.Txt)
		a := oneText("Add-DnsServerResourceRecord", "DescriptiveText", text)
		a.parameters = slices.Insert(a.parameters, 0, schema.Arg{Name: "Txt", Value: cty.True})
		return a, err
	}
	return recordArgs{}, fmt.Errorf("records of the type %s are not written", dns.TypeToString[rr.Header().Rrtype])
}

func oneText(adder, param, text string) recordArgs {
	v := cty.StringVal(text)
	return recordArgs{adder, []schema.Arg{{Name: param, Value: v}}, cty.ListVal([]cty.Value{v})}
}

func serviceData(rr *dns.SRV) recordArgs {
	text := func(n uint16) cty.Value { return cty.StringVal(strconv.Itoa(int(n))) }
	number := func(n uint16) cty.Value { return cty.NumberIntVal(int64(n)) }
	return recordArgs{
		adder: "Add-DnsServerResourceRecord",
		parameters: []schema.Arg{
			{Name: "Srv", Value: cty.True},
			{Name: "DomainName", Value: cty.StringVal(rr.Target)},
			{Name: "Priority", Value: number(rr.Priority)},
			{Name: "Weight", Value: number(rr.Weight)},
			{Name: "Port", Value: number(rr.Port)},
		},
		list: cty.ListVal([]cty.Value{text(rr.Priority), text(rr.Weight), text(rr.Port), cty.StringVal(rr.Target)}),
	}
}

// maxLine is how many characters the cmdlets are given in one line of a text: the documentation of
// Add-DnsServerResourceRecord splits at 252, though a character string holds 255 octets.
const maxLine = 252

// lines is the text of a TXT record as cmdlets take it: a line for each character string, or, where one is too long for a
// line, the whole text split anew, since only the whole has a meaning. What they cannot be given without becoming something
// else is refused.
func lines(parts []string) (string, error) {
	all, long := make([]string, len(parts)), false
	for n, part := range parts {
		all[n] = literal(part)
		long = long || len(all[n]) > maxLine
	}
	whole := strings.Join(all, "")
	switch {
	case strings.ContainsFunc(whole, outsideASCII):
		return "", errors.New("the text holds a character outside printable ASCII, which the cmdlets of Windows DNS do not pass on as it is; write this record in the DNS console")
	case whole == "":
		return "", errors.New("the text is empty, which the cmdlets of Windows DNS refuse; write this record in the DNS console")
	case !long:
		return strings.Join(all, "\r\n"), nil
	}
	all = nil
	for line := range slices.Chunk([]byte(whole), maxLine) {
		all = append(all, string(line))
	}
	return strings.Join(all, "\r\n"), nil
}

// literal takes the escapes of the presentation form out of a character string.
func literal(part string) string {
	octets, _, err := quoted(`"` + part + `"`)
	if err != nil {
		return part // the library has written it, so this is not reached
	}
	return string(octets)
}
