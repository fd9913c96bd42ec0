package dns

import (
	"fmt"
	"net"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/zclconf/go-cty/cty"

	"hybrid/planner"
)

// What a plan shows of an update can be pasted into nsupdate and does there what apply would have done.
func TestShownUpdateWorksInNsupdate(t *testing.T) {
	t.Parallel()
	nsupdate, err := exec.LookPath("nsupdate")
	if err != nil {
		t.Skip("SKIPPED: nsupdate (bind9-dnsutils) is not on PATH, so the text of updates is not held against it")
	}
	s := lab(t, labKey)
	p := openAt(t, settings(s.Addr(), labKey))
	host, port, _ := net.SplitHostPort(s.Addr())
	keyFile := filepath.Join(t.TempDir(), "key")
	write(t, keyFile, fmt.Sprintf("key hybrid { algorithm %s; secret %q; };\n", labKey.Algorithm, labKey.Secret))
	paste := func(c planner.Change) (string, error) {
		shown, err := commands(c)
		if err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(nsupdate, "-v", "-k", keyFile)
		cmd.Stdin = strings.NewReader(fmt.Sprintf("server %s %s\n%s\n", host, port, shown[0]))
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	for _, want := range []cty.Value{
		set("new.contoso.com", "A", -1, "192.0.2.9", "192.0.2.10"),
		set("new.contoso.com", "A", 60, "192.0.2.9"),
		set("_sip._tls.contoso.com", "SRV", -1, "100 1 443 sipdir.online.lync.com"),
		set("contoso.com", "TXT", -1, `"v=DKIM1; k=rsa; p=a\"b\\c\001" "second"`, strings.Repeat("long ", 100)),
		set("alias.contoso.com", "CNAME", 300, "sip.contoso.com"),
		set("new.contoso.com", "A", -1),
	} {
		c := plan(t, p, want)
		if out, err := paste(c); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
		if again := plan(t, p, want); again.Action != planner.NoOp {
			t.Errorf("%s is planned after nsupdate: %#v", again.Action, again.Before)
		}
		if out, err := paste(c); err == nil || !strings.Contains(out, "update failed: ") {
			t.Errorf("a second time it should find other records: %v\n%s", err, out)
		}
		if out, err := paste(c.Reverse()); err != nil {
			t.Errorf("undo: %v\n%s", err, out)
		}
		if again := plan(t, p, want); again.Action != c.Action {
			t.Errorf("%s is planned after the undo, want %s", again.Action, c.Action)
		}
		if out, err := paste(c); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
	}
}
