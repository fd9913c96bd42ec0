package powershell

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// A CmdletError is a cmdlet's own refusal: it ran, or would not bind, and said no. The session goes on.
type CmdletError struct {
	Cmdlet   string
	Message  string
	Kind     string // FullyQualifiedErrorId: "NamedParameterNotFound,New-CsHostingProvider"
	Category string // "InvalidArgument"
	Type     string // the .NET exception
}

func (e *CmdletError) Error() string { return e.Cmdlet + ": " + strings.TrimSpace(e.Message) }

// A ReadyError says that what makes a session ready, such as signing in, was refused: no session can be used.
type ReadyError struct{ Err error }

func (e *ReadyError) Error() string { return e.Err.Error() }
func (e *ReadyError) Unwrap() error { return e.Err }

// A LostError says that the session ended before an answer was complete. With Sent, the request may have reached the
// agent: whether the cmdlet ran is in doubt and must be read before anything else is done.
type LostError struct {
	Sent bool
	Host string
	Err  error
}

func (e *LostError) Error() string {
	doubt := "nothing had been sent"
	if e.Sent {
		doubt = "the request had been sent, whether it was carried out is not known"
	}
	return fmt.Sprintf("the session on %s was lost (%s): %s", e.Host, doubt, e.Err)
}

func (e *LostError) Unwrap() error { return e.Err }

// A hungError is a cmdlet that was still at work at the deadline.
type hungError struct {
	cmdlet string
	after  time.Duration
}

func (e *hungError) Error() string {
	return fmt.Sprintf("%s had not answered after %s", e.cmdlet, e.after)
}

func (e *hungError) Unwrap() error { return context.DeadlineExceeded }

// A MissingError says that a host lacks a module, or cmdlets that are needed.
type MissingError struct {
	Host    string
	Modules []string // that were asked for
	// NoModule says that a module could not be found; otherwise cmdlets are missing.
	NoModule bool
	Cmdlets  []string
	// Endpoint is set where the cmdlets were looked for in a pool's remote PowerShell.
	Endpoint string
	Err      error // what PowerShell said of the module
}

// The tenant's module and that of DNS servers come another way than those of the servers.
const (
	teams     = "MicrosoftTeams"
	dnsServer = "DnsServer"
)

func (e *MissingError) Unwrap() error { return e.Err }

func (e *MissingError) Error() string {
	missing := strings.Join(e.Cmdlets, ", ")
	switch {
	case e.NoModule && slices.Contains(e.Modules, teams):
		return fmt.Sprintf("%s has no PowerShell module %s. Install it there for all users (Install-Module %s -Scope AllUsers in Windows PowerShell 5.1)", e.Host, teams, teams)
	case e.NoModule && slices.Contains(e.Modules, dnsServer):
		return fmt.Sprintf("%s has no PowerShell module %s. It comes with the role DNS Server (Windows Server 2012 and later): name the DNS server itself", e.Host, dnsServer)
	case e.NoModule:
		return fmt.Sprintf("%s has no PowerShell module %s. Install the Skype for Business Server or Lync Server administrative tools there (Core Components), or use a pool's /OcsPowershell endpoint", e.Host, strings.Join(e.Modules, ", "))
	case slices.Contains(e.Modules, teams):
		return fmt.Sprintf("%s has no cmdlet %s. Update the module %s there (Update-Module %s)", e.Host, missing, teams, teams)
	case e.Endpoint != "":
		return fmt.Sprintf("%s does not offer %s to this account. Check with Get-CsAdminRole that a role of the account permits it (CsAdministrator does)", e.Endpoint, missing)
	}
	return fmt.Sprintf("%s has no cmdlet %s. Check that the administrative tools on the host are of the same version as the pool, and that its module is one that has it", e.Host, missing)
}

// A ProtocolError says that something else than the agent answers.
type ProtocolError struct {
	Host   string
	Reason string
	Lines  []string // the first lines that it wrote, bounded
	Stderr string   // the end of its standard error, readable
	Err    error
}

func (e *ProtocolError) Unwrap() error { return e.Err }

func (e *ProtocolError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "what answers on %s is not the host agent: %s", e.Host, e.Reason)
	if e.Err != nil {
		fmt.Fprintf(&b, ": %s", e.Err)
	}
	for _, line := range e.Lines {
		fmt.Fprintf(&b, "\n  | %s", line)
	}
	if e.Stderr != "" {
		fmt.Fprintf(&b, "\n  ! %s", strings.ReplaceAll(e.Stderr, "\n", "\n  ! "))
	}
	if len(e.Lines) == 0 && e.Stderr == "" {
		b.WriteString(". It wrote nothing; is Windows PowerShell there, and is it permitted to run scripts in full language mode?")
	}
	return b.String()
}

// delivered says whether a write that failed after n bytes may have reached the agent.
func delivered(n int, err error) bool {
	var known interface{ Delivered() bool }
	return n > 0 || !errors.As(err, &known) || known.Delivered()
}
