package powershell

import (
	"slices"
	"testing"
)

func TestPiecesAreTheText(t *testing.T) {
	t.Parallel()
	c := Command{Cmdlet: "Set-It", Params: []Param{
		{"Identity", "it's"}, {"Enabled", true}, {"Port", int64(443)}, {"Comment", nil},
		{"List", []any{"a", "b", int64(1), Credential{"ada", "x"}}}, {"Texts", []string{"c"}}, {"Empty", []any{}},
		{"Credential", Credential{Username: "ada@contoso.com", Password: "pw"}},
		{"AllowedDomains", Command{Cmdlet: "New-List", Params: []Param{{"AllowedDomain", []any{"x.com"}}}}},
	}}
	if got := Join(c.Pieces()); got != c.String() {
		t.Errorf("%s\nis not\n%s", got, c)
	}
	if got := c.Cmdlets(); !slices.Equal(got, []string{"Set-It", "New-List"}) {
		t.Error(got)
	}
}
