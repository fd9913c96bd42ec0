package powershell

import (
	"slices"
	"strings"
	"testing"
)

func TestPiecesAreTheText(t *testing.T) {
	t.Parallel()
	c := Command{Cmdlet: "Set-It", Params: []Param{
		{"Identity", "it's"},
		{"Enabled", true},
		{"Port", int64(443)},
		{"Comment", nil},
		{"List", []any{"a", "b", int64(1), Credential{"ada", "x"}}},
		{"Texts", []string{"c"}},
		{"Empty", []any{}},
		{"Credential", Credential{Username: "ada@contoso.com", Password: "pw"}},
		{"AllowedDomains", Command{Cmdlet: "New-List", Params: []Param{{"AllowedDomain", []any{"x.com"}}}}},
	}}
	if got := joined(c.Pieces()); got != c.String() {
		t.Errorf("%s\nis not\n%s", got, c)
	}
	if got := c.Cmdlets(); !slices.Equal(got, []string{"Set-It", "New-List"}) {
		t.Error(got)
	}
}

// joined puts pieces together the way [Command.String] writes them.
func joined(pieces []Piece) string {
	var b strings.Builder
	for _, p := range pieces {
		switch p.Kind {
		case Text:
			b.WriteString(Quote(p.Text))
		case Account:
			b.WriteString(Credential{Username: p.Text}.String())
		default:
			b.WriteString(p.Text)
		}
	}
	return b.String()
}
