package main

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"hybrid/internal/render"
)

// messages are what notify blocks have sent: headers and bodies, but for the lines that say where to.
type messages struct {
	mu  sync.Mutex
	got [][]byte
}

// hooks adds notify blocks of every type, with their secrets written out and from the environment. What they post to refuses
// everything, and quotes what it was told; mail finds nobody.
func (v *vault) hooks() {
	server := httptest.NewServer(http.HandlerFunc(v.refuseHook))
	v.t.Cleanup(server.Close)
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		v.t.Fatal(err)
	}
	port := closed.Addr().(*net.TCPAddr).Port
	closed.Close()
	url := func(from string) string {
		v.texts[from] = fmt.Sprintf("%s/hooks/%s?sig=%s", server.URL, v.core(from+", its path"), v.core(from+", its query"))
		return v.texts[from]
	}
	v.t.Setenv("HYBRID_TEST_WORKFLOW", url("env() of a workflow"))
	v.write("notify.hcl", fmt.Sprintf(`
notify "webhook" {
  on     = ["run", "drift"]
  type   = "webhook"
  url    = %s
  secret = %s
}

notify "workflow" {
  on   = ["run", "drift"]
  type = "teams"
  url  = env("HYBRID_TEST_WORKFLOW")
}

notify "mail" {
  on       = ["run", "drift"]
  type     = "mail"
  server   = "127.0.0.1"
  port     = %d
  tls      = "none"
  username = "hybrid"
  password = %s
  from     = "hybrid@contoso.com"
  to       = ["ops@contoso.com"]
}
`, literal(url("literal URL of a webhook")), literal(v.plant("literal secret of a webhook")), port, literal(v.plant("literal password of mail"))))
}

// refuseHook keeps what is posted, and answers with a status that quotes the URL.
func (v *vault) refuseHook(w http.ResponseWriter, r *http.Request) {
	var heard bytes.Buffer
	_ = r.Header.Write(&heard)
	body, _ := io.ReadAll(r.Body)
	v.mu.Lock()
	v.got = append(v.got, append(heard.Bytes(), body...))
	v.mu.Unlock()
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(err)
	}
	defer conn.Close()
	where := "http://" + r.Host + r.RequestURI
	fmt.Fprintf(conn, "HTTP/1.1 500 not %s\r\nContent-Length: 0\r\n\r\n", strings.Join(everyWay(where), " nor "))
}

// heardAll searches what was sent, and demands that so much was.
func (v *vault) heardAll(least int) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for n, message := range v.got {
		v.search(fmt.Sprintf("message %d", n), message)
	}
	if len(v.got) < least {
		v.t.Errorf("only %d messages were sent", len(v.got))
	}
}

// explaining asks why of everything.
func (v *vault) explaining() {
	for n, address := range []string{
		`allowed_domain["fabrikam.com"]`, "oauth_server.evoSTS", `dns_record["secret.contoso.com"]["TXT"]`, "user_homing.pilot", `user_homing.pilot["sip:ada@contoso.com"]`,
	} {
		v.does(0, v.with("why", "--lab", fmt.Sprintf("--json=%v", n%2 == 0), "--log-level", "trace", address, v.dir)...)
	}
}

// drifting changes by hand what is secret and what is not, the latter to a secret that the configuration knows.
func (v *vault) drifting() {
	v.byHand("Set-CsAllowedDomain", "-Identity", "adatum.com", "-Comment", v.plant("what somebody wrote into a secret attribute"))
	v.byHand("Set-CsAllowedDomain", "-Identity", "plain.example", "-Comment", v.texts["literal secret of a webhook"])
	v.byHand("Set-CsAllowedDomain", "-Identity", "plain.example", "-ProxyFqdn", "other.example")
	file := filepath.Join(v.t.TempDir(), "drift.plan")
	for _, format := range []string{"text", "json"} {
		out := v.does(2, v.with("plan", "--lab", "--drift", "--format", format, "--out", file, v.dir)...)
		if !strings.Contains(out, "not told: the answer is 500") {
			v.t.Errorf("nobody was told of drift: %s", out)
		}
	}
	v.saved(file)
	v.does(0, v.with("apply", "--lab", "--auto-approve", "--record", v.dir)...)
}

// byHand runs a cmdlet as somebody at the Management Shell would; what it answers is for that shell alone.
func (v *vault) byHand(words ...string) {
	v.t.Helper()
	var said bytes.Buffer
	if run(slices.Concat(v.with("lab", "run", v.dir), []string{"--"}, words), os.Stdin, &said, &said) != 0 {
		v.t.Fatalf("%s: %s", words[0], said.String())
	}
}

// setAside sets a guard aside for a reason that holds secrets.
func (v *vault) setAside() {
	v.write("guard.hcl", `hybrid {
  guard {
    max_deletes = 0
  }
}

allowed_domain "gone.example" {
  ensure = "absent"
}
`)
	v.byHand("New-CsAllowedDomain", "-Identity", "gone.example")
	file := filepath.Join(v.t.TempDir(), "aside.plan")
	var ways []string
	for _, from := range []string{"--var", "literal URL of a webhook", "literal password of mail", "secret_file()"} {
		ways = append(ways, everyWay(v.texts[from])...)
	}
	slices.Sort(ways)
	reason := v.with("--override", "max_deletes", "--reason", strings.Join(ways, " | "))
	out := v.does(0, append([]string{"plan", "--lab", "--out", file, v.dir}, reason...)...)
	if !strings.Contains(out, "Set aside: guard max_deletes") {
		v.t.Errorf("nothing is set aside: %s", out)
	}
	v.saved(file)
	v.does(3, v.with("apply", "--lab", "--auto-approve", v.dir)...)
	v.does(0, append([]string{"apply", "--lab", "--auto-approve", "--json", v.dir}, reason...)...)
}

// saved searches a saved plan, and what is shown of it in every format.
func (v *vault) saved(file string) {
	content, err := os.ReadFile(file)
	if err != nil {
		v.t.Fatal(err)
	}
	v.search("the saved plan "+filepath.Base(file), content)
	for _, format := range render.Formats() {
		v.does(0, "show", "--format", format, "--show-commands", "--users", file)
	}
	v.does(0, "why", "--plan", file, "--json", `allowed_domain["fabrikam.com"]`)
}
