package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// FuzzPlanFile holds that no bytes make reading a saved plan panic, whoever has computed its ID, and that what is refused says which file.
func FuzzPlanFile(f *testing.F) {
	dir := f.TempDir()
	config := "provider \"skype\" {\n  hosts    = [\"127.0.0.1\"]\n  username = \"svc\"\n  password = \"unused-here\"\n}\n\nallowed_domain \"fabrikam.com\" {}\n"
	if err := os.WriteFile(filepath.Join(dir, "main.hcl"), []byte(config), 0o600); err != nil {
		f.Fatal(err)
	}
	path := filepath.Join(dir, "made.plan")
	var out, errs bytes.Buffer
	if code := run([]string{"plan", "--lab", "--out", path, dir}, nil, &out, &errs); code != 0 {
		f.Fatal(code, errs.String())
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	_, body, _ := bytes.Cut(whole, []byte("\n"))
	f.Add(body)
	f.Add([]byte("{}\n{}\n"))
	f.Add([]byte("{\"approves\":\"\"}\n{\"nodes\":[]}\n"))
	f.Add(bytes.ReplaceAll(body, []byte("fabrikam"), []byte("\\u001b[2J")))
	f.Fuzz(func(t *testing.T, body []byte) {
		sum := sha256.Sum256(body)
		content := append(fmt.Appendf(nil, "{\"format\":%q,\"id\":%q}\n", planFormat, hex.EncodeToString(sum[:])), body...)
		plan, err := parsePlan(content, "some.plan")
		if (plan == nil) == (err == nil) {
			t.Fatalf("%v and %v", plan, err)
		}
		if err != nil && !strings.Contains(err.Error(), "some.plan") {
			t.Errorf("which file it is, is not said: %v", err)
		}
	})
}

// A file that no plan can be is not read, and is named.
func TestAPlanFileOfTenGigabytesIsNotRead(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "large.plan")
	if err := os.WriteFile(path, []byte(planBegin), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, 10<<30); err != nil { // without taking room
		t.Skip("SKIPPED: no file with holes can be made here:", err)
	}
	for _, command := range []string{"show", "apply"} {
		var out, errs bytes.Buffer
		if code := run([]string{command, path}, nil, &out, &errs); code != exitFailed || !strings.Contains(errs.String(), "large.plan: it has 10 GiB, and at most 2 GiB are read: it is not a saved plan") {
			t.Errorf("%s: %d %s", command, code, errs.String())
		}
	}
}
