package lab

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"time"

	"github.com/hashicorp/go-hclog"

	"hybrid/internal/clock"
	"hybrid/internal/lab/dnsservice"
	"hybrid/internal/lab/graph"
	"hybrid/internal/lab/ldapserver"
	"hybrid/internal/lab/nameserver"
	"hybrid/schema"
)

// Options says what a lab serves and where.
type Options struct {
	Estate *Estate
	Path   string         // where the estate is kept; "" keeps it in memory only
	Kinds  []*schema.Kind // those with a cmdlet remote get their cmdlets
	Listen ListenOptions
	SignIn SignInOptions // to its WS-Management
	Log    hclog.Logger  // nil logs nothing
	// Skip says that whoever works on the estate waits by its clock, too, so that time in which nobody works may be skipped.
	Skip bool
	// PwshPath is a PowerShell to run behind WS-Management instead of the simulated host, with a stub module of the
	// same cmdlets; "" simulates. The stub's objects live as long as a session.
	PwshPath string
}

// ListenOptions says where a lab listens.
type ListenOptions struct {
	Host      string // of loopback; "127.0.0.1" if empty
	WinRMPort int    // 0 takes a free one
	DNSPort   int    // of the first view in alphabetical order, each further one has the next; 0 takes free ones
	GraphPort int    // 0 takes a free one
	LDAPPort  int    // 0 takes a free one
}

// Endpoints says how to reach a lab.
type Endpoints struct {
	WinRM WinRMEndpoint
	DNS   map[string]DNSEndpoint // by view
	Teams SignIn                 // what the tenant takes, in sessions behind WinRM
	Graph GraphEndpoint          // zero where there is no tenant
	LDAP  LDAPEndpoint
	TLS   TLSEndpoint // the Edge, the reverse proxy, Microsoft's ends
	Web   WebEndpoint // their plain HTTP, and Microsoft's autodiscover
	// Documents is host:port of what the cloud publishes for everybody, over HTTPS at whatever name; certificates are of the
	// authority of TLS.
	Documents string

	ends Ends // what is set of them
}

// A WinRMEndpoint is a WS-Management service over TLS, with the login that it takes by Basic authentication.
type WinRMEndpoint struct {
	Host        string
	Port        int
	Fingerprint string // SHA-256 of the certificate: "AB:CD:…"
	CAPEM       string
	Username    string
	Password    string
}

// A DNSEndpoint is a name server, for UDP and TCP, with the key for transfers and updates.
type DNSEndpoint struct {
	Addr      string // host:port
	TSIGName  string
	Algorithm string // "hmac-sha256"
	Secret    string // base64
	Behind    string // host:port of one that answers with what the zones held once; "" where none does
	// Username is the account whose sessions behind WinRM have this server's DnsServer cmdlets. Its password is that of
	// the other account.
	Username string
	// Service is the same zones behind the APIs of DNS services.
	Service DNSServiceEndpoint
}

// A Lab is a served estate.
type Lab struct {
	estate      *Estate
	path        string
	lock        *lock
	keys        *keys
	log         hclog.Logger
	endpoints   Endpoints
	service     *service
	http        *http.Server
	served      chan struct{}
	names       map[string]*nameserver.Server // by view
	behind      []*nameserver.Server
	services    []*dnsservice.Server
	ends        *tlsEnds
	discoveries discoveries
	graph       *graph.Server // nil where there is no tenant
	ldap        *ldapserver.Server
	stub        string // folder of the stub module
	stop        context.CancelFunc
	stopped     bool
	clock       *clock.Clock // the estate's own; nil where it lives by that on the wall
}

// Start serves an estate until Close, or until the context ends. What was changed by then is in the file.
func Start(ctx context.Context, o Options) (*Lab, error) {
	if o.Listen.Host == "" {
		o.Listen.Host = "127.0.0.1"
	}
	if err := loopback(o.Listen.Host); err != nil {
		return nil, err
	}
	if o.Log == nil {
		o.Log = hclog.NewNullLogger()
	}
	if o.Estate == nil {
		o.Estate = Seed(Needs{}, SeedOptions{})
	}
	held, err := takeLock(o.Path)
	if err != nil {
		return nil, err
	}
	k, err := loadKeys(o.Path, o.Listen.Host)
	if err == nil && o.Path != "" {
		err = o.Estate.Save(o.Path)
	}
	if err != nil {
		return nil, errors.Join(err, held.release())
	}
	o.Estate.wind(o.Skip)
	ctx, stop := context.WithCancel(ctx)
	l := &Lab{estate: o.Estate, clock: o.Estate.clock, path: o.Path, keys: k, log: o.Log, lock: held, stop: stop, served: make(chan struct{})}
	if err := errors.Join(l.startDNS(o), l.startDNSServices(o), l.startWinRM(ctx, o), l.startGraph(o), l.startLDAP(o), l.startDiscovery(o), l.startTLS(o), l.startDocuments(o)); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

// loopback refuses an address that other machines reach: the lab's passwords are printed, and what it serves may be a copy of a real
// estate.
func loopback(host string) error {
	if address, err := netip.ParseAddr(host); host == "localhost" || err == nil && address.Unmap().IsLoopback() {
		return nil
	}
	return fmt.Errorf("the lab cannot listen on %s: it listens on loopback alone (127.0.0.1, ::1 or localhost), since its passwords are printed and protect nothing. To use it from another machine, forward its ports there, with ssh -R for one", host)
}

// Endpoints says how to reach the lab.
func (l *Lab) Endpoints() Endpoints { return l.endpoints }

// Taken says what the estate is a copy of; nil where it is none.
func (l *Lab) Taken() *Taken { return l.estate.Taken }

// NameServer is the name server of a view, nil where there is none: for its faults.
func (l *Lab) NameServer(view string) *nameserver.Server { return l.names[view] }

// Fault makes something go wrong from now on.
func (l *Lab) Fault(f Fault) error {
	if err := f.Check(); err != nil {
		return err
	}
	return l.Change(func(e *Estate) error {
		e.SetFaults(append(slices.Clone(e.Faults), f))
		return nil
	})
}

// ClearFaults makes nothing go wrong any more.
func (l *Lab) ClearFaults() error {
	return l.Change(func(e *Estate) error {
		e.SetFaults(nil)
		return nil
	})
}

// Change changes the estate while it is served, as if somebody else did: with its methods, not its fields.
func (l *Lab) Change(change func(*Estate) error) error {
	return l.estate.Do(func() error { return change(l.estate) })
}

// Close stops serving and saves the estate.
func (l *Lab) Close() error {
	if l.stopped {
		return nil
	}
	l.stopped = true
	l.stop()
	var errs []error
	if l.http != nil {
		errs = append(errs, l.http.Close())
		<-l.served
		l.service.closeAll()
	}
	for _, s := range l.services {
		errs = append(errs, s.Close())
	}
	for _, s := range append(slices.Collect(maps.Values(l.names)), l.behind...) {
		errs = append(errs, s.Close())
	}
	errs = append(errs, l.discoveries.close())
	if l.ends != nil {
		errs = append(errs, l.ends.close())
	}
	if l.graph != nil {
		errs = append(errs, l.graph.Close())
	}
	if l.ldap != nil {
		errs = append(errs, l.ldap.Close())
	}
	errs = append(errs, l.removeStub(), l.Change(func(e *Estate) error { e.unwind(); return nil }))
	if l.path != "" {
		errs = append(errs, l.estate.Keep(l.path))
	}
	return errors.Join(append(errs, l.Change((*Estate).settle), l.lock.release())...)
}

// Save writes the estate's file whole. Nothing is lost without it: changes are in the log beside the file.
func (l *Lab) Save() error {
	if l.path == "" {
		return nil
	}
	return l.estate.Save(l.path)
}

func (l *Lab) startWinRM(ctx context.Context, o Options) error {
	simulator, err := newSimulator(l.estate, o.Kinds)
	if err != nil {
		return err
	}
	if err := errors.Join(simulator.provide(), simulator.tenant.provide()); err != nil {
		return err
	}
	config, err := l.keys.tls()
	if err != nil {
		return err
	}
	login := Login{Username: username, Password: l.keys.Password}
	entry, err := newGate(o.SignIn, login, slices.Collect(maps.Keys(l.names)), l.keys)
	if err == nil {
		err = entry.ask(config)
	}
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", net.JoinHostPort(o.Listen.Host, strconv.Itoa(o.Listen.WinRMPort)))
	if err != nil {
		return fmt.Errorf("the lab's WS-Management: %w", err)
	}
	simulator.dns = l.names
	run := simulated(simulator, login)
	if o.PwshPath != "" {
		if run, err = l.realPowerShell(o.PwshPath, simulator); err != nil {
			return errors.Join(err, listener.Close())
		}
	}
	sessions, err := LoadSessions(o.Path)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	lands := newLanding()
	l.service = &service{landing: lands, wall: time.Now, path: o.Path, sessions: sessions, gate: entry, command: run, estate: l.estate, log: l.log.Named("wsman"), ctx: ctx, shells: map[string]*shell{}}
	l.http = &http.Server{
		Handler: l.service, ReadHeaderTimeout: 10 * time.Second, ErrorLog: l.log.StandardLogger(&hclog.StandardLoggerOptions{ForceLevel: hclog.Debug}),
		TLSNextProto: map[string]func(*http.Server, *tls.Conn, http.Handler){}, // Windows speaks HTTP/1.1 only
		BaseContext:  func(net.Listener) context.Context { return ctx },
		ConnContext:  lands.connected, ConnState: lands.changed,
	}
	go func() {
		defer close(l.served)
		_ = l.http.Serve(tls.NewListener(listener, config)) // ends with ErrServerClosed
	}()
	l.endpoints.Teams = l.estate.Tenant.SignIn
	l.endpoints.WinRM = WinRMEndpoint{
		Host: o.Listen.Host, Port: listener.Addr().(*net.TCPAddr).Port, Fingerprint: l.keys.fingerprint(), CAPEM: l.keys.CA,
		Username: login.Username, Password: login.Password,
	}
	return nil
}
