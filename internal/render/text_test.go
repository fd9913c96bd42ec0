package render

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/roster"
	"hybrid/planner"
)

func TestText(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		plan *planner.Plan
		o    Options
	}{
		{"estate", estate(), Options{Header: "contoso (skype fe01.contoso.com, dns ns1.contoso.com)", RoundTrips: 7, Elapsed: 400 * time.Millisecond, Estimate: timedEstimate()}},
		{"commands", estate(), Options{ShowCommands: true, Steps: issued, Width: 60}},
		{"users", &planner.Plan{Changes: []planner.Change{moves(6, 1, planner.Blocked{Row: 2, Reason: "no home known"})}}, Options{Users: true}},
		{"color", estate(), Options{Color: true, Header: "contoso"}},
		{"none", &planner.Plan{Changes: []planner.Change{moves(50, 50), diffed(edge, object(edge, nil), object(edge, nil), 1)}}, Options{Header: "contoso", RoundTrips: 1}},
		{"blocked", &planner.Plan{Changes: []planner.Change{moves(1, 0, planner.Blocked{Row: 0, Reason: "no home known"})}}, Options{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := rendered(t, func(b *bytes.Buffer) error { return Text(b, tt.plan, tt.o) })
			golden(t, tt.name+".txt", got)
			again := rendered(t, func(b *bytes.Buffer) error { return Text(b, tt.plan, tt.o) })
			if !bytes.Equal(got, again) {
				t.Error("the same plan gives other bytes")
			}
		})
	}
}

// Nothing is said of an estate that is not known to be so.
func TestNoChangesIsOnlySaidWhereItIsSo(t *testing.T) {
	t.Parallel()
	noop := diffed(edge, object(edge, nil), object(edge, nil), 1)
	unread := noop
	unread.Unread = []string{"routing"}
	unknown := noop
	unknown.Action, unknown.Reason = planner.Unknown, "refused"
	const calm = "The estate is as the configuration says."
	for name, tt := range map[string]struct {
		c    planner.Change
		calm bool
		want string
	}{
		"as wanted": {noop, true, "No changes. " + calm + " 1 object was looked at."},
		"unread":    {unread, false, "1 attribute is not told by the server"},
		"unknown":   {unknown, false, "1 object could not be read: nothing is planned from what is not known."},
		"blocked":   {moves(2, 1, planner.Blocked{Row: 1, Reason: "x"}), false, "1 user is not as wanted and blocked."},
		"to do":     {moves(2, 1), false, "Plan: 0 to add, 0 to change, 0 to replace, 1 user to move, 0 to delete."},
	} {
		got := string(rendered(t, func(b *bytes.Buffer) error { return Text(b, &planner.Plan{Changes: []planner.Change{tt.c}}, Options{}) }))
		if strings.Contains(got, calm) != tt.calm || !strings.Contains(got, tt.want) {
			t.Errorf("%s:\n%s", name, got)
		}
	}
}

// Of nothing it is not said that it is as it should be: neither of a plan without blocks nor of blocks that name nobody.
func TestNothingWasLookedAt(t *testing.T) {
	t.Parallel()
	nobody := func(label string, line int) planner.Change {
		c := moves(0, 0)
		c.Address.Labels = []string{label}
		c.Range = hcl.Range{Filename: "users.hcl", Start: hcl.Pos{Line: line}}
		return c
	}
	for want, p := range map[string]*planner.Plan{
		"Nothing was looked at. The plan has no block: the configuration declares nothing, or --target and --exclude leave nothing of it.": {},
		"No changes. The plan is about no object, and of what was read nothing is to be deleted.":                                          {LiveCount: map[planner.Source]int{{Kind: "hosting_provider"}: 0}},
		"Nothing was looked at. user_homing[\"w*1*\"] (users.hcl:3) names no users.":                                                       {Changes: []planner.Change{nobody("w*1*", 3)}},
		"Nothing was looked at. user_homing.a (users.hcl:3), user_homing.b (users.hcl:4), user_homing.c (users.hcl:5) and 2 more blocks name no users.": {
			Changes: []planner.Change{nobody("a", 3), nobody("b", 4), nobody("c", 5), nobody("d", 6), nobody("e", 7)},
		},
	} {
		got := string(rendered(t, func(b *bytes.Buffer) error { return Text(b, p, Options{}) }))
		if !strings.Contains(got, want) || strings.Contains(got, "as the configuration says") {
			t.Errorf("%q is not in\n%s", want, got)
		}
	}
	if got := markdownOf(t, &planner.Plan{Changes: []planner.Change{nobody("w*1*", 3)}}, Options{}); !strings.Contains(got, "`user_homing[\"w*1*\"]`") {
		t.Errorf("a label is markup:\n%s", got)
	}
}

// Users are told by what is known of them, and long lists by their beginning.
func TestUsersInText(t *testing.T) {
	t.Parallel()
	c := moves(9, 0, planner.Blocked{Row: 1, Reason: "b"}, planner.Blocked{Row: 2, Reason: "a"}, planner.Blocked{Row: 3, Reason: "b"}, planner.Blocked{Row: 4, Reason: "b"}, planner.Blocked{Row: 5, Reason: "b"})
	c.Users.Live = roster.New("SipAddress", "HostingProvider")
	c.Users.Live.Append("sip:user0@contoso.com", "")
	c.Users.Pick, c.Users.At = []int32{0, 6}, []int32{0, -1}
	c.After = object(homing, vals{"target": cty.StringVal("pool01.contoso.com"), "proxy_pool": cty.StringVal("pool02.contoso.com")})
	got := string(rendered(t, func(b *bytes.Buffer) error { return Text(b, &planner.Plan{Changes: []planner.Change{c}}, Options{}) }))
	want := `
          proxy_pool = "pool02.contoso.com"
          sip:user0@contoso.com    (unset) → pool01.contoso.com
          sip:user6@contoso.com    (not enabled yet) → pool01.contoso.com
          ! 4 users are blocked: b
              sip:user1@contoso.com
              … 3 more (--users)
          ! 1 user is blocked: a
              sip:user2@contoso.com
`
	if !strings.Contains(got, want) {
		t.Error(got)
	}
}

func TestHeadline(t *testing.T) {
	t.Parallel()
	disabled := enabled(3)
	disabled.Action = planner.Delete
	disabledAll, enabledSome := moves(1, 0), moves(3, 2)
	disabledAll.Action, enabledSome.Action, enabledSome.Users.At = planner.Delete, planner.Create, []int32{-1}
	disabledSome := moves(3, 1)
	disabledSome.Action = planner.Delete
	for want, c := range map[string]planner.Change{
		"1 user is disabled":                                        disabledAll,
		"1 of 3 users is enabled, 2 are enabled already":            enabledSome,
		"2 of 3 users are disabled, 1 is disabled already":          disabledSome,
		"48 of 50 users move to X, 2 are there already":             moves(50, 2),
		"1 user moves to X":                                         moves(1, 0),
		"1 of 2 users moves to X, 1 is there already":               moves(2, 1),
		"100,000 users move to X":                                   moves(100_000, 0),
		"1 of 3 users moves to X, 1 is there already, 1 is blocked": moves(3, 1, planner.Blocked{Row: 2}),
		"1 is blocked, 2 are as wanted":                             moves(3, 2, planner.Blocked{Row: 2}),
		"2 users are enabled":                                       enabled(2),
		"3 users are disabled":                                      disabled,
	} {
		if got := headline(&c, "X"); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestShow(t *testing.T) {
	t.Parallel()
	secret := cty.StringVal("hunter22").Mark("s")
	for want, v := range map[string]cty.Value{
		`"a\"b\n\x1b[31m"`:           cty.StringVal("a\"b\n\x1b[31m"),
		"300":                        cty.NumberIntVal(300),
		"0.25":                       cty.NumberFloatVal(0.25),
		"true":                       cty.True,
		"(unset)":                    cty.NullVal(cty.String),
		"(known after apply)":        cty.UnknownVal(cty.String),
		`["a", "b"]`:                 texts("a", "b"),
		"[]":                         cty.ListValEmpty(cty.String),
		`{ "k" = 1 }`:                cty.MapVal(vals{"k": cty.NumberIntVal(1)}),
		`{ a = 1, b = [true] }`:      cty.ObjectVal(vals{"a": cty.NumberIntVal(1), "b": cty.TupleVal([]cty.Value{cty.True}), "c": cty.NullVal(cty.String)}),
		"(sensitive)":                secret,
		`["a", (sensitive)]`:         cty.ListVal([]cty.Value{cty.StringVal("a"), secret}),
		`["b", (known after apply)]`: cty.ListVal([]cty.Value{cty.StringVal("b"), cty.UnknownVal(cty.String)}),
	} {
		if got := show(v); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	if got := show(cty.SetVal([]cty.Value{secret})); got != "(sensitive)" {
		t.Errorf("a set with a secret: %s", got)
	}
	if got := show(cty.NilVal); got != "(unset)" {
		t.Errorf("nothing: %s", got)
	}
}

type full struct{}

var errFull = errors.New("no space left on device")

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestAFailedWriteIsAnError(t *testing.T) {
	t.Parallel()
	big := &planner.Plan{Changes: []planner.Change{moves(5000, 0)}}
	for name, err := range map[string]error{
		"text": Text(full{}, big, Options{Users: true}), "json": JSON(full{}, big, Options{Users: true}), "small json": JSON(full{}, estate(), Options{}), "dot": DOT(full{}, nil),
	} {
		if !errors.Is(err, errFull) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
