package check

import (
	"context"
	"crypto/x509"
	"fmt"
	"sync"
	"time"

	"hybrid/internal/config"
	"hybrid/internal/document"
	"hybrid/internal/handshake"
	"hybrid/internal/roots"
	"hybrid/planner"
)

// An Estate is what checks look at. Whatever is asked of it is read once, however many checks ask, and side by side.
type Estate struct {
	Config *config.Config
	Now    func() time.Time
	Source Source
	Users  UserSource // nil where no users are checked

	mu      sync.Mutex
	read    map[string]*once
	hearing map[string]*hearing
}

// A Source reads; the program's own leads to the providers, tests have theirs.
type Source interface {
	HostSource
	// List lists all live objects of a kind behind a provider block.
	List(ctx context.Context, provider, kind string) planner.Listing
	// Cmdlet runs a cmdlet that changes nothing in the sessions of a provider block, and gives its objects.
	Cmdlet(ctx context.Context, provider string, c Cmdlet) ([]map[string]any, error)
	// Resolvers are those that are asked in a view of which the configuration names none: outside two public ones, inside this
	// machine's own. A rehearsal has none.
	Resolvers(v View) []Witness
	// Question asks a witness for the records of a type, "SRV", at a name. That there are none is an answer; whatever keeps the
	// witness from telling is an error: a refusal, SERVFAIL; a *[SilentError] where it does not answer at all.
	Question(ctx context.Context, w Witness, name, rtype string) (Answer, error)
	// Handshake dials an address, host:port, and looks at what is shown to clients that use the name.
	Handshake(ctx context.Context, address, name string) (handshake.Shown, error)
	// Find reads one object of a kind by its identity, declared or not. What does not exist is not in the listing.
	Find(ctx context.Context, provider, kind, identity string) planner.Listing
	// SignIn asks for a token of a resource behind a provider block of Entra, "" being Microsoft Graph.
	SignIn(ctx context.Context, provider, resource string) (Token, error)
	// GraphList reads a collection of Microsoft Graph behind a provider block of Entra, such as "users/NAME/transitiveMemberOf".
	GraphList(ctx context.Context, provider, path string) ([]map[string]any, error)
	// Document fetches what is published for everybody, over HTTPS; redirects are not followed.
	Document(ctx context.Context, address string) (document.Document, error)
	// Roots are the authorities that this machine trusts, nil for those of the system, and what is known of roots.
	Roots() (*x509.CertPool, roots.Table)
}

// A UserSource reads users, who may be a hundred thousand.
type UserSource interface {
	// Rows runs a cmdlet that changes nothing and gives of each object the values of some properties, in their order; nil for one
	// that is unset and for one that the object does not have.
	Rows(ctx context.Context, provider string, c Cmdlet, properties []string) ([][]any, error)
	// Counted is how many users a provider block listed at the last run, and when that was; 0 where nobody knows.
	Counted(provider string) (users int, when string)
}

// A Token is what is to be known of a token that was issued. The token itself is not in it.
type Token struct {
	Readable    bool     // where it is not, the lists below say nothing
	Permissions []string // application permissions that were consented to
	Scopes      []string // what somebody who is signed in lets the application do
	Expires     time.Time
}

// A Cmdlet is one that is called to read.
type Cmdlet struct {
	Name   string         // "Get-CsService"
	Params map[string]any // nil for none
}

// once is something that is read once.
type once struct {
	sync.Once
	value any
	err   error
}

// Once reads something that has a name, unless it has been read already.
func Once[T any](e *Estate, name string, read func() (T, error)) (T, error) {
	e.mu.Lock()
	if e.read == nil {
		e.read = map[string]*once{}
	}
	o := e.read[name]
	if o == nil {
		o = &once{}
		e.read[name] = o
	}
	e.mu.Unlock()
	o.Do(func() { o.value, o.err = read() })
	value, _ := o.value.(T)
	return value, o.err
}

// Blocks are the names of the provider blocks of a system, in the order of the configuration: "dns.external".
func (e *Estate) Blocks(system string) []string {
	var names []string
	for _, p := range e.Config.Providers {
		if p.System.Name == system {
			names = append(names, p.Name)
		}
	}
	return names
}

// Block is the one provider block of a system, "" where there is none.
func (e *Estate) Block(system string) string {
	if names := e.Blocks(system); len(names) > 0 {
		return names[0]
	}
	return ""
}

// List lists all live objects of a kind behind the provider block of a system, once.
func (e *Estate) List(ctx context.Context, system, kind string) (planner.Listing, error) {
	block := e.Block(system)
	return Once(e, "list "+block+" "+kind, func() (planner.Listing, error) {
		return inSessions(ctx, e, block, func() (planner.Listing, error) {
			listing := e.Source.List(ctx, block, kind)
			return listing, listing.Err
		})
	})
}

// Cmdlet runs a cmdlet in the sessions of a system's provider block, once.
func (e *Estate) Cmdlet(ctx context.Context, system string, c Cmdlet) ([]map[string]any, error) {
	block := e.Block(system)
	return Once(e, fmt.Sprintf("cmdlet %s %s %v", block, c.Name, c.Params), func() ([]map[string]any, error) {
		return e.run(ctx, block, c)
	})
}

// run runs a cmdlet in the sessions of a provider block.
func (e *Estate) run(ctx context.Context, block string, c Cmdlet) ([]map[string]any, error) {
	return inSessions(ctx, e, block, func() ([]map[string]any, error) { return e.Source.Cmdlet(ctx, block, c) })
}

// told are properties of an object, by name.
type told map[string]any

// text is a property as a text, "" where it is unset or something else.
func (o told) text(name string) string {
	text, _ := o[name].(string)
	return text
}

// texts are those of a property that is a list.
func (o told) texts(name string) (all []string) {
	list, _ := o[name].([]any)
	for _, item := range list {
		if text, ok := item.(string); ok {
			all = append(all, text)
		}
	}
	return all
}

// time is a property that is a time; ok is false where it is none.
func (o told) time(name string) (at time.Time, ok bool) {
	at, err := time.Parse(time.RFC3339Nano, o.text(name))
	return at, err == nil
}

// day is a property that is a time as a person reads it: its day.
func (o told) day(name string) string { return o.shown(name, time.DateOnly) }

// moment is a property that is a time as a person reads it, to the second.
func (o told) moment(name string) string { return o.shown(name, time.RFC3339) }

func (o told) shown(name, layout string) string {
	if at, ok := o.time(name); ok {
		return at.UTC().Format(layout)
	}
	return orNothing(o.text(name))
}

// named are rows as objects with these properties.
func named(rows [][]any, properties []string) []told {
	all := make([]told, len(rows))
	for n, row := range rows {
		all[n] = told{}
		for m, name := range properties {
			all[n][name] = row[m]
		}
	}
	return all
}

// Saw is evidence of now.
func (e *Estate) Saw(what, value, where string) Evidence {
	return Evidence{What: what, Value: value, Where: where, When: e.Now()}
}
