package check

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"hybrid/internal/modules"
)

// moverModule is C-MOD: whether the hosts that Move-CsUser runs on have a version of the tenant's module with which it works.
func moverModule(ctx context.Context, e *Estate) Result {
	if !e.moves() {
		return Absent("the configuration moves no users")
	}
	t := &trial{e: e}
	hosts := machines(t.hostsOf("skype"))
	known, is := e.Config.Modules.Modules[modules.Teams]
	if !is {
		return Unread(fmt.Errorf("the table of modules says nothing of %s", modules.Teams))
	}
	t.each(hosts, func(h windowsHost) func() {
		rows, err := e.askOn(ctx, h, Cmdlet{Name: "Get-Module", Params: map[string]any{"ListAvailable": true, "Name": modules.Teams}}, "Name", "Version")
		return func() { t.module(h, known, rows, err) }
	})
	if len(t.faults) > 0 {
		t.seen = append(t.seen, e.Saw("known of "+known.Name, knownOf(known), "the table of modules of "+e.Config.Modules.AsOf))
	}
	return t.orNoHosts(len(hosts))
}

// knownOf tells what a version is held against, and who says so.
func knownOf(m modules.Module) string {
	all := []string{fmt.Sprintf("%s at least (%s, %s)", m.Least, m.Source, m.AsOf)}
	for _, b := range m.Broken {
		until := ""
		if b.Until != "" {
			until = " up to " + b.Until
		}
		all = append(all, fmt.Sprintf("broken from %s%s (%s, %s)", b.From, until, b.Source, b.AsOf))
	}
	return strings.Join(all, "; ")
}

// moves says whether a block moves users.
func (e *Estate) moves() bool {
	for i := range e.Config.Objects {
		if e.Config.Objects[i].Kind.Name == "user_homing" {
			return true
		}
	}
	return false
}

// module judges the versions on a host. PowerShell lists first what it loads where no version is asked for.
func (t *trial) module(h windowsHost, known modules.Module, rows [][]any, err error) {
	install := fmt.Sprintf("On %s, in Windows PowerShell as an administrator: Install-Module %s -RequiredVersion %s -Scope AllUsers, then Uninstall-Module %s -RequiredVersion of each other version.", h.place(), known.Name, known.Install, known.Name)
	if known.Install == "" {
		install = ""
	}
	if err != nil {
		t.unheard(h, err, "by hand, run Get-Module -ListAvailable MicrosoftTeams on each server of the pool")
		return
	}
	var versions []string
	for _, row := range rows {
		versions = append(versions, cellText(row[1]))
	}
	if versions = slices.Compact(versions); len(versions) == 0 {
		t.saw("module "+known.Name, "not installed", h)
		t.fault(strings.Split(install, ", then ")[0]+".", "%s has no module %s, with which Move-CsUser signs in to the tenant", h.place(), known.Name)
		return
	}
	t.saw("module "+known.Name, strings.Join(versions, ", "), h)
	switch found, err := known.Judge(versions[0]); {
	case err != nil:
		t.unknown("the version of %s on %s: %v", known.Name, h.place(), err)
	case found.Old:
		t.fault(install, "%s on %s is %s, and Move-CsUser needs %s at least", known.Name, h.place(), versions[0], known.Least)
	case found.Broken != nil:
		t.fault(install, "%s %s on %s is known to be broken: %s", known.Name, versions[0], h.place(), found.Broken.Note)
	}
}
