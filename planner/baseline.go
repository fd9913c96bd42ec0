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
	crowds  []*recordedCrowd
	swept   map[Source]recordedSweep
	doubted map[string]bool // addresses of objects and users
	whole   string
}

type recorded struct {
	Standing
	run string
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
	return &Baseline{objects: map[string]recorded{}, swept: map[Source]recordedSweep{}, doubted: map[string]bool{}}
}

// Object adds how an object stood at the end of a run.
func (b *Baseline) Object(run string, s Standing) {
	if _, known := b.objects[s.Address]; !known && !b.doubted[s.Address] {
		b.objects[s.Address] = recorded{s, run}
	}
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
