package skype

import (
	"strings"
	"testing"

	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/roster"
	"hybrid/planner"
)

func TestUsersAreClassified(t *testing.T) {
	t.Parallel()
	const pool, cloud = "pool01.contoso.com", "sipfed.online.lync.com"
	kind := func(name string) func(string) string {
		return func(column string) string {
			return map[string]string{"InterpretedUserType": name, "HostingProvider": cloud}[column]
		}
	}
	homing := func(target string) map[string]cty.Value { return map[string]cty.Value{"target": cty.StringVal(target)} }
	enabling := func(attr, value string) map[string]cty.Value { return map[string]cty.Value{attr: cty.StringVal(value)} }
	tests := map[string]struct {
		origin     func(map[string]cty.Value, string, func(string) string) (string, string)
		after      map[string]cty.Value
		from       string
		cell       func(string) string
		note, bars string
	}{
		"home, born online":          {homingOrigin, homing(pool), cloud, kind("DirSyncEnabledOnlineTeamsOnlyUser"), "born online", ""},
		"home, old name of the same": {homingOrigin, homing(pool), cloud, kind("AADConnectEnabledOnlineTeamsOnlyUser"), "born online", ""},
		"home, known":                {homingOrigin, homing(pool), cloud, kind("HybridOnlineSfBUserNeedsProvisioning"), "known to the tenant", ""},
		"home, behind":               {homingOrigin, homing(pool), cloud, kind("HybridOnpremSfBUser"), "has to catch up", ""},
		"home, alone":                {homingOrigin, homing(pool), cloud, kind("PureOnlineTeamsOnlyUser"), "", "has them by itself"},
		"home, not joined":           {homingOrigin, homing(pool), cloud, kind("DirSyncDisabledOnlineTeamsOnlyUser"), "", "has them by itself"},
		"home, not listed":           {homingOrigin, homing(pool), cloud, nil, "does not list them", ""},
		"home, a value of tomorrow":  {homingOrigin, homing(pool), cloud, kind("MarsOnlineUser"), "", ""},
		"away, born here":            {homingOrigin, homing(cloud), pool, kind("HybridOnpremSfBUser"), "were created on the servers, not online", ""},
		"away, behind":               {homingOrigin, homing(cloud), pool, kind("HybridOnlineTeamsOnlyUser"), "has to catch up", ""},
		"from pool to pool":          {homingOrigin, homing(pool), "pool02.contoso.com", kind("PureOnlineTeamsOnlyUser"), "", ""},
		"blocked, alone":             {homingOrigin, homing(pool), "", kind("PureOnlineTeamsOnlyUser"), "", "has them by itself"},
		"blocked, otherwise":         {homingOrigin, homing(pool), "", nil, "", ""},
		"enabled online":             {userOrigin, enabling("hosting_provider_proxy_fqdn", cloud), "", kind("DirSyncEnabledOnlineTeamsOnlyUser"), "born online: enabled", ""},
		"enabled online, not listed": {userOrigin, enabling("hosting_provider_proxy_fqdn", cloud), "", nil, "and yet", ""},
		"enabled on a pool, in use":  {userOrigin, enabling("registrar_pool", pool), "", kind("DirSyncEnabledOnlineTeamsOnlyUser"), "cut off", ""},
		"enabled on a pool, no use":  {userOrigin, enabling("registrar_pool", pool), "", kind("DirSyncEnabledOnlineUserNotLicensedForService"), "", ""},
		"enabled on a pool, new":     {userOrigin, enabling("registrar_pool", pool), "", nil, "new to both sides", ""},
		"enabled, alone":             {userOrigin, enabling("registrar_pool", pool), "", kind("PureOnlineTeamsOnlyUser"), "has to join them", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			note, bars := test.origin(test.after, test.from, test.cell)
			if (note == "") != (test.note == "") || !strings.Contains(note, test.note) || (bars == "") != (test.bars == "") || !strings.Contains(bars, test.bars) {
				t.Errorf("note %q, in the way %q", note, bars)
			}
		})
	}
}

// Who is blocked gets the reason that the tenant knows; who is in the way of the block is an error, unless a cycle comes
// before that may change it.
func TestClassifyingAChange(t *testing.T) {
	t.Parallel()
	view := roster.New("SipAddress", "InterpretedUserType", "HostingProvider")
	for sip, kind := range map[string]string{"ada": "DirSyncEnabledOnlineTeamsOnlyUser", "alan": "PureOnlineTeamsOnlyUser", "zoe": "PureOnlineTeamsOnlyUser"} {
		view.Append("sip:"+sip+"@contoso.com", kind, "sipfed.online.lync.com")
	}
	want, live := roster.New("sip_address", "identity"), roster.New(userColumns()...)
	for _, name := range []string{"ada", "alan", "zoe"} {
		sip := "sip:" + name + "@contoso.com"
		want.Append(sip, sip)
		if name != "zoe" {
			live.Append(sip, sip, "", "sipfed.online.lync.com", "", "True")
		}
	}
	change := func() planner.Change {
		return planner.Change{
			Kind: userHoming(), Action: planner.Move, Address: planner.Address{Kind: "user_homing", Labels: []string{"all"}},
			After: cty.ObjectVal(map[string]cty.Value{"target": cty.StringVal("pool01.contoso.com")}),
			Users: &planner.UserChanges{Want: want, Live: live, Pick: []int32{0, 1}, At: []int32{0, 1}, Blocked: []planner.Blocked{{Row: 2, Reason: "not enabled"}}},
		}
	}
	c := change()
	diags := planner.Classify(&c, view, false)
	if len(diags) != 1 || !strings.Contains(diags[0].Detail, "user_homing.all: sip:alan@contoso.com: the tenant has them by itself") {
		t.Errorf("diagnostics %v", diags)
	}
	if len(c.UserNotes) != 1 || c.UserNotes[0].Users != 1 || c.Users.Blocked[0].Reason != alone {
		t.Errorf("notes %+v, blocked %+v", c.UserNotes, c.Users.Blocked)
	}
	c = change()
	if diags := planner.Classify(&c, view, true); len(diags) != 0 || len(c.UserNotes) != 2 {
		t.Errorf("ahead of a cycle: %v, %+v", diags, c.UserNotes)
	}
}
