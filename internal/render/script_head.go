package render

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"hybrid/planner"
)

// head writes what stands before the steps: what the script is, how to run it, and what has to be there.
func (s *script) head(w io.Writer, p *planner.Plan) {
	fmt.Fprint(w, "#Requires -Version 5.1\n#\n")
	s.about(w, p)
	fmt.Fprint(w, `
[CmdletBinding()]
param(
    [string[]] $Only = @(),     # the parts to run here; all where nothing is said
    [int] $DoneElsewhere = 0,   # the steps of other parts up to this one were done where they run
    [string] $Resume = '',      # done or again: what is known of the step that was begun and not seen to end
    [string[]] $Override = @(), # the guards that are set aside
    [switch] $List              # show the steps, and run none
)
`)
	fmt.Fprint(w, scriptFunctions)
	fmt.Fprintf(w, "$StateName = %s\n$Steps = %d\n", s.text("hybrid-"+s.name()+".state"), s.steps)
	s.places(w)
	fmt.Fprint(w, `$Selected = $Only
if ($Selected.Count -eq 0) { $Selected = @($Places.Keys) }
foreach ($name in $Selected) { if (-not $Places.Contains($name)) { throw "There is no part $name. There are: $(@($Places.Keys) -join ', ')." } }
if (@('', 'done', 'again') -notcontains $Resume) { throw '-Resume is done or again.' }
`)
	for _, r := range s.o.Refusals {
		fmt.Fprintf(w, "if (-not $List -and $Override -notcontains %s) { throw %s }\n", s.text(r.Guard),
			s.text("Guard "+r.Guard+": "+r.Text+" To run this script all the same: -Override "+r.Guard))
	}
	s.functions(w)
	fmt.Fprint(w, "\nif (-not $List) { Open-State }\ntry {\n")
	s.ready(w)
}

// about says in comments what the script is, and what is not in it.
func (s *script) about(w io.Writer, p *planner.Plan) {
	n := p.Count()
	say := func(format string, args ...any) { s.comment(w, fmt.Sprintf(format, args...)) }
	say("What hybrid apply would issue for this plan, as a script to be run by hand.")
	if s.o.Header != "" {
		say("of: %s", s.o.Header)
	}
	if s.o.Digest != "" {
		say("digest of the plan: %s", s.o.Digest)
	}
	say("Plan: %s. Steps: %s, %s.", totals(n), count(s.steps), numbered(s.byHand, "of them is by hand", "of them are by hand"))
	s.rollback(w, p.Rollback)
	s.absent(w, p)
	fmt.Fprint(w, `#
# hybrid apply reads everything again before it begins, reads back what it has done, keeps windows and waves, and leaves out
# what is already as wanted. This script does none of that: it issues what the plan says, in the plan's order, and stops at
# the first step that fails. Run it soon after the plan was made, or plan again.
#
# A file beside it, named by the digest, keeps which steps are done: run it again, and it goes on behind them. A step that was
# begun and not seen to end stops it until somebody has looked and says -Resume done or -Resume again.
#
# Parts run in different places. With -Only a run stops where a step of another part comes next, and says where that runs.
`)
	for _, part := range s.parts {
		s.comment(w, fmt.Sprintf("%s runs %s.", part.Name, whereOf(part)))
	}
}

// whereOf says where a part runs.
func whereOf(part *planner.ScriptPart) string {
	if part.Where == "" {
		return "where its commands are"
	}
	return part.Where
}

// absent says what is not in the script.
func (s *script) absent(w io.Writer, p *planner.Plan) {
	if p.Incomplete {
		s.comment(w, "NOT COMPLETE: something stood in the way of planning, so that what is not here may have to change as well.")
	}
	for _, r := range s.o.Refusals {
		s.comment(w, "GUARD "+r.Guard+": "+r.Text)
	}
	for i := range p.Changes {
		c := &p.Changes[i]
		if c.Action == planner.Unknown {
			s.comment(w, "NOT IN IT: "+c.Address.String()+" "+unplanned(c)+c.Reason)
		}
		for _, name := range c.Unread {
			s.comment(w, "NOT IN IT: "+name+" of "+c.Address.String()+", which the server does not tell")
		}
		if c.Users != nil && len(c.Users.Blocked) > 0 {
			s.comment(w, fmt.Sprintf("NOT IN IT: of %s %s not as wanted and blocked", c.Address, are(len(c.Users.Blocked), "user")))
		}
	}
}

// places says where each part runs.
func (s *script) places(w io.Writer) {
	fmt.Fprint(w, "$Places = [ordered] @{\n")
	for _, part := range s.parts {
		fmt.Fprintf(w, "    %s = %s\n", s.text(part.Name), s.text(whereOf(part)))
	}
	fmt.Fprint(w, "}\n")
}

// functions writes those that the code of the parts calls, each once.
func (s *script) functions(w io.Writer) {
	var written []string
	for _, part := range s.parts {
		if part.Functions != "" && !slices.Contains(written, part.Functions) {
			written = append(written, part.Functions)
			fmt.Fprint(w, "\n"+strings.TrimRight(part.Functions, "\n")+"\n")
		}
	}
}

// ready has each part that is run here checked and set up before the first step, and credentials asked for.
func (s *script) ready(w io.Writer) {
	for _, part := range s.parts {
		fmt.Fprintf(w, "if (-not $List -and $Selected -contains %s) {\n", s.text(part.Name))
		fmt.Fprintf(w, "    Test-Part %s @(%s) %s %s %s\n", s.text(part.Name), s.list(s.commands[part]), s.text(part.From), s.text(part.NotFrom), s.text(part.Advice))
		if part.Setup != nil {
			fmt.Fprintf(w, "    %s\n", s.code(part.Setup, part.Name, nil))
		}
		for _, account := range s.accounts[part] {
			fmt.Fprintf(w, "    $null = Get-Asked %s\n", s.text(account))
		}
		fmt.Fprint(w, "}\n")
	}
}

func (s *script) list(texts []string) string {
	quoted := make([]string, len(texts))
	for n, text := range texts {
		quoted[n] = s.text(text)
	}
	return strings.Join(quoted, ",")
}
