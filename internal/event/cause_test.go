package event

import (
	"strings"
	"testing"
)

// Failures of one cause have the same text, whoever and whatever they are of.
func TestCausesAreAlike(t *testing.T) {
	t.Parallel()
	for want, messages := range map[string][]string{
		`Cannot find user in Active Directory with the following SIP URI: "…"`: {
			`Cannot find user in Active Directory with the following SIP URI: "sip:ada@contoso.com"`,
			`Cannot find user in Active Directory with the following SIP URI: "sip:o'hara@sub.contoso.com"`,
		},
		`Move-CsUser: the user … is not known.`: {
			"Move-CsUser: the user CN=Ada Lovelace,OU=Sales,DC=contoso,DC=com is not known.",
			"Move-CsUser: the user ada@contoso.com is not known.",
			`Move-CsUser: the user CONTOSO\ada.l is not known.`,
			"Move-CsUser: the user 7f1b2c3d-0000-4000-8000-0123456789ab is not known.",
			"Move-CsUser: the user sip:ada@contoso.com is not known.",
		},
		`Active Directory operation failed on "…": "…"`: {
			`Active Directory operation failed on "DC1.contoso.com": "Insufficient access rights"`,
			`Active Directory operation failed on "DC2": "Insufficient access rights"`,
		},
		"no answer from … after … s": {"no answer from fe01.contoso.com:5986 after 30 s", "no answer from fe02.contoso.com after 1.5 s"},
		"Access [31m denied":         {"Access \x1b[31m\n\tdenied", "Access [31m denied"},
		"line_uri is …, not …":       {"line_uri is tel:+1425550100, not tel:+1425550101", `line_uri is unset, not "tel:+1"`},
		"'…' is not a user":          {"'Ada Lovelace' is not a user", "'ada' is not a user"},
		"„…“ ist kein Benutzer, «…»": {
			"„Ada“ ist kein Benutzer, «x»", "„Grace Hopper“ ist kein Benutzer, «Émile»",
		},
		"the number … is taken": {"the number +49 30 1234567 is taken", "the number +14255550100 is taken"},
	} {
		for _, m := range messages {
			if got := CauseOf(m); got != want {
				t.Errorf("%q: %q, want %q", m, got, want)
			}
		}
	}
}

// What says what is wrong stays: codes, names of cmdlets, parameters and types, and texts with an apostrophe.
func TestCausesKeepWhatIsWrong(t *testing.T) {
	t.Parallel()
	for _, m := range []string{
		"Move-CsUser: HostedMigration fault: Error=(510), Description=(This user's tenant is not enabled for shared sip address space.)",
		"AADSTS50055: The password is expired.",
		"HTTP 403: the caller isn't allowed to, and doesn't know why",
		"the WS-Management service refused it: 2150859174",
		"0x80070005 access is denied",
		"A parameter cannot be found that matches parameter name 'EnableUserReplicator'.",
		"System.Management.Automation.RemoteException: unknown",
		"refused (error 9601)",
		"look before anything else is done: HostingProvider (msRTCSIP-DeploymentLocator) is unset, not SRV:; Enabled (msRTCSIP-UserEnabled) is True, as it should be",
	} {
		if got := CauseOf(m); got != m {
			t.Errorf("%q became %q", m, got)
		}
	}
}

func TestLongCausesAreCut(t *testing.T) {
	t.Parallel()
	got := CauseOf(strings.Repeat("ü ", 1000))
	if n := len([]rune(got)); n > mostOfCause || !strings.HasSuffix(got, "…") {
		t.Errorf("%d characters: %q", n, got)
	}
}

func TestShort(t *testing.T) {
	t.Parallel()
	for cause, want := range map[string]string{
		"Move-CsUser: HostedMigration fault: Error=(510), Description=(x)": "Error 510",
		"AADSTS50055: The password is expired.":                            "AADSTS50055",
		"Move-CsUser: the user is not known":                               "the user is…",
		"":                                                                 "",
	} {
		if got := Short(cause, 15); got != want {
			t.Errorf("%q: %q, want %q", cause, got, want)
		}
	}
}

// No message makes it fail, and what it gives gives itself.
func FuzzCauseOf(f *testing.F) {
	for _, seed := range []string{"", "'", `"a" 'b' „c`, "Error=(510) sip:a@b.c 1:2", "a\xff'\xfe'"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, message string) {
		if n := len([]rune(CauseOf(message))); n > mostOfCause {
			t.Errorf("%d characters", n)
		}
	})
}
