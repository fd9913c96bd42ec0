package skype

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/zclconf/go-cty/cty"

	"hybrid/schema"
)

const (
	judgedCloud = "sipfed.online.lync.com"
	judgedPool  = "pool01.contoso.com"
	judgedSIP   = "sip:ada@contoso.com"
)

// judged are the cells of a user, in the order of userColumns.
func judged(sip, provider, pool, enabled string) []string {
	cells := make([]string, len(userColumns()))
	cells[cellSIP], cells[cellHostingProvider], cells[cellRegistrarPool], cells[cellEnabled] = sip, provider, pool, enabled
	return cells
}

func TestVerdictOnAMove(t *testing.T) {
	t.Parallel()
	home, away := judged(judgedSIP, "SRV:", judgedPool, "True"), judged(judgedSIP, judgedCloud, "", "True")
	reached := schema.Verdict{Reached: true}
	stayed := func(text string) schema.Verdict { return schema.Verdict{Stayed: true, Text: text} }
	doubt := func(text string) schema.Verdict { return schema.Verdict{Text: text} }
	const address = "SipAddress (msRTCSIP-PrimaryUserAddress) is sip:ada@contoso.com, as it should be; "
	for name, c := range map[string]struct {
		target      string
		before, now []string
		want        schema.Verdict
	}{
		"to the cloud":                 {judgedCloud, home, away, reached},
		"in another spelling":          {"SIPFED.online.lync.com.", home, judged("SIP:Ada@contoso.com", "Sipfed.Online.Lync.com", "", "true"), reached},
		"the pool is still shown":      {judgedCloud, home, judged(judgedSIP, judgedCloud, judgedPool, "True"), reached},
		"home":                         {judgedPool, away, home, reached},
		"home, no locator shown":       {judgedPool, away, judged(judgedSIP, "", judgedPool, "True"), reached},
		"from pool to pool":            {"pool02.contoso.com", home, judged(judgedSIP, "srv:", "Pool02.contoso.com", "True"), reached},
		"disabled before, and since":   {judgedPool, judged(judgedSIP, judgedCloud, "", "False"), judged(judgedSIP, "SRV:", judgedPool, "False"), reached},
		"what was before is not known": {judgedPool, nil, home, reached},
		"stayed in the cloud": {
			judgedPool, away, away,
			stayed("HostingProvider (msRTCSIP-DeploymentLocator) is sipfed.online.lync.com, not SRV:; RegistrarPool is unset, not pool01.contoso.com"),
		},
		"stayed at home": {judgedCloud, home, home, stayed("HostingProvider (msRTCSIP-DeploymentLocator) is SRV:, not sipfed.online.lync.com")},
		"stayed on the pool": {
			"pool02.contoso.com", home, home,
			stayed("RegistrarPool is pool01.contoso.com, not pool02.contoso.com"),
		},
		"stayed, for all that is known": {
			judgedPool, nil, away,
			stayed("HostingProvider (msRTCSIP-DeploymentLocator) is sipfed.online.lync.com, not SRV:; RegistrarPool is unset, not pool01.contoso.com"),
		},
		"there, and disabled": {
			judgedCloud, home, judged(judgedSIP, judgedCloud, "", "False"),
			doubt("HostingProvider (msRTCSIP-DeploymentLocator) is sipfed.online.lync.com, as it should be; RegistrarPool is unset, and was pool01.contoso.com; " + address + "Enabled (msRTCSIP-UserEnabled) is False, not True"),
		},
		"not there, and disabled": {
			judgedCloud, home, judged(judgedSIP, "SRV:", judgedPool, "False"),
			doubt("HostingProvider (msRTCSIP-DeploymentLocator) is SRV:, not sipfed.online.lync.com; " + address + "Enabled (msRTCSIP-UserEnabled) is False, not True"),
		},
		"home without a pool": {
			judgedPool, away, judged(judgedSIP, "SRV:", "", "True"),
			doubt("HostingProvider (msRTCSIP-DeploymentLocator) is SRV:, as it should be; RegistrarPool is unset, not pool01.contoso.com; " + address + "Enabled (msRTCSIP-UserEnabled) is True, as it should be"),
		},
		"on a pool, and still of the cloud": {
			judgedPool, away, judged(judgedSIP, judgedCloud, judgedPool, "True"),
			doubt("HostingProvider (msRTCSIP-DeploymentLocator) is sipfed.online.lync.com, not SRV:; RegistrarPool is pool01.contoso.com, as it should be; " + address + "Enabled (msRTCSIP-UserEnabled) is True, as it should be"),
		},
		"nowhere": {
			judgedCloud, home, judged(judgedSIP, "", "", ""),
			doubt("HostingProvider (msRTCSIP-DeploymentLocator) is unset, not sipfed.online.lync.com; RegistrarPool is unset, and was pool01.contoso.com; " + address + "Enabled (msRTCSIP-UserEnabled) is unset, not True"),
		},
		"another address": {
			judgedCloud, home, judged("sip:eve@contoso.com", judgedCloud, judgedPool, "True"),
			doubt("HostingProvider (msRTCSIP-DeploymentLocator) is sipfed.online.lync.com, as it should be; SipAddress (msRTCSIP-PrimaryUserAddress) is sip:eve@contoso.com, not sip:ada@contoso.com; Enabled (msRTCSIP-UserEnabled) is True, as it should be"),
		},
		"not listed": {judgedCloud, home, nil, doubt("Get-CsUser does not list the user any more")},
	} {
		got := judgeMove(map[string]cty.Value{"target": cty.StringVal(c.target)}, c.before, c.now)
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
}
