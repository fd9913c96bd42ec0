package planner

import (
	"fmt"
	"slices"
	"strings"

	"hybrid/internal/roster"
)

// A Baseline is how everything stood when runs ended, of each object and each block of users by the latest run that tells. Runs are
// added newest first; what an older one says of something that a newer one has told, or left uncertain, is ignored.
type Baseline struct {
	objects map[string]recorded
	known   map[objectKey]recorded // the same by what the far end has, for what is called otherwise since
	crowds  []*recordedCrowd
	swept   map[Source]recordedSweep
	doubted map[string]bool // addresses of objects and users, and of objects their [namedAs]
	whole   string
}

type recorded struct {
	Standing
	run string
}

// objectKey is an object whatever its block is called: by its kind, its provider and its key among live objects.
type objectKey struct{ kind, provider, id string }

// keyOf is the key of an object at an address, which begins with its kind.
func keyOf(address, provider, id string) objectKey {
	if end := strings.IndexAny(address, ".["); end >= 0 {
		address = address[:end]
	}
	return objectKey{address, provider, id}
}

// namedAs stands for an object of which only the name at the far end is known.
func namedAs(kind, identity string) string {
	return kind + " " + strings.ToLower(strings.TrimSuffix(identity, "."))
}

// A recordedCrowd is the users of one block, by SIP address: there or not, and a cell a column.
type recordedCrowd struct {
	run, block string
	source     Source
	columns    []string
	users      *roster.Table
}

type recordedSweep struct {
	run string
	ids []string
}

// NewBaseline is one that knows nothing.
func NewBaseline() *Baseline {
	return &Baseline{objects: map[string]recorded{}, known: map[objectKey]recorded{}, swept: map[Source]recordedSweep{}, doubted: map[string]bool{}}
}

// Object adds how an object stood at the end of a run.
func (b *Baseline) Object(run string, s Standing) {
	key := keyOf(s.Address, s.Provider, s.ID)
	if _, known := b.objects[s.Address]; known || b.doubted[s.Address] || b.touched(key.kind, s.ID) {
		return
	}
	b.objects[s.Address] = recorded{s, run}
	if _, known := b.known[key]; !known {
		b.known[key] = recorded{s, run}
	}
}

// stood is how a run left the object of a change, also where its block was called otherwise then.
func (b *Baseline) stood(c *Change, now Standing) (was recorded, told bool) {
	was, told = b.objects[now.Address]
	if told && was.Provider == now.Provider && was.ID == now.ID {
		return was, true
	}
	if b.doubted[now.Address] || b.touched(c.Kind.Name, now.ID) {
		return recorded{}, false
	}
	was, told = b.known[objectKey{c.Kind.Name, now.Provider, now.ID}]
	return was, told
}

// Users adds rows of users of a block as [Change.StandingUsers] gives them; a run may add to a block several times.
func (b *Baseline) Users(run, block string, source Source, columns []string, rows [][]string) {
	c := b.crowd(block)
	if c == nil && !b.doubted[block] {
		c = &recordedCrowd{run: run, block: block, source: source, columns: columns, users: roster.New(append([]string{"sip", "there"}, columns...)...)}
		b.crowds = append(b.crowds, c)
	}
	if c == nil || c.run != run {
		return
	}
	for _, row := range rows {
		c.add(row)
	}
}

func (c *recordedCrowd) add(row []string) {
	cells := make([]string, 2+len(c.columns))
	if len(row) == 0 {
		return
	}
	cells[0] = row[0]
	if len(row) == len(c.columns)+1 {
		cells[1] = exists
		copy(cells[2:], row[1:])
	}
	c.users.Append(cells...)
}

func (b *Baseline) crowd(block string) *recordedCrowd {
	at := slices.IndexFunc(b.crowds, func(c *recordedCrowd) bool { return c.block == block })
	if at < 0 {
		return nil
	}
	return b.crowds[at]
}

// Uncertain says of an object or of a user, whose SIP address is given then, that nobody knows how a run left it.
func (b *Baseline) Uncertain(address, user string) {
	block := strings.TrimSuffix(address, fmt.Sprintf("[%q]", user))
	if _, told := b.objects[address]; !told && b.crowd(block) == nil {
		b.doubted[address] = true
	}
}

// Touched says of an object that nobody knows how a run left it, by its name at the far end: its block may be gone since.
func (b *Baseline) Touched(kind, identity string) {
	name := namedAs(kind, identity)
	for key := range b.known {
		if told := namedAs(key.kind, key.id); told == name || strings.HasPrefix(told, name+" ") {
			return
		}
	}
	b.doubted[name] = true
}

// touched says whether nobody knows how a run left an object of this key, which may have a label after its name.
func (b *Baseline) touched(kind, id string) bool {
	name := namedAs(kind, id)
	return len(b.doubted) > 0 && (b.doubted[name] || b.doubted[name[:max(0, strings.LastIndexByte(name, ' '))]])
}

// doubts says whether nobody knows how a user of a block was left, or how all of them were.
func (b *Baseline) doubts(block Address, sip string) bool {
	return len(b.doubted) > 0 && (b.doubted[block.Of(sip).String()] || b.doubted[block.String()])
}

// Swept adds the keys of all live objects of a source at the end of a run.
func (b *Baseline) Swept(run string, source Source, ids []string) {
	if _, known := b.swept[source]; !known {
		b.swept[source] = recordedSweep{run, ids}
	}
}

// Whole says that a run was of everything that was declared. Older runs have nothing to add.
func (b *Baseline) Whole(run string) { b.whole = run }

// crowdsFor are the recorded users that those of a block are looked up in: its own, then, for who has changed blocks since,
// others of its kind.
func (b *Baseline) crowdsFor(c *Change) []*recordedCrowd {
	var list []*recordedCrowd
	own := b.crowd(c.Address.String())
	if own != nil && own.source == (Source{c.Provider, c.Kind.Name}) {
		list = append(list, own)
	}
	for _, crowd := range b.crowds {
		if crowd != own && crowd.source == (Source{c.Provider, c.Kind.Name}) {
			list = append(list, crowd)
		}
	}
	return list
}
