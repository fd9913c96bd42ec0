package shell

import (
	"slices"
	"strings"

	"hybrid/internal/powershell"
	"hybrid/planner"
)

// Script is the call as PowerShell: what apply issues, and like the host agent with an error made the end of it. What is
// secret or not known yet is asked for.
func (c Call) Script(planner.Change) planner.ScriptStep {
	words := []planner.Word{{Text: c.Command.Cmdlet}}
	for _, p := range c.Command.Params {
		words = append(words, planner.Word{Text: " -" + p.Name + ":"})
		words = append(words, c.words(p)...)
	}
	words = append(words, planner.Word{Text: " -ErrorAction:Stop"})
	return planner.ScriptStep{Code: merged(words), Cmdlets: c.Command.Cmdlets()}
}

// words are those of one argument.
func (c Call) words(p powershell.Param) []planner.Word {
	name := "-" + p.Name + " of " + c.Command.Cmdlet
	_, account := p.Value.(powershell.Credential)
	at := slices.Index(c.Unknown, p.Name)
	switch secret := slices.Contains(c.Secret, p.Name); {
	case at >= 0 && secret:
		return []planner.Word{{Kind: planner.Secret, Text: name}}
	case at >= 0:
		return []planner.Word{{Kind: c.later[at], Text: name}}
	case secret && account:
		return []planner.Word{{Kind: planner.Credential}} // whose it is, is a secret as well
	case secret:
		return asked(p.Value, name)
	}
	var words []planner.Word
	for _, piece := range (powershell.Command{Params: []powershell.Param{p}}).Pieces()[2:] {
		words = append(words, planner.Word{Kind: wordKinds[piece.Kind], Text: piece.Text})
	}
	return words
}

var wordKinds = map[powershell.PieceKind]planner.WordKind{powershell.Code: planner.Code, powershell.Text: planner.Text, powershell.Account: planner.Credential}

// asked asks for a secret value in its form: a list is asked for one by one.
func asked(value any, name string) []planner.Word {
	list, ok := value.([]any)
	if !ok {
		return []planner.Word{{Kind: planner.Secret, Text: name}}
	}
	words := []planner.Word{{Text: "@("}}
	for n := range list {
		if n > 0 {
			words = append(words, planner.Word{Text: ","})
		}
		words = append(words, planner.Word{Kind: planner.Secret, Text: name})
	}
	return append(words, planner.Word{Text: ")"})
}

// merged puts pieces of code that stand side by side together.
func merged(words []planner.Word) []planner.Word {
	var all []planner.Word
	for _, w := range words {
		if last := len(all) - 1; last >= 0 && w.Kind == planner.Code && all[last].Kind == planner.Code {
			all[last].Text += w.Text
			continue
		}
		all = append(all, w)
	}
	return all
}

// Where says where the cmdlets of a provider block run: "on fe01.contoso.com".
func (a Arguments) Where() string {
	hosts := a.Hosts()
	for _, name := range []string{"host", "sync_host"} {
		if host := a.Text(name); host != "" {
			hosts = append(hosts, host)
		}
	}
	switch {
	case a.Local():
		return "on the machine that hybrid runs on"
	case len(hosts) == 0:
		return ""
	}
	return "on " + strings.Join(hosts, " or ")
}
