package wsman_test

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"hybrid/internal/kerberos"
	"hybrid/internal/wsman"
	"hybrid/internal/wsman/wsmantest"
)

// A domain is a listener behind NTLM, whose answers Samba's ntlm_auth judges: each connection signs in by itself.
type domain struct {
	t     *testing.T
	next  http.Handler
	conf  string
	named string // the scheme that is offered

	mutex   sync.Mutex
	helpers map[string]*helper // by connection
	proofs  [][]byte
	signed  int
}

type helper struct {
	command *exec.Cmd
	in      *bufio.Writer
	out     *bufio.Reader
	end     func()
	open    bool
}

func inDomain(t *testing.T, scheme string) (*domain, *wsmantest.Server) {
	t.Helper()
	if _, err := exec.LookPath("ntlm_auth"); err != nil {
		t.Skip("NOT TESTED: ntlm_auth (Debian: winbind) is not installed; the sign-in by NTLM was not held against Samba")
	}
	dir, err := os.MkdirTemp("", "ntlm") // a short one: it holds Unix sockets
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	conf := filepath.Join(dir, "smb.conf")
	lines := "[global]\nworkgroup = CONTOSO\nnetbios name = FE01\n"
	for _, name := range []string{"private dir", "lock directory", "state directory", "cache directory", "pid directory"} {
		lines += name + " = " + dir + "\n"
	}
	if err := os.WriteFile(conf, []byte(lines), 0o600); err != nil {
		t.Fatal(err)
	}
	server := wsmantest.Unstarted(echo)
	d := &domain{t: t, next: server.Config.Handler, conf: conf, named: scheme, helpers: map[string]*helper{}}
	server.Config.Handler = d
	server.StartTLS()
	t.Cleanup(func() {
		server.Stop()
		for _, h := range d.helpers {
			h.end()
		}
	})
	return d, server
}

func (d *domain) helper(connection string) *helper {
	if h := d.helpers[connection]; h != nil {
		return h
	}
	c := exec.Command("ntlm_auth", "--helper-protocol=squid-2.5-ntlmssp", "--configfile="+d.conf, "--username=ada", "--password=horse staple", "--domain=CONTOSO")
	in, err := c.StdinPipe()
	if err != nil {
		d.t.Error(err)
	}
	out, err := c.StdoutPipe()
	if err != nil {
		d.t.Error(err)
	}
	if err := c.Start(); err != nil {
		d.t.Error(err)
	}
	h := &helper{command: c, in: bufio.NewWriter(in), out: bufio.NewReader(out), end: func() { _ = in.Close(); _ = c.Wait() }}
	d.helpers[connection] = h
	return h
}

func (h *helper) ask(line string) (verdict, text string) {
	fmt.Fprintln(h.in, line)
	_ = h.in.Flush()
	answer, _ := h.out.ReadString('\n')
	verdict, text, _ = strings.Cut(strings.TrimSpace(answer), " ")
	return verdict, text
}

func (d *domain) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if d.admits(w, r) {
		r.SetBasicAuth(wsmantest.Username, wsmantest.Password)
		d.next.ServeHTTP(w, r)
	}
}

func (d *domain) admits(w http.ResponseWriter, r *http.Request) bool {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	h := d.helper(r.RemoteAddr)
	if h.open && r.Header.Get("Authorization") == "" {
		return true
	}
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	offer := d.named
	if raw, err := base64.StdEncoding.DecodeString(token); err == nil && scheme == d.named && len(raw) > 12 {
		if raw[8] == 1 {
			_, text := h.ask("YR " + token)
			offer += " " + text
		} else {
			d.proofs = append(d.proofs, raw)
			verdict, _ := h.ask("KK " + token)
			if h.open = verdict == "AF"; h.open {
				d.signed++
				return true
			}
		}
	}
	w.Header().Set("WWW-Authenticate", offer)
	w.WriteHeader(http.StatusUnauthorized)
	return false
}

func TestNTLM(t *testing.T) {
	t.Parallel()
	for _, scheme := range []string{"Negotiate", "NTLM"} {
		d, server := inDomain(t, scheme)
		options := server.Options()
		options.SignIn = wsman.NTLM{Username: `CONTOSO\ada`, Password: "horse staple"}
		h := host(t, options)
		var all sync.WaitGroup
		for range 3 {
			p := start(t, h, "echo")
			all.Go(func() { // it is read while it is written to, over connections of their own
				for n := range 20 {
					line := fmt.Sprintf("%d\n", n)
					if _, err := p.Write([]byte(line)); err != nil {
						t.Error(err)
					}
				}
				if err := p.CloseStdin(); err != nil {
					t.Error(err)
				}
				if said, err := io.ReadAll(p); err != nil || strings.Count(string(said), "\n") < 20 {
					t.Errorf("%q %v", said, err)
				}
			})
		}
		all.Wait()
		d.mutex.Lock()
		if d.signed == 0 || d.signed > 2*3+2 {
			t.Errorf("%s: %d connections were signed in", scheme, d.signed)
		}
		for _, proof := range d.proofs {
			if !carries(proof, kerberos.BindingOf(server.Certificate())) {
				t.Error("an answer is not bound to the channel")
			}
		}
		d.mutex.Unlock()
	}
}

// carries says whether an answer's response has an attribute with this binding (MS-NLMP 2.2.1.3: the response's length and
// offset are at 20 and 24).
func carries(proof []byte, b kerberos.Binding) bool {
	length, offset := binary.LittleEndian.Uint16(proof[20:]), binary.LittleEndian.Uint32(proof[24:])
	response := proof[offset : int(offset)+int(length)]
	return bytes.Contains(response, append([]byte{10, 0, 16, 0}, b[:]...))
}

func TestNTLMWithAWrongPassword(t *testing.T) {
	t.Parallel()
	d, server := inDomain(t, "Negotiate")
	options := server.Options()
	options.SignIn = wsman.NTLM{Username: `CONTOSO\ada`, Password: "wrong horse"}
	_, err := host(t, options).Start(t.Context(), "echo")
	if err == nil || !strings.Contains(err.Error(), `user name or password of "CONTOSO\\ada" refused by NTLM`) || !wsman.Refused(err) || strings.Contains(err.Error(), "horse") {
		t.Error(err)
	}
	if len(d.proofs) != 1 {
		t.Errorf("the password was tried %d times", len(d.proofs))
	}
}
