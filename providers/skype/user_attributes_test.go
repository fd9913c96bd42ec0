package skype

import (
	"strings"
	"testing"

	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/roster"
	"hybrid/planner"
)

// userBlock is a block with one user, ada, and her number.
func userBlock(t testing.TB, body, line string) planner.Object {
	t.Helper()
	k := kindNamed(t, "user")
	table := roster.New("sip_address", "identity", "line_uri")
	table.Append("sip:ada@contoso.com", "sip:ada@contoso.com", line)
	return planner.Object{
		Address: planner.Address{Kind: "user", Labels: []string{"staff"}}, Kind: k, Provider: "skype", Users: table,
		Want: wanted(t, k, "staff", "users = []\nregistrar_pool = \"pool01.contoso.com\"\n"+body),
	}
}

func TestCommandsOfUsersAttributes(t *testing.T) {
	t.Parallel()
	const enable = "Enable-CsUser -Identity:'ada@contoso.com' -SipAddress:'sip:ada@contoso.com' -RegistrarPool:'pool01.contoso.com' -Confirm:$false"
	const disable = "Disable-CsUser -Identity:'sip:ada@contoso.com' -Confirm:$false"
	there := func(voice, mail, line, enabled string) map[string]string {
		return map[string]string{"EnterpriseVoiceEnabled": voice, "HostedVoiceMail": mail, "LineURI": line, "Enabled": enabled}
	}
	for name, test := range map[string]struct {
		body, line string
		live       map[string]string
		do, undo   string
	}{
		"a new user gets what creating does not bring": {
			"enterprise_voice_enabled = true\nhosted_voicemail = false\nenabled = true", "tel:+14255550100", nil,
			enable + "\nSet-CsUser -Identity:'ada@contoso.com' -EnterpriseVoiceEnabled:$true -LineURI:'tel:+14255550100' -Confirm:$false", disable,
		},
		"one who wants nothing else is only enabled": {"enabled = true\nenterprise_voice_enabled = false", "", nil, enable, disable},
		"everything": {
			"enterprise_voice_enabled = true\nhosted_voicemail = true\nenabled = false", "tel:+14255550100;ext=100", there("False", "", "", "True"),
			"Set-CsUser -Identity:'sip:ada@contoso.com' -Enabled:$false -EnterpriseVoiceEnabled:$true -HostedVoiceMail:$true -LineURI:'tel:+14255550100;ext=100' -Confirm:$false",
			"Set-CsUser -Identity:'sip:ada@contoso.com' -Enabled:$true -EnterpriseVoiceEnabled:$false -HostedVoiceMail:$false -LineURI:$null -Confirm:$false",
		},
		"another number": {
			"hosted_voicemail = true", "tel:+14255550100", there("True", "True", "TEL:+14255550101", "True"),
			"Set-CsUser -Identity:'sip:ada@contoso.com' -LineURI:'tel:+14255550100' -Confirm:$false",
			"Set-CsUser -Identity:'sip:ada@contoso.com' -LineURI:'TEL:+14255550101' -Confirm:$false",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := userBlock(t, test.body, test.line)
			live := roster.New(o.Columns()...)
			if test.live != nil {
				cells := []string{"sip:ada@contoso.com", "CN=Ada", "ada@contoso.com", "SRV:", "pool01.contoso.com"}
				for _, column := range o.Columns()[len(cells):] {
					cells = append(cells, test.live[column])
				}
				live.Append(cells...)
			}
			c := planner.Check(&o, planner.Listing{Users: live})
			compareLines(t, c.User(0), test.do)
			compareLines(t, c.User(0).Reverse(), test.undo)
		})
	}
}

// Without attributes nothing more is asked of the servers than before there were any.
func TestColumnsThatAreAskedFor(t *testing.T) {
	t.Parallel()
	base := strings.Join(userColumns(), " ")
	plain := wants(1)
	with := userBlock(t, "hosted_voicemail = true\nenabled = true", "")
	for want, objects := range map[string][]planner.Object{base: plain, base + " HostedVoiceMail LineURI": append(wants(2), with)} {
		s := &servers{}
		listing := opened(s).Read(t.Context(), kindNamed(t, "user"), objects)
		if listing.Err != nil {
			t.Fatal(listing.Err)
		}
		if got := strings.Join(listing.Users.Columns(), " "); got != want {
			t.Errorf("asked for %s, want %s", got, want)
		}
	}
}

func TestLines(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"tel:+14255550100":           "",
		"TEL:+14255550100;EXT=0100":  "",
		"tel:+1":                     "",
		"tel:+123456789012345":       "",
		"+14255550100":               `write "tel:+14255550100"`,
		"tel:+1 (425) 555-0100":      `write "tel:+14255550100"`,
		" tel:+14255550100 ;ext= 1 ": `write "tel:+14255550100;ext=1"`,
		"tel:+1425555\u00a00100":     `write "tel:+14255550100"`,
		"tel:14255550100":            "is no line URI: write the number in E.164",
		"14255550100":                "is no line URI: write the number in E.164",
		"tel:+04255550100":           "is no line URI",
		"tel:+1234567890123456":      "is no line URI",
		"tel:+1425ABC":               "is no line URI",
		"tel:+14255550100;ext=":      "is no line URI",
		"tel:+14255550100;ext=1a":    "is no line URI",
		"tel:+14255550100;foo=1":     "is no line URI",
		"tel:+14255550100;":          "is no line URI",
		"sip:ada@contoso.com":        "is no line URI",
		"tel:":                       "is no line URI",
		"":                           "is no line URI",
	} {
		err := checkLine(cty.StringVal(line))
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", line, err, want)
		}
	}
}

func BenchmarkCheckLine(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if checkLine(cty.StringVal("tel:+14255550100;ext=100")) != nil {
			b.Fatal()
		}
	}
}
