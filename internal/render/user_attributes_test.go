package render

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/event"
	"hybrid/internal/roster"
	"hybrid/planner"
	"hybrid/schema"
)

// staff is a kind whose users have attributes.
var staff = &schema.Kind{
	Name: "user", System: "skype",
	Attrs: []schema.Attr{
		{Name: "pool", Type: cty.String, Initial: true},
		{Name: "voice", Type: cty.Bool, Default: cty.False},
		{Name: "line_uri", Type: cty.String, Mode: schema.Column, Param: "LineURI"},
	},
	Rows: &schema.Rows{Columns: []string{"SipAddress"}},
}

// altered is a block of 12 users: 2 are as wanted, 6 have another number, 4 are not there yet.
func altered(voice cty.Value, exist int) planner.Change {
	want, live := roster.New("sip_address", "identity", "line_uri"), roster.New("SipAddress", "Voice", "LineURI")
	for i := range 12 {
		sip := fmt.Sprintf("sip:user%d@contoso.com", i)
		want.Append(sip, sip, fmt.Sprintf("tel:+1%d", i))
		if i < exist {
			live.Append(sip, "True", fmt.Sprintf("tel:+%d%d", 1+i/2%2, i))
		}
	}
	o := planner.Object{
		Address: planner.Address{Kind: "user", Labels: []string{"staff"}}, Kind: staff, Provider: "skype", Users: want,
		Want: object(staff, vals{"pool": cty.StringVal("pool01.contoso.com"), "voice": voice}),
	}
	return planner.Check(&o, planner.Listing{Users: live})
}

func textOf(t *testing.T, c planner.Change, o Options) string {
	t.Helper()
	return string(rendered(t, func(b *bytes.Buffer) error { return Text(b, &planner.Plan{Changes: []planner.Change{c}}, o) }))
}

func TestUsersWhoAreEnabledAndChangedInText(t *testing.T) {
	t.Parallel()
	got := textOf(t, altered(cty.True, 8), Options{})
	want := `  + user.staff   4 of 12 users are enabled, 4 change, 4 are as wanted
          pool  = "pool01.contoso.com"
          voice = true
          ~ sip:user2@contoso.com    line_uri tel:+22 → tel:+12
          + sip:user8@contoso.com    line_uri = tel:+18
          … 6 more (--users)

Plan: 0 to add, 0 to change, 0 to replace, 4 users to enable, 4 users to change, 0 to delete.
`
	if got != want {
		t.Error(cmp.Diff(want, got))
	}
	if got := textOf(t, altered(cty.True, 8), Options{Users: true}); strings.Count(got, "line_uri") != 8 {
		t.Error(got)
	}
	got = textOf(t, altered(cty.NullVal(cty.Bool), 12), Options{})
	want = `  ~ user.staff   6 of 12 users change, 6 are as wanted
          sip:user2@contoso.com    line_uri tel:+22 → tel:+12
          … 5 more (--users)
`
	if !strings.HasPrefix(got, want) {
		t.Error(cmp.Diff(want, got))
	}
}

func TestUsersAttributesInJSON(t *testing.T) {
	t.Parallel()
	c := altered(cty.False.Mark(schema.Sensitive), 1)
	document := rendered(t, func(b *bytes.Buffer) error {
		return JSON(b, &planner.Plan{Changes: []planner.Change{c}}, Options{Users: true})
	})
	var plan struct {
		Changes []struct {
			Action string
			Users  map[string]any
			Change struct {
				Actions       []string
				Before, After map[string]any
			}
		} `json:"resource_changes"`
	}
	if err := json.Unmarshal(document, &plan); err != nil {
		t.Fatal(err)
	}
	block, first, second := plan.Changes[0], plan.Changes[1], plan.Changes[2]
	if d := cmp.Diff(map[string]any{"total": 12.0, "count": 12.0, "update": 1.0, "same": 0.0, "blocked": []any{}}, block.Users); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(map[string]any{"voice": nil}, first.Change.Before); d != "" || first.Action != "update" || first.Change.Actions[0] != "update" {
		t.Errorf("%s %s", first.Action, d)
	}
	if d := cmp.Diff(map[string]any{"voice": nil, "pool": "pool01.contoso.com", "line_uri": "tel:+11"}, second.Change.After); d != "" || second.Action != "create" || second.Change.Before != nil {
		t.Errorf("%s %v %s", second.Action, second.Change.Before, d)
	}
	if strings.Contains(string(document), "false,\"after\"") {
		t.Errorf("a secret is shown:\n%s", document)
	}
}

func TestNewsOfUsersWhoAreEnabledOrChanged(t *testing.T) {
	t.Parallel()
	for want, e := range map[string]event.Event{
		"+ user.staff  enabling or changing 8 users":            {Type: event.Start, Address: "user.staff", Action: "create", Total: 8, Update: 4},
		"+ user.staff  7 of 8 users enabled or changed":         {Type: event.Done, Address: "user.staff", Action: "create", Done: 7, Total: 8, Update: 4},
		`~ user.staff["sip:a@x.com"]  change failed: no access`: {Type: event.Failed, Address: `user.staff["sip:a@x.com"]`, Action: "update", Message: "no access"},
	} {
		if got := paint(false).sentence(e); strings.TrimLeft(got, "!~+ ") != strings.TrimLeft(want, "!~+ ") {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
