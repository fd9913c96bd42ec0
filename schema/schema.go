// Package schema says what a resource is. A [Kind] is one Go literal; the decoder, validation, JSON Schema,
// reference pages, the difference against a live object and the cmdlet calls are all derived from it.
//
// The package is a leaf: it imports cty and hcl, and knows no provider.
package schema

import (
	"time"

	"github.com/zclconf/go-cty/cty"
)

// A Kind declares one type of resource block.
type Kind struct {
	Name   string // HCL block type: "hosting_provider"
	Doc    string // Markdown for the administrator; the first sentence is the summary
	System string // the provider block that serves it: "skype", "dns"

	// Example is a block as it may be written, in canonical layout, with a comment right above it where one helps. All examples
	// together are one valid configuration.
	Example string

	// Labels names what each label of a block sets: "identity" or an attribute. Nil means one label, the
	// identity; a Singleton has none.
	Labels    []string
	Remote    Remote
	Singleton bool // exists already; never created or deleted
	Data      bool // only read, by data blocks, and never changed; the name is "data.tenant"
	Anonymous bool // needs no provider block: whoever asks is answered
	Everybody bool // what an object of it says holds for everybody at once; a singleton always does

	// Concern is what the kind is about, with others: the name of the file into which an import writes it, "federation". Empty
	// means the kind's own name.
	Concern string

	// After are the kinds that come first where nothing in the configuration says otherwise.
	After []First
	// Before are kinds that come later, for a kind that those need not know of: what stands here is left out of their After.
	Before []First
	// Leaving takes the place of After for a block that takes hybrid back, such as a DNS record that is turned to the
	// cloud for good: then the order is the other way round.
	Leaving []First

	Attrs  []Attr  // in documentation order
	Blocks []Block // nested blocks, in documentation order
	Rules  []Rule  // constraints across attributes
	Rows   *Rows   // set where a block holds a table of users rather than one object
	Task   *Task   // set where a block is no live object, but something that is run

	// Names is a set of identities of which each may occur once behind one provider, over all kinds that name the same
	// set. Nil means that the kind's own identities alone are told apart.
	Names *Set
	// Shares says of an object that it may have its identity together with others of which the same is true: records of
	// several types at one name. Nil means that none may.
	Shares func(v map[string]cty.Value) bool
	// NormIdentity gives the form in which two identities are the same. Nil means the text itself; case never counts.
	NormIdentity func(string) string
	// BuiltIn names the objects that exist in every deployment: they are never created, deleted, or swept away.
	BuiltIn []string

	// Known are the identities that are asked for where all there is of a kind is wanted, since listing it makes no sense: a
	// tenant's service principals are Microsoft's by the hundred. Nil means that all can be listed.
	Known []string

	// Refuse says why the far end would not carry out an action ("update", "delete") on an object with these values, and
	// what to do instead; "" where nothing is in the way. It is held against what is live and against the undo.
	Refuse func(action string, before, after map[string]cty.Value) string

	// Unmakes says whether an action ("create", "update", "replace", "delete") takes away the domain, or the name in DNS, that
	// is the object's identity. Nil means that the identity is none. Before and after are as in Notes.
	Unmakes func(action string, before, after map[string]cty.Value) bool

	// Notes is what an administrator must know before approving an action ("create", "update", "replace", "delete",
	// "move"): what is lost, what must follow. Before and after are nil where the object is absent.
	Notes func(action string, before, after map[string]cty.Value) []string

	// Lost is what undoing an action ("create", "update", "replace", "delete", "move", "run") on one object or user does not
	// bring back: clauses that follow "no undo brings back:", without a full stop. Never nil of a kind that is changed: where
	// undoing loses nothing, that is [Nothing].
	// Before and after are as in Notes.
	Lost func(action string, before, after map[string]cty.Value) []string

	// Ahead is what to set on a live object some time before an action ("update", "replace", "delete"), so that the action
	// takes effect sooner: a short TTL. Nil, or an answer of nil, means that nothing helps. Before and after are as in Notes.
	Ahead func(action string, before, after map[string]cty.Value) map[string]cty.Value

	// Again is what it takes, beside the values that an object had, to make it again as it was: initial attributes, which
	// follow from what the far end computed. Nil means that it takes nothing, or what nobody knows.
	Again func(before map[string]cty.Value) map[string]cty.Value

	// Patience is how long reading back goes on while what was changed is not in force everywhere yet, given the object's
	// values. Nil does not wait.
	Patience func(v map[string]cty.Value) time.Duration

	// Replicated is how long to wait, given the block's values, until every server has what was changed before, ahead of
	// the first change of a block. Nil, or 0, does not wait.
	Replicated func(v map[string]cty.Value) time.Duration

	// FromLive completes what [Kind.Live] made of a live object's properties, where reading is not the mirror of
	// writing. It may replace values of live; properties not named by any attribute are in props.
	FromLive func(live map[string]cty.Value, props map[string]any)
}

// A First is a kind that comes first, or in [Kind.Before] one that comes later, and why: a clause that follows the names of the
// two kinds, the later one first, and a colon, without a full stop at its end.
type First struct{ Kind, Why string }

// An Attr declares one argument of a kind, a nested block or a provider block.
type Attr struct {
	Name      string
	Type      cty.Type
	Mode      Mode
	Default   cty.Value // what the far end takes where nothing is said, and shows as unset of a user; never sent
	OneOf     []string  // the accepted texts, in the spelling of the far end; compared without case
	ForceNew  bool      // can only be set at creation: a difference replaces the object
	Sensitive bool      // never shown
	WriteOnly bool      // cannot be read back: never a difference by itself
	Initial   bool      // says how to create the object; never compared once it exists
	Settings  bool      // steers hybrid itself: never sent, never compared

	// Group names attributes that exclude one another: setting one clears what is live of the others.
	Group string

	// Unique names a set of values of which each may occur once behind one provider, over all kinds that name the
	// same set: the proxy FQDNs of hosting and public providers. Of a Boolean only true counts, and setting it takes it
	// from whoever has it: the default SIP domain.
	Unique string
	// Barred is a set of unique values none of which this attribute may have, though several objects may have one value
	// of their own: the proxy FQDN of allowed domains, which must be no provider's.
	Barred *Set

	// Home says, of a kind with Rows, that the attribute names where users are homed; of another, that users can be homed there.
	Home bool

	// Join is the text between the elements where the far end keeps a set of texts as one text: ";".
	Join string

	// Word is a text that may stand in the place of a list and is then its only element: "all".
	Word string

	// Cloud names the fact of Microsoft's clouds that the attribute holds: "proxy_fqdn", or "name" for the cloud itself. A
	// fact of another cloud than the configuration's is refused; the name is the configuration's where nothing is said.
	Cloud string

	Param string // remote name on write, where it is not the PascalCase of Name
	Prop  string // remote name on read, where it is not Param

	// Read gives the value of a live property whose shape is not that of Type; unknown where the property does not tell.
	Read func(property any) cty.Value

	// Norm gives the canonical form in which two values are compared. It is idempotent and is never called with
	// null or unknown values. Nil means the value itself, texts with OneOf without case.
	Norm func(cty.Value) cty.Value
	// NormIn is Norm where the canonical form depends on other attributes of the object, all of which it is given: what
	// the text of a record means depends on the record's type. At most one of Norm and NormIn is set.
	NormIn func(object map[string]cty.Value, v cty.Value) cty.Value
	// Merge is set for a collection of which only the declared members are the configuration's: it lays what is wanted
	// over what is live, both known, unmarked and not null. Where that gives the live value nothing differs.
	Merge func(live, want cty.Value) cty.Value
	// Check says in one sentence what is wrong with a known, unmarked value and what to write instead; nil where
	// nothing is.
	Check func(cty.Value) error
	Doc   string
}

// A Set is a set of values of which objects take some for themselves.
type Set struct {
	Name   string
	Why    string // what comes of it where one value is taken twice, as a sentence
	Remedy string // what to do then, in sentences; "" is to take another value, or to remove one of the two
}

// Mode says who sets an attribute.
type Mode int

// The modes of an attribute.
const (
	Optional Mode = iota // may be set; unset means left alone
	Required             // must be set unless the object is to be absent
	Computed             // set by the far end, only read
	Column               // set for each user, by a column of the block's table; never an argument of the block
)

// A Block declares a nested block. It decodes to an object of its attributes, or with Many to a list of such, null where
// it is not written.
type Block struct {
	Name  string
	Doc   string
	Attrs []Attr

	// Many says that the block may be written several times.
	Many bool
	// Merge is that of [Attr]. A block without it only steers hybrid: it is never compared.
	Merge func(live, want cty.Value) cty.Value
	// Text is one element of a Many block in a line, for plans; nil shows all of its attributes.
	Text func(element cty.Value) string
}

// A Rule constrains several attributes together. Check gets the object's values, null where unset, and returns the
// problem in one or two sentences, "" where there is none. It is not called while any attribute of Attrs is unknown.
type Rule struct {
	Attrs []string
	Doc   string
	Check func(v map[string]cty.Value) string
	// CheckNames is Check where names of the configuration's clouds are judged otherwise than others: ofCloud says of a host
	// whether it is one. One of the two is set.
	CheckNames func(v map[string]cty.Value, ofCloud func(host string) bool) string
	// Warns says that what breaks the rule works somewhere all the same: it is told, and nothing is refused.
	Warns bool
}

// Rows declares a kind whose blocks hold a table of users. Rows never become cty objects one by one. Where State is nil,
// users who exist are compared by what the kind's other attributes declare: Booleans that a block says of all its users, or
// texts of a [Column] of their own. An attribute's property is read only where a block declares the attribute.
type Rows struct {
	// Columns are the properties read for each user, the first being the one with the SIP address.
	Columns []string
	// State gives a live user's value of the compared attribute from the cells of Columns. Nil where a user merely
	// exists or not.
	State func(cells []string) string
	// Named is the column with the name of a user's account, by which [AccountName] finds users whose address is another; "" where
	// nothing does.
	Named string
	// Attr is the attribute that State is compared with, "" without one.
	Attr string
	// Created gives the cells of Columns of a user whom a block with these values has just created. Nil where the kind
	// creates none.
	Created func(v map[string]cty.Value, sip, identity string) []string
	// Blocked says why a user with these cells must not be changed, "" where nothing is in the way.
	Blocked func(cells []string) string
	// Other says why an identity that the configuration gives a user is not that of the account that was read with the user's SIP
	// address: a command for it would reach somebody else than the plan names. It is "" where it is the account's own. Nil where
	// commands name no identity.
	Other func(identity string, cell func(column string) string) string
	// Notes is what an administrator must know before so many users are brought from what State says of them now, or will
	// once earlier blocks are carried out, to the values of the block. Nil where there is nothing to know.
	Notes func(after map[string]cty.Value, from map[string]int) []UserNote
	// Crosses says whether bringing a user from a State to the values of the block takes the user from one side to the
	// other, which must know the user as things are. Nil where nothing does.
	Crosses func(after map[string]cty.Value, from string) bool
	// Judge says what reading a user back shows, given the values of the block, the cells of Columns as they were before
	// the change, nil where that is not known, and as they are now, nil where the user is not listed. Nil where State, or that
	// there is such a user, is all there is to see.
	Judge func(after map[string]cty.Value, before, now []string) Verdict
	// Mirror names the kind of users as another side shows them, "" where nothing is held against it.
	Mirror string
	// Origin says where a user comes from who is brought from a State to the values of the block, given the cells of the
	// mirror by column, nil where it does not list the user; and why that cannot be, "" where nothing is in the way. Both
	// go on from "3 users: ", without a full stop.
	Origin func(after map[string]cty.Value, from string, cell func(column string) string) (note, hindrance string)
}

// A Verdict is what a user who was to be changed shows afterwards. Neither Reached nor Stayed is a user in between.
type Verdict struct {
	Reached bool   // all is as the block demands
	Stayed  bool   // all is as it was
	Text    string // unless Reached: which attribute is what, and what it should be, without a full stop
}

// A UserNote is what an administrator must know about some of the users that change: "meetings are not moved".
type UserNote struct {
	Users int    // how many it is about; 0 where it is about none in particular
	Text  string // without the number, so that blocks of which the same can be said are added up
}

// A Task declares a kind whose blocks are run rather than kept: when a block that they depend on has changed, or while
// another side does not know users as they are whom a later block takes there or brings from there.
type Task struct {
	// Carries names kinds whose changes the task carries on, wherever they come before it without being depended on.
	Carries []string
	// Mirror names the kind of users as the other side shows them, "" where nothing shows what has arrived. A user whom the
	// run has created has arrived when the mirror's column Shown says anything; one whom a later block takes from one side
	// to the other, when it says what the column Of does of the user.
	Mirror    string
	Of, Shown string
	// Spared says how many of the users, a number or a share in percent, need not have arrived when waiting ends; "" is none.
	Spared func(v map[string]cty.Value) string
	// Unseen is asked, with the values of the live task, where there is no provider that shows the mirror: what an
	// administrator must know, and why the task cannot be run at all, "" where it can.
	Unseen func(v map[string]cty.Value) (note, refusal string)
}

// A System declares a provider block: where a group of kinds lives and how one gets there.
type System struct {
	Name    string // "skype", "dns"
	Doc     string
	Example string // as that of [Kind]
	Named   bool   // provider "dns" "external": there may be several
	Attrs   []Attr
	Blocks  []Block
	Rules   []Rule

	// Warn is what an administrator must know of a block in a cloud that works all the same, in sentences. It is given the
	// facts of the cloud by name, "name" among them and those without a value left out, and the block's values.
	Warn func(cloud map[string]string, v map[string]cty.Value) []string
}
