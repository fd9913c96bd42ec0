package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hybrid/internal/config"
)

func TestAskedUsers(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "users.csv")
	for text, want := range map[string]string{
		"sip_address\nsip:ada@contoso.com\n sip: x\n":          "sip:ada@contoso.com@2| sip: x@3",
		"#TYPE x\nname;sip_address\nAda;sip:ada@contoso.com\n": "sip:ada@contoso.com@3",
		"\xef\xbb\xbfsip_address\r\nsip:ada@contoso.com\r\n":   "sip:ada@contoso.com@2",
		"name\nAda\n":          `no column "sip_address"`,
		"sip_address\n":        "names nobody",
		"":                     "is empty",
		"sip_address\n\"ada\n": "quote",
	} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		users, _, err := config.AskedUsers(file)
		var got []string
		for _, u := range users {
			_, line, _ := strings.Cut(u.Place, ".csv:")
			got = append(got, u.Address+"@"+line)
		}
		if err != nil {
			got = []string{err.Error()}
		}
		if !strings.Contains(strings.Join(got, "|"), want) {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
