package powershell

import (
	"bytes"
	"encoding/base64"
	"strings"
	"testing"
)

func TestAgentText(t *testing.T) {
	t.Parallel()
	for name, script := range map[string][]byte{"agent.ps1": Agent(), "bootstrap.ps1": []byte(bootstrap)} {
		if n := bytes.IndexFunc(script, func(r rune) bool { return r > '~' || r < ' ' && r != '\n' }); n >= 0 {
			t.Errorf("%s: byte %d is not plain ASCII with line feeds: %q", name, n, script[n])
		}
		// Its mere mention makes PowerShell's host take standard input for itself.
		if strings.Contains(strings.ToLower(string(script)), "$input") {
			t.Errorf("%s names the automatic variable for pipeline input", name)
		}
	}
	if strings.ContainsAny(bootstrap, "\n") {
		t.Error("the bootstrap is more than a line")
	}
}

func TestCommandLineIsShort(t *testing.T) {
	t.Parallel()
	command, args := CommandLine()
	if n := len(command + " " + strings.Join(args, " ")); n > 3000 {
		t.Errorf("the command line has %d characters", n)
	}
	raw, err := base64.StdEncoding.DecodeString(args[len(args)-1])
	if err != nil || len(raw) != 2*len(bootstrap) || raw[0] != bootstrap[0] || raw[1] != 0 {
		t.Errorf("the bootstrap is not UTF-16LE in base64: %v", err)
	}
}
