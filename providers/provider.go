// Package providers defines what a system must offer to be planned and changed: a way to read its live objects, a
// pure translation of a change into what will be issued, and a way to issue it.
package providers

import (
	"context"
	"errors"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/clock"
	"hybrid/internal/clouds"
	"hybrid/planner"
	"hybrid/schema"
)

// A System is everything one folder below this one exports: its provider block, its kinds, and how to get there.
type System struct {
	Schema *schema.System
	Kinds  []*schema.Kind
	// Views are kinds that no block declares: tables that are read to hold others against them.
	Views []*schema.Kind

	// Commands translates one change of one object or user into what will be issued, in order. It is pure: the plan
	// prints what it returns, apply issues exactly that, and the undo is the same function on the reversed change.
	// Changes with Users are first taken apart by [planner.UserChanges.All].
	Commands func(planner.Change) ([]Command, error)

	// Part says, given the name and the values of a provider block, where its commands run for somebody who runs them by hand,
	// and what must be there. It is pure. Values may be null, where there is no block. Nil says nothing but the name.
	Part func(name string, block cty.Value) planner.ScriptPart

	// Forest says that its providers are a [Forest].
	Forest bool

	// Lacks says what a block must name before it can be opened, although it is valid: who only rehearses in the lab needs no
	// account. It is pure, values that are not known yet lack nothing, and nil stands for a system whose valid blocks can be opened.
	Lacks func(Settings) error

	// Open prepares a provider. It contacts nothing: the first Read or Apply does.
	Open func(Settings) (Provider, error)
}

// A Command is one thing that is issued: a cmdlet call, a DNS update. Its text is what a reviewer sees, free of secrets.
type Command interface{ String() string }

// A Scripter is a command that can be run by hand. The part is left for the caller to fill in. What is no Scripter a person
// has to do.
type Scripter interface {
	Script(c planner.Change) planner.ScriptStep
}

// Settings is what a provider block says.
type Settings struct {
	Name   string    // "skype", "dns.external"
	Values cty.Value // of the system's Type(); secrets are marked
	Dir    string    // folder of the configuration, to which file names are relative
	Log    hclog.Logger
	// Cloud is the one that the whole configuration is about, Clouds are all that it knows; zero and nil stand for the
	// commercial one and for those that this program knows by itself.
	Cloud  clouds.Cloud
	Clouds clouds.Table
	// Kinds names the kinds that will be read or changed; nil means all. A host need only offer what these need.
	Kinds []string
	// Reads names further kinds that are only read, to see whether a value is taken.
	Reads []string
	// Asks names further cmdlets that will be called to read, by [Asker], where the host has them.
	Asks []string
	// ReadOnly says that nothing will be changed: the account need not be allowed to.
	ReadOnly bool
	// Timeout bounds one call; 0 means the provider's own.
	Timeout time.Duration
	// Reach gives the address, host:port, at which others than the provider block's own host are reached; nil where it is
	// the address itself.
	Reach func(address string) string
	// Listener gives the address, host:port, at which a host's WinRM listener is reached; nil, or "", where it is the host's own.
	Listener func(host string) string
	// Forest gives Active Directory as another provider block reads it, nil where none does; nil itself where nobody asks.
	Forest func() (Forest, error)
	// Notice is told, in a sentence or two, what becomes of the block's hosts: that one is left out, that it is back. Nil: nobody is.
	Notice func(text string, good bool)
	// Parallel is how many calls may be under way at once; 0 leaves it to the provider block.
	Parallel int
	// Clock is what waiting goes by; nil is the clock of the machine.
	Clock *clock.Clock
}

// A Provider is one open provider block.
type Provider interface {
	Reader
	Writer
	// Describe says in a few words where it leads: "skype fe01.contoso.com".
	Describe() string
	Close() error
}

// A Reader reads live objects.
type Reader interface {
	// Read lists the live objects of a kind. With want nil it lists all; otherwise it may restrict itself to those
	// wanted, and says so in the listing. What does not exist is not in the listing; what could not be read is an
	// error, in Listing.Err, never an absence.
	Read(ctx context.Context, k *schema.Kind, want []planner.Object) planner.Listing
}

// A Writer changes live objects.
type Writer interface {
	// Apply carries out one change of one object or user and returns when the far end has said that it is done. An
	// error for which [InDoubt] holds means that it may or may not have been done.
	Apply(ctx context.Context, c planner.Change) error
}

// Asker is implemented by providers that run cmdlets, and can run one that only reads beside those of their kinds.
type Asker interface {
	// Ask runs a cmdlet that changes nothing, named in [Settings.Asks], and gives its objects with all their properties.
	// Parameters are texts, numbers, booleans and lists of texts. A host that has no such cmdlet is an error.
	Ask(ctx context.Context, cmdlet string, parameters map[string]any) ([]map[string]any, error)
	// AskRows is Ask for many objects: of each it gives the values of some properties only, in their order. A property that is
	// unset and one that the object does not have are both nil.
	AskRows(ctx context.Context, cmdlet string, parameters map[string]any, properties []string) ([][]any, error)
}

// Prober is implemented by providers whose cmdlets run in sessions on hosts, which can be looked at one by one.
type Prober interface {
	// Hosts names the hosts of the block, as messages do, in its order; none where it has none.
	Hosts() []string
	// Opening says how a session on one host came about; one is opened where there is none. The error says why there is none, or is
	// an [UntriedError].
	Opening(ctx context.Context, host string) (Opening, error)
	// AskOn is [Asker.AskRows] on one host; without properties each row is the one value that the cmdlet gave, such as a text.
	// Errors are a [NoCmdletError], a [RefusalError], or say why there is no answer.
	AskOn(ctx context.Context, host, cmdlet string, parameters map[string]any, properties []string) ([][]any, error)
}

// An Opening is how a session on a host came about.
type Opening struct {
	PowerShell string        // "5.1.17763.1"
	Started    time.Duration // until Windows had signed the account in and started a process
	Greeted    time.Duration // until PowerShell answered
	Ready      time.Duration // until its modules were imported, an endpoint reached, the tenant signed in to
}

// An UntriedError says that a host was not asked for a session, since the account was refused elsewhere.
type UntriedError struct{ Err error }

func (e *UntriedError) Error() string { return e.Err.Error() }
func (e *UntriedError) Unwrap() error { return e.Err }

// A NoCmdletError says that there is no such cmdlet in the sessions of a host.
type NoCmdletError struct {
	Host     string
	Cmdlet   string
	Endpoint string // where its cmdlets come from, "" where they are the host's own
}

func (e *NoCmdletError) Error() string {
	if e.Endpoint != "" {
		return e.Endpoint + ", in which the sessions on " + e.Host + " work, offers no " + e.Cmdlet
	}
	return e.Host + " has no cmdlet " + e.Cmdlet
}

// A RefusalError says that a cmdlet ran on a host, and failed.
type RefusalError struct {
	Cmdlet string
	Kind   string // its FullyQualifiedErrorId: "PathNotFound,Microsoft.PowerShell.Commands.GetItemPropertyCommand"
	Text   string // what it said
}

func (e *RefusalError) Error() string { return e.Cmdlet + ": " + e.Text }

// Replicator is implemented by providers of which changes reach every server only after a while.
type Replicator interface {
	// Behind names the servers that have not got the latest changes yet; none means that all have.
	Behind(ctx context.Context) ([]string, error)
}

// Patient is implemented by providers that may be read from a server which is behind the one that was written to.
type Patient interface {
	// ReadBack is how long to go on reading what has been carried out and does not show; 0 where one look decides.
	ReadBack() time.Duration
}

// Enduring is implemented by providers of which a call may go on at the far end after the program that had sent it is gone.
type Enduring interface {
	// Longest is how long one call may take: what was sent longer ago is over; 0 where that is not known.
	Longest() time.Duration
}

// Passing is implemented by providers that may be unable to sign in again after a while.
type Passing interface {
	// Ends is whose sign-in ends, and when; false where it does not.
	Ends() (who string, at time.Time, ends bool)
}

// Namer is implemented by providers that can read users by the names of their accounts.
type Namer interface {
	// Named reads the users of a kind whose accounts have these names ([schema.AccountName]), with the kind's columns. Names that
	// cannot be asked for are left out.
	Named(ctx context.Context, k *schema.Kind, names []string) planner.Listing
}

// Housing is implemented by providers behind which users live somewhere.
type Housing interface {
	// Homes are where users can be homed, as attributes with [schema.Attr.Home] name it in their canonical form: all, unless the
	// wanted ones are among the first that are read. None means that it is not known.
	Homes(ctx context.Context, wanted []string) ([]string, error)
}

// Verifier is implemented by providers that can tell of what stands at the far end whether it is in force everywhere.
type Verifier interface {
	// Verify sets Pending in those objects of a listing that are as wanted and not in force everywhere yet. What cannot be
	// asked is pending, too: an error is never agreement.
	Verify(ctx context.Context, k *schema.Kind, want []planner.Object, listing planner.Listing)
}

// Advisor is implemented by providers that know more of a change than its kind does.
type Advisor interface {
	// Advise is what an administrator must know before approving a change, from what was read last. It contacts nothing.
	Advise(c planner.Change) []string
}

// Counter is implemented by providers that can tell how many round trips they have made.
type Counter interface{ RoundTrips() int64 }

// An Outage is an error that is not about what was asked: whatever else is asked of the provider meanwhile fails alike, such
// as while no session can be opened. It is told once, for all that it stands in the way of.
type Outage interface {
	error
	Outage()
}

// A DoubtError says that a command was sent and nobody knows what became of it: it must be read before anything else
// is done to the object.
type DoubtError struct{ Err error }

func (e *DoubtError) Error() string { return "the answer was lost: " + e.Err.Error() }
func (e *DoubtError) Unwrap() error { return e.Err }

// InDoubt says whether a failed change may have been carried out all the same.
func InDoubt(err error) bool {
	var doubt *DoubtError
	return errors.As(err, &doubt)
}

// A HalfwayError says that some of a change's commands were carried out before one failed: the object is neither as it was
// nor as wanted.
type HalfwayError struct{ Err error }

func (e *HalfwayError) Error() string { return e.Err.Error() }
func (e *HalfwayError) Unwrap() error { return e.Err }

// Halfway says whether a failed change was carried out in part.
func Halfway(err error) bool {
	var halfway *HalfwayError
	return errors.As(err, &halfway)
}
