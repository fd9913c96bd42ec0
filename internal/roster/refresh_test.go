package roster_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"hybrid/internal/roster"
)

func TestRefreshed(t *testing.T) {
	t.Parallel()
	table := func(columns []string, rows ...[]string) *roster.Table {
		made := roster.New(columns...)
		for _, row := range rows {
			made.Append(row...)
		}
		return made
	}
	old := table([]string{"sip", "home", "line"}, []string{"sip:ada@x.com", "a", "1"}, []string{"sip:bob@x.com", "a", "2"}, []string{"sip:eve@x.com", "a", "3"})
	asked := table([]string{"sip_address"}, []string{"SIP:Bob@x.com"}, []string{"sip:eve@x.com"}, []string{"sip:new@x.com"})
	fresh := table([]string{"home", "sip"}[1:], []string{"sip:other@x.com"})
	gone := old.Refreshed(asked, fresh)
	if gone.Len() != 1 || gone.SIP(0) != "sip:ada@x.com" {
		t.Errorf("who was asked for and is not listed is still there, or somebody else came: %d", gone.Len())
	}
	fresh = table([]string{"sip", "home"}, []string{"sip:bob@x.com", "b"}, []string{"sip:new@x.com", "b"}, []string{"sip:ada@x.com", "never asked for"})
	var got [][]string
	for _, cells := range old.Refreshed(asked, fresh).Rows() {
		got = append(got, cells)
	}
	if diff := cmp.Diff([][]string{{"sip:ada@x.com", "a", "1"}, {"sip:bob@x.com", "b", "2"}, {"sip:new@x.com", "b", ""}}, got); diff != "" {
		t.Error(diff)
	}
	if old.Len() != 3 || old.Cell(1, "home") != "a" {
		t.Error("the table itself was changed")
	}
}
