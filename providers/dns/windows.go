package dns

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync/atomic"

	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/powershell"
	"hybrid/planner"
	"hybrid/providers"
	"hybrid/providers/shell"
)

// windowsModule holds the cmdlets of Windows DNS servers, since Windows Server 2012.
const windowsModule = "DnsServer"

// A windows is one Windows DNS server, by cmdlets that run on it.
type windows struct {
	*shell.Provider
	name  string
	host  string
	zones map[string]bool // canonical; empty: all that the server has
	names string          // where the server answers questions, host:port
	reach func(address string) string
	asked atomic.Int64 // questions, beside the calls of cmdlets
}

// openWindows prepares a provider; it reads the CA file and contacts nothing.
func openWindows(s providers.Settings, t *shell.Translator) (providers.Provider, error) {
	block, _ := s.Values.UnmarkDeep()
	err := lacks(s)
	if err != nil {
		return nil, err
	}
	if s.Timeout, err = timeoutOf(s, block, shell.DefaultTimeout); err != nil {
		return nil, err
	}
	s.Values = session(s.Values)
	v := shell.ArgumentsOf(s)
	opened, err := shell.Open(s, shell.Options{
		Translator: t, Place: v.Place(), Advise: advised,
		Session: powershell.Open{Modules: []string{windowsModule}, Cmdlets: windowsCmdlets(s.ReadOnly)},
	})
	if err != nil {
		return nil, err
	}
	names, err := serverAddress(cmp.Or(text(block.GetAttr("host")), "127.0.0.1"))
	if err != nil {
		return nil, fmt.Errorf("provider %s: host: %w", s.Name, err)
	}
	return &windows{Provider: opened, name: s.Name, host: v.Place(), zones: zonesOf(block), names: names, reach: s.Reach}, nil
}

// lacks names the account where sessions have none. With other types there are no sessions.
func lacks(s providers.Settings) error {
	if !shell.IsText(s.Values.GetAttr("type"), typeWindows) || !shell.ArgumentsOf(s).Nobody() {
		return nil
	}
	return fmt.Errorf("provider %s: username is missing: the account that signs in to %s and changes the records; for its password write env(\"…\") or secret_file(\"…\")",
		s.Name, text(s.Values.GetAttr("host")))
}

// session is the block as what opens sessions reads it: the one host as a list, and the timeout, of which the settings know
// by now, left out, since it is a text here. One session is enough: changes are made one after another.
func session(block cty.Value) cty.Value {
	values := block.AsValueMap()
	values["timeout"], values["sessions"] = cty.NullVal(cty.Number), cty.NumberIntVal(1)
	if host := values["host"]; shell.Tells(host) {
		values["hosts"] = cty.ListVal([]cty.Value{host})
	}
	return cty.ObjectVal(values)
}

func windowsCmdlets(readOnly bool) []string {
	reading := []string{getZone, getRecord}
	if readOnly {
		return reading
	}
	return append(reading, "Add-DnsServerResourceRecord", "Add-DnsServerResourceRecordA", "Add-DnsServerResourceRecordAAAA",
		"Add-DnsServerResourceRecordCName", "Remove-DnsServerResourceRecord")
}

// Describe says where the provider leads: "dns dc01.contoso.com".
func (p *windows) Describe() string { return "dns " + p.host }

// Apply issues the calls that [providers.System.Commands] gives for the change, and nothing else, after it has seen that the
// set is still what the plan was made from: the cmdlets have no prerequisites as updates have. It stops at the first call
// that fails, and the error says which have been carried out.
func (p *windows) Apply(ctx context.Context, c planner.Change) error {
	calls, err := windowsCalls(p.Translator, c)
	if err != nil || len(calls) == 0 {
		return err
	}
	if err := p.unchanged(ctx, c); err != nil {
		return err
	}
	done, err := p.Issue(ctx, calls)
	if err != nil {
		return half(calls, done, fmt.Errorf("%s %s: %w", display(c.Identity), changedType(c), err))
	}
	return nil
}

// half says of a change that ended between its calls what had been done, and what has not: where a TTL is lowered ahead, no
// block says the values of what was removed, so that nobody but this text and the journal knows how to put it back.
func half(calls, done []shell.Call, err error) error {
	rest, doubtful := calls[len(done):], ""
	if providers.InDoubt(err) {
		doubtful, rest = "\nperhaps carried out:\n  "+rest[0].String(), rest[1:]
	}
	if len(done) == 0 && (doubtful == "" || len(rest) == 0) {
		return err
	}
	err = fmt.Errorf("%w%s%s%s\nRemove the cause and run plan again: it shows what is left to do. What is still to be carried out can also be run on the server by hand",
		err, listed("carried out before", done), doubtful, listed("still to be carried out", rest))
	if len(done) == 0 {
		return err
	}
	return &providers.HalfwayError{Err: err}
}

// listed is a list of calls under a heading, "" without any.
func listed(heading string, calls []shell.Call) string {
	if len(calls) == 0 {
		return ""
	}
	text := "\n" + heading + ":"
	for _, call := range calls {
		text += "\n  " + call.String()
	}
	return text
}

// unchanged reads what stands at the name once more and compares it with what the plan was made from.
func (p *windows) unchanged(ctx context.Context, c planner.Change) error {
	name, rtype := display(c.Identity), changedType(c)
	there, err := p.node(ctx, c.Place, c.Identity)
	if err != nil {
		return fmt.Errorf("%s %s was to be read once more before it is changed, and nothing was changed: %w", name, rtype, err)
	}
	before, err := readSet(c.Identity, c.Before)
	if err != nil {
		return untranslatable(c, "what stood in the zone", err)
	}
	set, clash := standing(there, rtype)
	switch {
	case clash != nil && c.Action == planner.Create:
		return fmt.Errorf(`%s holds %s, and a CNAME record stands alone at its name; nothing was changed; declare that set with ensure = "absent" and let %s depend on it`,
			name, shown(clash), c.Address)
	case sameSet(before.records, set):
		return nil
	}
	now := ""
	switch {
	case len(set) == 0:
		now = ": now there is none"
	case !sensitive(c):
		now = ": now it holds " + shownAll(set)
	}
	return fmt.Errorf("%s %s was changed by somebody else after the plan was made%s; nothing was changed; run plan again", name, rtype, now)
}

// errPending is why a change cannot be carried out yet.
var errPending = errors.New("not all of its records are known yet; nothing was changed")
