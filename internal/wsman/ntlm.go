package wsman

import (
	"context"
	"crypto/tls"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"net/http"
	"net/http/httptrace"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/Azure/go-ntlmssp"

	"hybrid/internal/kerberos"
)

// NTLM signs in by challenge and response (version 2), bound to the TLS connection. It is for hosts that Kerberos does not
// reach: local accounts, hosts outside of the domain, hosts known by address only.
type NTLM struct {
	Username string // `CONTOSO\svc-hybrid`, "svc-hybrid@contoso.com", or a local account's name
	Password string
}

func (n NTLM) check(host string) error {
	return bothGiven(n.Username, n.Password, host)
}

func (NTLM) prepare(*tls.Config) error { return nil }
func (n NTLM) who() string             { return n.Username }

func (n NTLM) over(way *http.Transport, at Options) http.RoundTripper {
	way.MaxConnsPerHost = 1 // of each lane
	return &lanes{way: way, login: n, url: at.url()}
}

func (n NTLM) refused(r *http.Response) string {
	if text := negotiable(r, "NTLM", "Negotiate"); text != "" {
		return text
	}
	return fmt.Sprintf(`user name or password of %q refused by NTLM. Check both; write an account of the domain CONTOSO\name. A domain may forbid NTLM (Restrict NTLM) or its members may be Protected Users: then auth = "kerberos". %s`, n.Username, hardened)
}

// lanes are connections, each signed in by itself, as NTLM has it. A lane carries one request at a time, so that between the
// challenge and its answer nothing else can come.
type lanes struct {
	way   *http.Transport // the pattern of the lanes'
	login NTLM
	url   string

	mutex sync.Mutex
	all   []*lane
	free  []*lane
}

// A lane is one connection at most.
type lane struct {
	way    *http.Transport
	signed bool // its connection is
}

// RoundTrip posts a request over a lane that is free; it is free again once the answer's body is closed.
func (l *lanes) RoundTrip(r *http.Request) (*http.Response, error) {
	way := l.take()
	answer, err := l.post(way, r)
	if err != nil {
		l.release(way)
		return nil, err
	}
	answer.Body = closing{answer.Body, sync.OnceFunc(func() { l.release(way) })}
	return answer, nil
}

// CloseIdleConnections lets go of what nobody uses.
func (l *lanes) CloseIdleConnections() {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	for _, lane := range l.all {
		lane.way.CloseIdleConnections()
	}
}

func (l *lanes) take() *lane {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if last := len(l.free) - 1; last >= 0 {
		way := l.free[last]
		l.free = l.free[:last]
		return way
	}
	way := &lane{way: l.way.Clone()}
	l.all = append(l.all, way)
	return way
}

func (l *lanes) release(way *lane) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.free = append(l.free, way)
}

// post sends a request over a connection that is signed in, or signs it in with this request. The password is used once: a
// second 401 is the answer.
func (l *lanes) post(way *lane, r *http.Request) (*http.Response, error) {
	if way.signed {
		answer, anew, err := send(way, r)
		if err != nil || answer.StatusCode != http.StatusUnauthorized || !anew {
			way.signed = err == nil && answer.StatusCode != http.StatusUnauthorized
			return answer, err
		}
		way.signed = false // the host has closed the connection meanwhile, and this is another one
		if r = rewound(r); r == nil {
			return answer, nil
		}
		drain(answer.Body)
	}
	return l.signIn(way, r)
}

func (l *lanes) signIn(way *lane, r *http.Request) (*http.Response, error) {
	asked, scheme, err := l.ask(way, r.Context())
	if err != nil {
		return nil, err
	}
	token := challenge(asked.Header)
	if asked.StatusCode != http.StatusUnauthorized || token == nil {
		return asked, nil
	}
	if asked.TLS != nil && len(asked.TLS.PeerCertificates) > 0 {
		token = bound(token, kerberos.BindingOf(asked.TLS.PeerCertificates[0]))
	}
	drain(asked.Body)
	answer, err := ntlmssp.NewAuthenticateMessage(token, l.login.Username, l.login.Password, nil)
	if err != nil {
		return nil, &SignInError{Err: fmt.Errorf("NTLM: the host's challenge cannot be answered: %w", err)}
	}
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", scheme+" "+base64.StdEncoding.EncodeToString(answer))
	response, _, err := send(way, r)
	way.signed = err == nil && response.StatusCode != http.StatusUnauthorized
	return response, err
}

// ask has the host make a challenge, by Negotiate, or by the scheme of its own name where only that is offered.
func (l *lanes) ask(way *lane, ctx context.Context) (answer *http.Response, scheme string, err error) {
	first, err := ntlmssp.NewNegotiateMessage("", "")
	if err != nil {
		return nil, "", err
	}
	first[flagsAt] |= requestTarget
	for _, scheme = range []string{"Negotiate", "NTLM"} {
		answer, err = l.asked(way, ctx, scheme+" "+base64.StdEncoding.EncodeToString(first))
		if err != nil || scheme == "NTLM" || offers(schemes(answer.Header), "Negotiate") || !offers(schemes(answer.Header), "NTLM") {
			return answer, scheme, err
		}
		drain(answer.Body)
	}
	return answer, scheme, err
}

func (l *lanes) asked(way *lane, ctx context.Context, authorization string) (*http.Response, error) {
	ctx, cancel := untraced(ctx)
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, l.url, http.NoBody)
	if err != nil {
		cancel()
		return nil, err
	}
	request.Header.Set("Content-Type", contentType+";charset=UTF-8")
	request.Header.Set("Authorization", authorization)
	answer, err := way.way.RoundTrip(request)
	if err != nil {
		cancel()
		return nil, err
	}
	answer.Body = closing{answer.Body, cancel}
	return answer, nil
}

// send posts over a lane, and says whether it took a new connection.
func send(way *lane, r *http.Request) (answer *http.Response, anew bool, err error) {
	var fresh atomic.Bool
	traced := httptrace.WithClientTrace(r.Context(), &httptrace.ClientTrace{GotConn: func(c httptrace.GotConnInfo) { fresh.Store(!c.Reused) }})
	answer, err = way.way.RoundTrip(r.WithContext(traced))
	return answer, fresh.Load(), err
}

// Where a challenge keeps the target's information, and what of it is of use here (MS-NLMP 2.2.1.2, 2.2.2.1).
const (
	flagsAt       = 12 // of the first message (MS-NLMP 2.2.1.1)
	requestTarget = 4  // has the host name itself: some add the information that a binding goes into only then

	targetFields    = 40 // length, room, offset
	challengeHeader = 48
	endOfList       = 0
	channelBindings = 10
)

// bound adds the binding to a challenge's information of the target. The library hashes that information as it stands into its
// answer and sends it back, which is how a client tells the host what channel it believes to be on (MS-NLMP 3.1.5.1.2). A
// challenge that has no such information is left alone.
func bound(challenge []byte, binding kerberos.Binding) []byte {
	if len(challenge) < challengeHeader || !strings.HasPrefix(string(challenge), "NTLMSSP\x00\x02") || binding == (kerberos.Binding{}) {
		return challenge
	}
	length, offset := int(binary.LittleEndian.Uint16(challenge[targetFields:])), int(binary.LittleEndian.Uint32(challenge[targetFields+4:]))
	if length == 0 || offset < challengeHeader || offset+length > len(challenge) {
		return challenge
	}
	pairs, ok := without(challenge[offset:offset+length], channelBindings)
	if !ok {
		return challenge
	}
	pairs = binary.LittleEndian.AppendUint16(pairs, channelBindings)
	pairs = binary.LittleEndian.AppendUint16(pairs, uint16(len(binding)))
	pairs = append(pairs, binding[:]...)
	pairs = append(pairs, 0, 0, 0, 0) // the end of the list
	whole := append([]byte{}, challenge...)
	binary.LittleEndian.PutUint16(whole[targetFields:], uint16(len(pairs)))
	binary.LittleEndian.PutUint16(whole[targetFields+2:], uint16(len(pairs)))
	binary.LittleEndian.PutUint32(whole[targetFields+4:], uint32(len(whole)))
	return append(whole, pairs...)
}

// without copies a list of attributes and values up to its end, which is left out, and all but one attribute.
func without(list []byte, left uint16) (kept []byte, ok bool) {
	for len(list) >= 4 {
		id, size := binary.LittleEndian.Uint16(list), 4+int(binary.LittleEndian.Uint16(list[2:]))
		if id == endOfList {
			return kept, true
		}
		if size > len(list) {
			return nil, false
		}
		if id != left {
			kept = append(kept, list[:size]...)
		}
		list = list[size:]
	}
	return nil, false
}
