// Package nameserver is the lab's authoritative DNS server: queries over UDP and TCP, zone transfers, and dynamic updates
// (RFC 2136) under TSIG (RFC 8945), so that any DNS client can be pointed at it.
package nameserver

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/miekg/dns"
)

// Options says what a server serves.
type Options struct {
	Listen string // host:port; port 0 takes a free one
	// Zones maps a zone's name to its records in presentation form (RFC 1035 section 5), SOA and NS among them. Names
	// without a trailing dot are relative to the zone; a record without a TTL gets 3600.
	Zones map[string][]string
	// TSIG is the key that updates and transfers must be signed with. Without a name anybody may do both.
	TSIG Key
	// Changed is called with a zone, as Zones spells it, and the sets that an update or an [Server.Edit] has replaced, after
	// it is carried out and before it is answered; calls do not overlap. [Merge] plays such sets into a zone's records.
	Changed func(zone string, sets []Set, updated bool)
	// Asked is called with the server and each question about records before it is answered, from any goroutine; nil is not
	// called. It may call [Server.Take]: so a secondary, or a resolver, can be behind for some time and then catch up.
	Asked func(s *Server, q dns.Question)
	// Beyond gives the address of a name that the zones do not have and somebody else would resolve: of other zones, or put
	// there by others. Known without an address it does not exist. It is called from any goroutine; nil knows nothing.
	Beyond func(name string) (address netip.Addr, known bool)
	// Struck is asked, with the name of the zone, what goes wrong with each update; nil is not asked.
	Struck func(zone string) Strike
	Log    hclog.Logger // nil logs nothing
}

// A Strike is what goes wrong with one update; the zero value is nothing.
type Strike struct {
	Rcode  int  // is answered instead of carrying it out, where it is not 0
	Silent bool // the connection ends without an answer
	Effect bool // with Silent: once the update has been carried out
}

// A Server answers until it is closed.
type Server struct {
	key     keyring
	changed func(string, []Set, bool)
	asked   func(*Server, dns.Question)
	struck  func(zone string) Strike
	beyond  func(name string) (netip.Addr, bool)
	log     hclog.Logger
	addr    string
	servers []*dns.Server
	fault   atomic.Int32

	updating sync.Mutex   // held while an update is judged, carried out and told
	reading  sync.RWMutex // guards what the zones hold
	zones    map[string]*zone
}

// A Fault is a way of going wrong on demand.
type Fault int32

// The faults.
const (
	NoFault           Fault = iota
	RefuseAll               // every request is answered REFUSED
	RefuseTransfers         // zone transfers are answered REFUSED
	DropUpdateAnswers       // updates are carried out, and the connection ends without an answer
)

// Start serves the zones on UDP and TCP at the same port. It fails where a zone does not parse, lacks its SOA record,
// the key is not usable, or the port is taken.
func Start(o Options) (*Server, error) {
	s := &Server{changed: o.Changed, asked: o.Asked, struck: o.Struck, beyond: o.Beyond, log: o.Log, zones: map[string]*zone{}}
	if s.log == nil {
		s.log = hclog.NewNullLogger()
	}
	var err error
	if s.key, err = newKeyring(o.TSIG); err != nil {
		return nil, err
	}
	if err := s.Take(o.Zones); err != nil {
		return nil, err
	}
	if err := s.listen(o.Listen); err != nil {
		return nil, err
	}
	return s, nil
}

// listen opens both sockets. With port 0 the port that TCP is given may be taken for UDP, so it tries a few.
func (s *Server) listen(at string) error {
	for attempt := 0; ; attempt++ {
		stream, err := net.Listen("tcp", at)
		if err != nil {
			return fmt.Errorf("name server: %w", err)
		}
		packets, err := net.ListenPacket("udp", stream.Addr().String())
		if err == nil {
			s.addr = stream.Addr().String()
			return s.serve(stream, packets)
		}
		_ = stream.Close()
		if _, port, _ := net.SplitHostPort(at); port != "0" || attempt == 10 {
			return fmt.Errorf("name server: %w", err)
		}
	}
}

// serve starts both servers and returns when they are running.
func (s *Server) serve(stream net.Listener, packets net.PacketConn) error {
	for _, d := range []*dns.Server{{Listener: stream}, {PacketConn: packets}} {
		d.Handler, d.TsigProvider = s, s.key
		d.MsgAcceptFunc = accept
		d.MaxTCPQueries = -1
		d.UDPSize = dns.DefaultMsgSize
		started := make(chan error, 1)
		d.NotifyStartedFunc = func() { started <- nil }
		go func() {
			if err := d.ActivateAndServe(); err != nil {
				s.log.Error("name server stopped", "error", err)
				select {
				case started <- err:
				default:
				}
			}
		}()
		if err := <-started; err != nil {
			return errors.Join(err, stream.Close(), packets.Close())
		}
		s.servers = append(s.servers, d)
	}
	s.log.Info("name server", "address", s.addr, "zones", len(s.Zones()))
	return nil
}

// Addr is where the server listens, as host:port, for UDP and TCP alike.
func (s *Server) Addr() string { return s.addr }

// Close ends the server. Requests under way get five seconds to finish.
func (s *Server) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	var errs []error
	for _, d := range s.servers {
		errs = append(errs, d.ShutdownContext(ctx))
	}
	s.servers = nil
	return errors.Join(errs...)
}

// SetFault makes the server go wrong from now on; NoFault sets it right again.
func (s *Server) SetFault(f Fault) { s.fault.Store(int32(f)) }

func (s *Server) has(f Fault) bool { return Fault(s.fault.Load()) == f }

// Take puts zones in the place of those that the server has, in the form that [Options] takes: a secondary has transferred
// them. It fails where one does not parse, and changes nothing then.
func (s *Server) Take(zones map[string][]string) error {
	taken := make(map[string]*zone, len(zones))
	for name, records := range zones {
		z, err := parseZone(name, records)
		if err != nil {
			return err
		}
		taken[z.origin] = z
	}
	s.updating.Lock()
	defer s.updating.Unlock()
	s.reading.Lock()
	defer s.reading.Unlock()
	s.zones = taken
	return nil
}

// zone finds a zone by its canonical name, nil where there is none.
func (s *Server) zone(origin string) *zone {
	s.reading.RLock()
	defer s.reading.RUnlock()
	return s.zones[origin]
}

// Zones gives every zone's records as they stand, in the form that [Options] takes, sorted, the SOA record first.
func (s *Server) Zones() map[string][]string {
	s.reading.RLock()
	defer s.reading.RUnlock()
	all := map[string][]string{}
	for _, z := range s.zones {
		all[z.name] = z.presentation()
	}
	return all
}

// accept lets queries and updates through; the library's own function refuses updates.
func accept(h dns.Header) dns.MsgAcceptAction {
	const response, opcodeShift, opcodeMask = 1 << 15, 11, 0xF
	opcode := int(h.Bits>>opcodeShift) & opcodeMask
	if opcode != dns.OpcodeUpdate || h.Bits&response != 0 {
		return dns.DefaultMsgAcceptFunc(h)
	}
	if h.Qdcount != 1 {
		return dns.MsgReject
	}
	return dns.MsgAccept
}

// ServeDNS answers one request. It is what the listening sockets call.
func (s *Server) ServeDNS(w dns.ResponseWriter, r *dns.Msg) {
	signed, failed := signature(w, r)
	s.log.Debug("request", "opcode", dns.OpcodeToString[r.Opcode], "question", r.Question[0].String(), "signed", signed)
	switch {
	case failed != dns.RcodeSuccess:
		s.log.Warn("request with a bad signature", "error", dns.RcodeToString[failed], "from", w.RemoteAddr().String())
		s.rejectSignature(w, r, failed)
	case s.has(RefuseAll):
		s.reply(w, r, new(dns.Msg).SetRcode(r, dns.RcodeRefused))
	case r.Opcode == dns.OpcodeUpdate:
		s.serveUpdate(w, r, signed)
	case r.Opcode != dns.OpcodeQuery:
		s.reply(w, r, new(dns.Msg).SetRcode(r, dns.RcodeNotImplemented))
	case r.Question[0].Qtype == dns.TypeAXFR || r.Question[0].Qtype == dns.TypeIXFR:
		s.serveTransfer(w, r, signed)
	default:
		if s.asked != nil {
			s.asked(s, r.Question[0])
		}
		s.reply(w, r, s.answer(r))
	}
}

// reply sends a message, cut to what the client takes over UDP and signed where the request was.
func (s *Server) reply(w dns.ResponseWriter, r, m *dns.Msg) {
	if opt := r.IsEdns0(); opt != nil {
		m.SetEdns0(dns.DefaultMsgSize, false)
	}
	if _, udp := w.RemoteAddr().(*net.UDPAddr); udp {
		size := dns.MinMsgSize
		if opt := r.IsEdns0(); opt != nil {
			size = max(size, int(opt.UDPSize()))
		}
		m.Truncate(size)
	}
	sign(r, m)
	s.send(w, m)
}

func (s *Server) send(w dns.ResponseWriter, m *dns.Msg) {
	if err := w.WriteMsg(m); err != nil {
		s.log.Warn("answer not sent", "to", w.RemoteAddr().String(), "error", err)
	}
}
