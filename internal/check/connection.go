package check

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"hybrid/internal/catalogue"
	"hybrid/providers"
)

// connectionChecks are those of the hosts that sessions run on, and of the way there.
func connectionChecks() []Check {
	servers := func(cmdlets ...string) map[string][]string { return map[string][]string{"skype": cmdlets} }
	both := func(cmdlets ...string) map[string][]string {
		return map[string][]string{"skype": cmdlets, "teams": cmdlets}
	}
	moves := []string{"user_homing"}
	return []Check{{
		ID: "C-WRM", Group: Connection, Title: "A session opens on every host within ten seconds", Blocks: true, Asks: both("Get-Item", "Get-ChildItem"),
		Reads:  "the opening of a session on each host of each provider block, timed; what the host says of its limits (WSMan:\\localhost)",
		Remedy: "Mend what keeps the session from opening, or take the host out of hosts in its provider block until that is done.",
		Source: "Microsoft: Installation and Configuration for Windows Remote Management (what the limits mean); ten seconds are a rule of this program", Run: opened,
	}, {
		ID: "C-HOP", Group: Connection, Title: "Sessions on the servers reach Active Directory", Blocks: true, Home: true, Kinds: moves,
		Systems: []string{"skype"}, Asks: servers("Get-ADDomain"), Reads: "Get-ADDomain in a session on each host of the servers",
		Remedy: "Write endpoint = \"https://POOL/OcsPowershell\" into provider \"skype\": there the account signs in anew, and needs no second hop. Or run hybrid on the Front End Server itself, with transport = \"local\".",
		Source: "Microsoft: Making the second hop in PowerShell Remoting; domain notes: cmdlets of the servers need it", After: []string{"C-WRM"}, Run: secondHop,
	}, {
		ID: "C-MOD", Group: Connection, Title: "The module that Move-CsUser signs in with is new enough and not broken", Blocks: true, Home: true, Kinds: moves,
		Systems: []string{"skype"}, Asks: servers("Get-Module"), Reads: "Get-Module -ListAvailable -Name MicrosoftTeams on each host of the servers, held against the table of modules",
		Remedy: "Install a version that works for all users of the host, and uninstall the others.",
		Source: "Move-CsUser's page (6.2.1 or later); MicrosoftDocs/office-docs-powershell pull requests 13244 and 13690 (broken after 7.1)", After: []string{"C-WRM"}, Run: moverModule,
	}, {
		ID: "C-TLS", Group: Connection, Title: "The hosts speak TLS 1.2 to Microsoft 365", Blocks: true, Home: true, Kinds: moves,
		Asks: both("Get-ItemProperty"), Reads: "Get-ItemProperty of .NET Framework's and SChannel's keys on each host of the servers and of the tenant's module",
		Remedy: "Set SchUseStrongCrypto and SystemDefaultTlsVersions to 1.",
		Source: "Microsoft: Transport Layer Security (TLS) best practices with the .NET Framework; domain notes: TLS 1.2 on the host that moves", After: []string{"C-WRM"}, Run: strongCrypto,
	}, {
		ID: "C-URL", Group: Connection, Title: "The address of the hosted migration service is right, where one is given", Kinds: moves,
		Reads:  "hosted_migration_override_url of each user_homing, and a TLS handshake from this machine with its host",
		Remedy: "Leave hosted_migration_override_url out: the hosting provider's autodiscover_url leads there.",
		Source: "Move-CsUser's page; Microsoft: Move users between on-premises and cloud", Run: migrationAddress,
	}}
}

// slowOpening is how long Windows and PowerShell may take until a session answers.
const slowOpening = 10 * time.Second

// opened is C-WRM.
func opened(ctx context.Context, e *Estate) Result {
	t := &trial{e: e}
	unusable := &trial{e: e}
	hosts := unusable.hostsOf()
	for _, text := range unusable.unread { // of a block for which no session can be opened anywhere
		t.fault("Correct that provider block, and check again.", "%s", text)
	}
	if len(hosts) == 0 && len(t.faults) == 0 {
		return Absent("no provider block of the configuration works by sessions on hosts")
	}
	t.each(hosts, func(h windowsHost) func() {
		o, err := e.opening(ctx, h)
		limits, unread := "", error(nil)
		if err == nil {
			limits, unread = e.limits(ctx, h)
		}
		return func() { t.opening(ctx, h, o, err); t.limits(h, limits, unread) }
	})
	return t.result()
}

// opening judges how a session came about.
func (t *trial) opening(ctx context.Context, h windowsHost, o providers.Opening, err error) {
	what := "session of " + h.block
	var untried *providers.UntriedError
	switch {
	case ctx.Err() != nil && err != nil:
		t.unknown("whether a session opens on %s: %v", h.place(), err)
	case errors.As(err, &untried):
		t.saw(what, "not tried", h)
		t.unknown("%s was not tried: the account was refused elsewhere, and each further attempt brings it closer to being locked", h.place())
	case err != nil && t.e.systemOf(h.block) == "teams" && signInRefused(err):
		t.saw(what, "opens, and is not let into the tenant", h)
		t.unknown("whether a session is ready on %s within %s: the tenant does not let it sign in, which C-AUTH tells more of", h.place(), slowOpening)
	case err != nil:
		cause, fix := causeAndFix(err)
		t.saw(what, "does not open", h)
		t.fault(fix, "%s", cause)
	default:
		t.saw(what, fmt.Sprintf("signed in after %s, PowerShell %s answers after %s, ready after %s", millis(o.Started), o.PowerShell, millis(o.Greeted), millis(o.Ready)), h)
		if o.Greeted >= slowOpening {
			t.fault("Look what keeps "+h.place()+" busy (Task Manager, and winrm enumerate shell for sessions that were left behind), or name another host.",
				"%s takes %s until a session answers, and it should take less than %s", h.place(), millis(o.Greeted), slowOpening)
		}
	}
}

// signInRefused says whether the sign-in service has refused a session that a host has opened.
func signInRefused(err error) bool {
	known, is := catalogue.Of(catalogue.Refusal{Module: "MicrosoftTeams", Text: err.Error()})
	return is && slices.Contains(known.Checks, "C-AUTH")
}

// saw notes what was seen on a host.
func (t *trial) saw(what, value string, h windowsHost) {
	t.seen = append(t.seen, t.e.Saw(what, value, h.place()))
}

// millis shows how long something took.
func millis(d time.Duration) string { return fmt.Sprintf("%d ms", d.Milliseconds()) }

// faultMark stands behind a fault's own words, which may be several sentences, and before advice.
var faultMark = regexp.MustCompile(`\(WS-Man fault [^)]*\)\. `)

// causeAndFix takes an error of opening a session apart: its first sentence is the cause, or all that Windows says of it, and what
// follows says what to do.
func causeAndFix(err error) (cause, fix string) {
	text := sentence(err)
	cause, fix, _ = strings.Cut(text, ". ")
	if at := faultMark.FindStringIndex(text); at != nil {
		cause, fix = text[:at[1]-2], text[at[1]:]
	}
	if fix != "" {
		fix += "."
	}
	return cause, fix
}

// shellLimits are those of a host that a run of hybrid may meet, in the folder WSMan:\localhost\Shell.
var shellLimits = []string{"MaxShellsPerUser", "MaxProcessesPerShell", "MaxMemoryPerShellMB", "IdleTimeout"}

// limits are what a host says of its limits; "" where its cmdlets for them are not asked for.
func (e *Estate) limits(ctx context.Context, h windowsHost) (string, error) {
	if s := e.systemOf(h.block); s != "skype" && s != "teams" {
		return "", nil
	}
	envelope, err := e.askOn(ctx, h, Cmdlet{Name: "Get-Item", Params: map[string]any{"Path": `WSMan:\localhost\MaxEnvelopeSizekb`}}, "Name", "Value")
	if err != nil {
		return "", err
	}
	shell, err := e.askOn(ctx, h, Cmdlet{Name: "Get-ChildItem", Params: map[string]any{"Path": `WSMan:\localhost\Shell`}}, "Name", "Value")
	if err != nil {
		return "", err
	}
	said := map[string]string{}
	for _, row := range append(envelope, shell...) {
		said[cellText(row[0])] = cellText(row[1])
	}
	var all []string
	for _, name := range append([]string{"MaxEnvelopeSizekb"}, shellLimits...) {
		if said[name] != "" {
			all = append(all, name+" "+said[name])
		}
	}
	if len(all) == 0 {
		return "", errors.New("it names none")
	}
	return strings.Join(all, ", "), nil
}

// limits notes a host's limits. They are there to be seen: what goes beyond them says so itself.
func (t *trial) limits(h windowsHost, said string, err error) {
	switch {
	case err != nil:
		t.note(fmt.Sprintf("the limits of %s were not read: %s", h.place(), sentence(err)))
	case said != "":
		t.saw("limits for "+h.block, said, h)
	}
}

// systemOf is the system of a provider block.
func (e *Estate) systemOf(block string) string {
	for i := range e.Config.Providers {
		if e.Config.Providers[i].Name == block {
			return e.Config.Providers[i].System.Name
		}
	}
	return ""
}
