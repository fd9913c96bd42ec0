// Package planner computes what has to change: values in, plan out. It is pure: no clock, network, file or context,
// and equal input gives equal bytes.
package planner

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/roster"
	"hybrid/schema"
)

// An Object is what the configuration wants of one live object, or, for a kind with Rows, of a table of users.
type Object struct {
	Address  Address
	Kind     *schema.Kind
	Provider string    // the provider block that serves it: "skype", "dns.external"
	Identity string    // what the far end calls it; "" for a singleton and for users
	Want     cty.Value // of Kind.Type(); null attributes are not declared and left alone

	Absent         bool     // ensure = "absent"
	PreventDestroy bool     // lifecycle
	Ignore         []string // lifecycle: attributes whose differences are not planned
	// Exact are attributes and blocks that are wanted as Want has them, null being unset, and not laid over what is live: those
	// that a rollback takes back. No configuration asks for it.
	Exact []string

	// Users are those of a kind with Rows: columns "sip_address", "identity", which is never empty, and attributes that
	// are each user's own.
	Users *roster.Table
	// UserPlace is where the user of a row is written, "users.csv:7", and "" where that is the block; nil where nobody tells.
	UserPlace func(row int) string
	// Everybody says that all users there are are meant, with every attribute that is a user's: what a survey of the estate asks
	// for. Users is nil then. No configuration asks for it.
	Everybody bool
	// UsersLate says that who the users are depends on what has not been read, or what nobody tells: Users is empty, and
	// nothing follows from that.
	UsersLate bool

	Range  hcl.Range            // of the block's header
	Ranges map[string]hcl.Range // of each argument that is written
}

// LiveID is the object's key among the live objects of its kind and provider.
func (o *Object) LiveID() string { return o.Kind.LiveID(o.Identity, o.Want) }

// RangeOf is where an argument is written, or the block's header where it is not.
func (o *Object) RangeOf(attr string) hcl.Range {
	if r, ok := o.Ranges[attr]; ok {
		return r
	}
	return o.Range
}

// A Source is where live objects are read: one kind through one provider block.
type Source struct {
	Provider string `json:"provider"`
	Kind     string `json:"kind"`
}

// A Listing is what one read brought. An error is never an absence: with Err set nothing is known of any object.
type Listing struct {
	Objects map[string]Found // by LiveID
	Users   *roster.Table    // for a kind with Rows: its Columns, and those of the attributes that are wanted
	Err     error
	// Complete says that objects not in the listing do not exist. Where it is false only those asked for were read.
	Complete bool
	// Parts is how many objects each of several lists holds that the listing is made of, such as zones, by the domain that
	// they are of; nil for one list. Which lists those are may depend on what was asked for: those that were read whole are
	// there, also where Complete is false.
	Parts map[string]int
	// Place says where an object of an identity is kept, or would be, as commands for it need to know: the zone of a name.
	// Nil where they need not; it is pure, and "" where there is no such place.
	Place func(identity string) string
	// Refused says of objects, by LiveID, why the far end does not keep them as they are declared, or holds in their place what
	// must not be replaced. Nothing is planned of such an object, and of the others all is.
	Refused map[string]error
	// Renamed says of users who were not found by their SIP address which other one the account with their identity has, as a user.
	Renamed map[string]string
	// Remark is what an administrator should know of how it was read, in sentences: that it took a longer way than it was meant to, or
	// that it may be out of date.
	Remark string
}

// place is where an object is kept, as far as commands need to know.
func (l Listing) place(identity string) string {
	if l.Place == nil {
		return ""
	}
	return l.Place(identity)
}

// Found is one live object.
type Found struct {
	Identity string    // as the far end spells it
	Value    cty.Value // of Kind.Type(): null for what is unset, unknown for what the far end did not tell
	// Pending is what has been asked of the far end and is not in force everywhere yet, as a sentence without a full
	// stop: "the resolver 192.0.2.53 still answers 203.0.113.9"; "" where all is. It is no difference, but it is waited for.
	Pending string
}

// Live is everything that was read.
type Live map[Source]Listing

// A Node is a block in the graph of a configuration, whether it holds one object or a hundred thousand users.
type Node struct {
	Address Address
	Kind    *schema.Kind
	Range   hcl.Range // of its header
	Needs   []Edge
	// Source is the block as the configuration writes it, from its header to its closing brace; "" where it is not known. What
	// is written out there as a secret stands as asterisks.
	Source string

	// Leaving says that the block takes hybrid back: its kind then comes after [schema.Kind.Leaving], and no block that
	// leads into hybrid comes after it unless the configuration says so.
	Leaving bool
	// Follows is the kinds' own order as far as it holds for this block. [Sort] sets it.
	Follows []KindEdge

	// Evaluate gives the node's objects, given the values that the blocks it refers to will have after the plan, by
	// block address. A value may be unknown. It is pure and may be called again with better known values.
	Evaluate func(after map[string]cty.Value) ([]Object, hcl.Diagnostics)
}

// An Edge says that a node comes after another, and why.
type Edge struct {
	To     string    // block address of what comes first
	Why    string    // "refers to it", "depends_on"
	Range  hcl.Range // where the configuration says so
	Refers bool      // its value is used
}

// A KindEdge says that a node comes after all blocks of a kind, because the kinds say so.
type KindEdge struct {
	Kind    string
	Leaving bool   // after those that take hybrid back, and not after the others
	Why     string // a clause: "clients must find the servers before users are moved"
}

// Sentence says for a kind that it comes after that of the edge, and why, without a full stop.
func (e KindEdge) Sentence(kind string) string { return kind + " comes after " + e.Kind + ": " + e.Why }

// A Reason says what a change comes after, and why: a block, where the configuration says so, or all blocks of a kind.
type Reason struct {
	Block   string // its address, "" for a kind
	Kind    string
	Leaving bool // of the kind those that take hybrid back
	Why     string
	Range   hcl.Range // where the configuration says so
}

// Reasons lists what a node comes after: what the configuration says, then the kinds' own order. A kind is one entry,
// however many blocks it has.
func (n *Node) Reasons() []Reason {
	var all []Reason
	for _, e := range n.Needs {
		all = append(all, Reason{Block: e.To, Why: e.Why, Range: e.Range})
	}
	for _, e := range n.Follows {
		all = append(all, Reason{Kind: e.Kind, Leaving: e.Leaving, Why: e.Sentence(n.Kind.Name)})
	}
	return all
}

// Reasons lists what a change comes after; see [Node.Reasons].
func (c *Change) Reasons() []Reason {
	if c.Node == nil {
		return nil
	}
	return c.Node.Reasons()
}

// Action says what happens to an object.
type Action string

// The actions. Run means that no value differs and yet something has to be done or waited for. Unknown means that live
// state could not be read, so nothing is planned.
const (
	NoOp    Action = "no-op"
	Create  Action = "create"
	Update  Action = "update"
	Replace Action = "replace"
	Delete  Action = "delete"
	Move    Action = "move"
	Run     Action = "run"
	Unknown Action = "unknown"
)

// A Change is the difference between one live object, or the users of one block, and the configuration.
type Change struct {
	Address  Address
	Kind     *schema.Kind
	Provider string
	Identity string // as the far end spells it where the object exists
	Place    string // where it is kept, from [Listing.Place]
	Action   Action

	// Before and After are of Kind.Type(), null where the object is absent. After is the live object with what the
	// configuration declares laid over it; it may hold unknown values.
	Before, After cty.Value
	// Want is what the configuration declares, null where it leaves something alone; the zero value where no block declares
	// the object.
	Want cty.Value

	Paths   []cty.Path // what differs; for a create, what the configuration sets
	Replace []cty.Path // which of those force replacement
	Unread  []string   // declared attributes that the far end did not tell: nothing is planned from them
	Reason  string     // for Unknown and Run: why
	Unkept  bool       // for Unknown: all was read, and the far end cannot keep the object as it is declared; see [Listing.Refused]
	Missing int        // for Run of a task: users who have not arrived on the other side
	Carried int        // for Run of a task: users who must, those included

	// Users is set for a kind with Rows; Action then says what happens to those that are not as wanted. Create may have
	// users among them who exist and are updated: see [Change.ActionOf].
	Users *UserChanges

	Range          hcl.Range
	PreventDestroy bool
	Node           *Node             // the block that it is of, nil for what no block declares
	Notes          []string          // what the administrator must know before approving: what is lost, what must follow
	UserNotes      []schema.UserNote // the same about some of the users
}

// Waits says whether nothing is done but to wait, until what was done earlier is in force everywhere. It needs no approval.
func (c *Change) Waits() bool { return c.Action == Run && c.Kind.Task == nil }

// A Plan is an ordered list of changes. No-ops are part of it.
type Plan struct {
	Changes   []Change // in the order in which apply carries them out
	Warnings  hcl.Diagnostics
	LiveCount map[Source]int // live objects read in complete listings, for guards
	// Incomplete says that something stood in the way of planning, so that what is not here may have to change as well.
	Incomplete bool
	// Rollback is what a plan that takes a run back says beside its changes; nil for any other.
	Rollback *Rollback
	// Secrets are texts that no output may hold, whoever says them: passwords that provider blocks have and no change shows.
	// They are for taking out, and are themselves written nowhere.
	Secrets []string `json:"-"`
}
