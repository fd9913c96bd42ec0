package main

import (
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"hybrid/internal/kerberos/kdctest"
)

// TestKerberosStories runs the stories in testdata/kerberos, each with a realm of its own behind a real KDC: KRB5_CONFIG leads to it,
// HOST_KEYTAB has the keys of WSMAN/localhost, ACCOUNT_KEYTAB those of the account, CCACHE a ticket that ends in an hour,
// OLD_CCACHE one that has ended, and FAST_CONFIG leads to a KDC whose clock is ahead.
func TestKerberosStories(t *testing.T) {
	t.Parallel()
	k := kdctest.Start(t, 0, "WSMAN/localhost", "HTTP/localhost")
	host, own, cache := k.Keytab(t, "WSMAN/localhost"), k.Keytab(t, kdctest.Account), k.Kinit(t, time.Hour)
	fast, old := kdctest.Start(t, 20*time.Minute), k.Kinit(t, time.Second) // which has ended before anybody shows it
	testscript.Run(t, testscript.Params{
		Dir: "testdata/kerberos", UpdateScripts: *update, RequireUniqueNames: true,
		Setup: func(env *testscript.Env) error {
			for name, text := range map[string]string{"KRB5_CONFIG": k.Config, "HOST_KEYTAB": host, "ACCOUNT_KEYTAB": own, "CCACHE": cache, "OLD_CCACHE": old, "FAST_CONFIG": fast.Config, "KRB_PASSWORD": kdctest.Password} {
				env.Setenv(name, text)
			}
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits, "replace": replace, "freeport": freePort, "answers": answers, "labkeys": labKeys, "expand": expand, "secretless": secretless,
		},
	})
}
