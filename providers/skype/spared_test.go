package skype

import (
	"slices"
	"testing"

	"hybrid/providers"
	"hybrid/providers/shell"
)

// Servers that have no cmdlets for hybrid application endpoints can be used for all else, unless some are declared.
func TestEndpointsAreAskedForWhereTheyCanBe(t *testing.T) {
	t.Parallel()
	const kind, cmdlet = "hybrid_application_endpoint", "Get-CsHybridApplicationEndpoint"
	for name, test := range map[string]struct {
		s                providers.Settings
		needed, optional bool
	}{
		"only read":     {providers.Settings{Kinds: []string{"user"}, Reads: []string{"hosting_provider", kind}}, false, true},
		"declared":      {providers.Settings{Kinds: []string{"user", kind}, Reads: []string{kind}}, true, false},
		"not spoken of": {providers.Settings{Kinds: []string{"user"}, Reads: []string{"hosting_provider"}}, false, false},
	} {
		open := session(shell.ArgumentsOf(settings(t, account(nil))), test.s)
		if slices.Contains(open.Cmdlets, cmdlet) != test.needed || slices.Contains(open.Optional, cmdlet) != test.optional || !slices.Contains(open.Cmdlets, "Get-CsUser") {
			t.Errorf("%s: %v, optional %v", name, open.Cmdlets, open.Optional)
		}
		if reads := test.s.Reads; len(reads) == 2 && reads[1] != kind {
			t.Errorf("%s: the settings were changed: %v", name, reads)
		}
	}
}
