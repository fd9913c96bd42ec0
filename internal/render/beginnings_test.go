package render

import (
	"strings"
	"testing"
)

// A text that is not looked at closely, since no secret could begin in it, is one in which the replacer finds nothing.
func FuzzBeginnings(f *testing.F) {
	f.Add("Pa$$w0rd", "the password is Pa$$w0rd.")
	f.Add("Pa$$w0rd", "Pa$$w0rd")
	f.Add("Pa$$w0rd", "P")
	f.Add("Pa$$w0rd", "")
	f.Add("\xff\x00ab", "a\xff\x00ab")
	f.Fuzz(func(t *testing.T, secret, text string) {
		if len(secret) < 4 {
			return
		}
		want := strings.NewReplacer(secret, sensitiveText).Replace(text)
		begun := beginningsOf([]string{secret, "another"}).in(text)
		if !begun && want != text {
			t.Errorf("%q is taken for free of %q", text, secret)
		}
		if inside := text + secret; !beginningsOf([]string{secret}).in(inside) {
			t.Errorf("%q is taken for free of %q", inside, secret)
		}
	})
}

func TestBeginningsPassOverWhatHoldsNone(t *testing.T) {
	t.Parallel()
	if beginningsOf([]string{"Pa$$w0rd", "\xffab"}).in("Move-CsUser -Identity:'ada'") {
		t.Error("a text in which no secret could begin is searched")
	}
}
