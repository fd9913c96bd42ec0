package planner

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"sort"

	"github.com/zclconf/go-cty/cty"
	ctyjson "github.com/zclconf/go-cty/cty/json"

	"hybrid/schema"
)

// An Approval is what a saved plan approves: every change, object by object, in the form in which it is compared with
// what would be done later. It holds no secret.
type Approval struct {
	Changes []Approved `json:"changes"`
	Digest  string     `json:"digest"` // of Changes
}

// Approved is one change of an approval. Texts stand for values; see [text].
type Approved struct {
	Address  string            `json:"address"`
	Action   Action            `json:"action"`
	Provider string            `json:"provider"`
	Place    string            `json:"place,omitempty"` // where the object is kept: the zone of a name
	Before   map[string]string `json:"before,omitempty"`
	After    map[string]string `json:"after,omitempty"`
	Paths    []string          `json:"paths,omitempty"` // attributes that differ
	// Users are, in order, each a SIP address, the identity that the far end is told, the home before ("exists" where users
	// have none to compare, "" for who does not exist), and for every attribute that changes its name, what it was, and what
	// it is to be.
	Users [][]string `json:"users,omitempty"`
}

// Approve makes the approval of a plan. What changes nothing is not part of it.
func Approve(p *Plan) Approval {
	var a Approval
	for i := range p.Changes {
		if c := &p.Changes[i]; c.Action != NoOp {
			a.Changes = append(a.Changes, approved(c))
		}
	}
	a.Digest = a.digest()
	return a
}

// Digest is the digest of the approval of a plan, as [Approve] gives it, made without holding the users of the plan a second time.
func Digest(p *Plan) string {
	return digest(func(each func(*Approved, func(each func([]string)))) {
		for i := range p.Changes {
			c := &p.Changes[i]
			if c.Action == NoOp {
				continue
			}
			head := c.approvedHead()
			each(&head, func(each func([]string)) {
				for n := range c.Users.Len() {
					each(c.approvedUser(n))
				}
			})
		}
	})
}

func (a Approval) digest() string {
	return digest(func(each func(*Approved, func(each func([]string)))) {
		for i := range a.Changes {
			head := a.Changes[i]
			users := head.Users
			head.Users = nil
			each(&head, func(each func([]string)) {
				for _, user := range users {
					each(user)
				}
			})
		}
	})
}

// digest is the SHA-256 of changes as [json.Encoder] writes a list of them, which none of it needs to be held for. It is handed each
// change without its users, who are the last of what is written of it, and then these.
func digest(changes func(each func(c *Approved, users func(each func([]string))))) string {
	sum := sha256.New()
	out := bufio.NewWriter(sum) // neither of which fails
	before := "["
	changes(func(c *Approved, users func(each func([]string))) {
		head := encoded(c)
		_, _ = out.WriteString(before)
		_, _ = out.Write(head[:len(head)-1])
		first, next, end := `,"users":[`, ",", ""
		users(func(user []string) {
			_, _ = out.WriteString(first)
			_, _ = out.Write(encoded(user))
			first, end = next, "]"
		})
		_, _ = out.WriteString(end + "}")
		before = ","
	})
	if before == "[" {
		_, _ = out.WriteString("null\n") // as no list at all is written
	} else {
		_, _ = out.WriteString("]\n")
	}
	_ = out.Flush()
	return hex.EncodeToString(sum.Sum(nil))
}

func encoded(v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // texts in maps and lists always encode
	}
	return text
}

// approvedHead is what is approved of a change, without its users.
func (c *Change) approvedHead() Approved {
	return Approved{
		Address: c.Address.String(), Action: c.Action, Provider: c.Provider, Place: c.Place,
		Before: c.texts(c.Before), After: c.texts(c.After), Paths: attrNames(c.Paths),
	}
}

func approved(c *Change) Approved {
	a := c.approvedHead()
	for n := range c.Users.Len() {
		a.Users = append(a.Users, c.approvedUser(n))
	}
	return a
}

// texts are the values of the change's object, without those that its kind says are secrets.
func (c *Change) texts(v cty.Value) map[string]string {
	m := Texts(v)
	for name := range m {
		if a := c.Kind.Attr(name); a != nil && a.Sensitive {
			m[name] = sensitiveText
		}
	}
	return m
}

// Texts is an object's values by attribute, in JSON; nil for an absent or unread object. What is unknown or
// sensitive is not shown.
func Texts(v cty.Value) map[string]string {
	values := valueMap(v)
	if values == nil {
		return nil
	}
	m := make(map[string]string, len(values))
	for name, value := range values {
		if !value.IsNull() {
			m[name] = text(value)
		}
	}
	return m
}

// The texts of values that are not shown.
const (
	unknownText   = "(known after apply)"
	sensitiveText = "(sensitive)"
)

// text is a value in JSON, or the word that stands for it.
func text(v cty.Value) string {
	switch {
	case v.ContainsMarked():
		return sensitiveText
	case !v.IsWhollyKnown():
		return unknownText
	case v.Type().HasDynamicTypes():
		return "" // a table of users, which is compared row by row
	case v.Type() == cty.Number && !v.IsNull():
		return schema.Digits(v.AsBigFloat()) // as JSON writes it
	}
	b, err := ctyjson.Marshal(v, v.Type())
	if err != nil {
		return v.GoString()
	}
	return string(b)
}

// A Deviation is something that would be done and was not approved.
type Deviation struct {
	Address  string
	Attr     string // "" where the change itself was not approved
	Approved string // the value that the approval was given for
	Now      string
	Text     string // the whole sentence
}

// Deviations compares what a plan would do now with what was approved. What is already done, or no longer wanted, does
// not deviate: the rest of an approved plan is approved.
func (a Approval) Deviations(now *Plan) []Deviation {
	index := a.Index()
	var all []Deviation
	for i := range now.Changes {
		all = append(all, index.Deviations(&now.Changes[i])...)
	}
	return all
}

// An ApprovalIndex is an approval for looking up: what was approved, by address and provider. What no block declares may
// have one address behind two providers, such as a name in the zones of two DNS servers.
type ApprovalIndex map[changeKey]*Approved

// changeKey tells the changes of a plan apart.
type changeKey struct{ address, provider string }

func (c *Change) key() changeKey { return changeKey{c.Address.String(), c.Provider} }

// Index prepares an approval for looking up change by change.
func (a Approval) Index() ApprovalIndex {
	index := make(ApprovalIndex, len(a.Changes))
	for i := range a.Changes {
		one := &a.Changes[i]
		index[changeKey{one.Address, one.Provider}] = one
	}
	return index
}

// Deviations is [Approval.Deviations] for one change.
func (x ApprovalIndex) Deviations(c *Change) []Deviation {
	if c.Action == NoOp || c.Waits() {
		return nil
	}
	was, ok := x[c.key()]
	if !ok || was.Action != c.Action && !(c.altering() && alters(was.Action)) {
		return []Deviation{unapproved(c, was)}
	}
	return was.deviations(c)
}

func unapproved(c *Change, was *Approved) Deviation {
	d := Deviation{Address: c.Address.String(), Now: string(c.Action)}
	if was == nil {
		d.Text = fmt.Sprintf("%s: %s was not part of the approved plan", d.Address, c.Action)
	} else {
		d.Approved = string(was.Action)
		d.Text = fmt.Sprintf("%s: %s was approved, now it would be %s", d.Address, was.Action, c.Action)
	}
	return d
}

func (a *Approved) deviations(c *Change) []Deviation {
	if c.Users != nil {
		return a.users(c)
	}
	whole := approved(c)
	now := &whole
	found := a.elsewhere(now.Place)
	if a.Action == Update && !sendsWhole(c.Kind) {
		a, now = a.only(now.Paths), now.only(a.Paths)
	}
	found = append(found, differences(a, "live", a.Before, now.Before, false)...)
	found = append(found, differences(a, "wanted", a.After, now.After, true)...)
	return append(found, unseen(a, now)...)
}

// elsewhere says that a change would be made in another place than the one for which it was approved.
func (a *Approved) elsewhere(place string) []Deviation {
	if a.Place == place {
		return nil
	}
	return []Deviation{{a.Address, "", a.Place, place, fmt.Sprintf("%s: approved for %s, now it would be done in %s", a.Address, orUnset(a.Place), orUnset(place))}}
}

// unseen names the attributes that an update would change now and did not change when it was approved, where their values,
// which are not shown, do not tell.
func unseen(a, now *Approved) []Deviation {
	var all []Deviation
	for _, name := range now.Paths {
		if a.Action == Update && now.After[name] == sensitiveText && a.After[name] == sensitiveText && !slices.Contains(a.Paths, name) {
			all = append(all, Deviation{Address: a.Address, Attr: name, Text: fmt.Sprintf(
				"%s: to change %s, which is not shown, was not part of the approved plan", a.Address, name)})
		}
	}
	return all
}

// sendsWhole says whether what an update sends may hold attributes that do not differ: then all of them were approved.
func sendsWhole(k *schema.Kind) bool {
	switch remote := k.Remote.(type) {
	case schema.RRset:
		return true
	case schema.Cmdlet:
		return remote.Arrange != nil
	}
	return false
}

// only is an update without what it leaves alone: somebody may have changed that since, and nothing is done to it. An attribute
// that the update changed when it was approved, or would change now, counts.
func (a *Approved) only(also []string) *Approved {
	one := *a
	one.Before, one.After = map[string]string{}, map[string]string{}
	for _, name := range slices.Concat(a.Paths, also) {
		one.Before[name], one.After[name] = a.Before[name], a.After[name]
	}
	return &one
}

// differences names every attribute that differs. What was approved as unknown may have any value now.
func differences(a *Approved, which string, was, now map[string]string, unknownFits bool) []Deviation {
	names := map[string]bool{}
	for name := range was {
		names[name] = true
	}
	for name := range now {
		names[name] = true
	}
	var all []Deviation
	for name := range names {
		if was[name] == now[name] || (unknownFits && was[name] == unknownText) {
			continue
		}
		all = append(all, Deviation{a.Address, name, was[name], now[name], fmt.Sprintf(
			"%s: the %s value of %s was %s when the plan was approved and is %s now", a.Address, which, name, orUnset(was[name]), orUnset(now[name]))})
	}
	sort.Slice(all, func(i, j int) bool { return all[i].Attr < all[j].Attr })
	return all
}

func orUnset(text string) string {
	if text == "" {
		return "(unset)"
	}
	return text
}
