package schema_test

import (
	"testing"

	"hybrid/schema"
)

func TestAccountName(t *testing.T) {
	t.Parallel()
	for identity, want := range map[string]string{
		"Ada@Contoso.com": "ada@contoso.com", "sip:Ada@contoso.com": "ada@contoso.com", `CONTOSO\ada`: "", "CN=ada@x,DC=contoso": "", "Ada Lovelace": "", "": "",
	} {
		if got := schema.AccountName(identity); got != want {
			t.Errorf("%q: %q", identity, got)
		}
	}
}
