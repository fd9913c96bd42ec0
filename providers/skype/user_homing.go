package skype

import (
	"github.com/zclconf/go-cty/cty"

	"hybrid/providers/shell"
	"hybrid/schema"
)

// userHoming declares where users are homed. Parameters and what a move takes along are from the page of Move-CsUser
// (MicrosoftDocs/office-docs-powershell). -Force is never sent: it moves without contacts and meetings, which are lost.
func userHoming() *schema.Kind {
	return &schema.Kind{
		Name:    "user_homing",
		Concern: "users",
		System:  "skype",
		Doc: "Where users are homed: on a pool, or online with a hosting provider. Users who are homed elsewhere are moved with `Move-CsUser`, in waves.\n\n" +
			"The users must be enabled for the servers (`user`). A move takes contacts and meetings along as far as Microsoft does: to the cloud both, " +
			"from the cloud neither (contacts since 10 November 2023). Users must sign out and in again. Users who are disabled temporarily are moved as well.\n\n" +
			"Moves to and from the cloud need an account of the tenant (`credential`): without one the cmdlet asks on a screen that is not there. " +
			"They need Skype for Business Server 2019 CU6, 2015 CU12 or Lync Server 2013 CU10 with hotfix 7, and the Teams PowerShell module 6.2.1 on the host.",
		Example: `user_homing "pilot" {
  users  = [{ sip_address = "sip:ada@contoso.com" }, { sip_address = "sip:alan@contoso.com" }]
  target = "pool01.contoso.com"

  wave {
    canary       = 1
    batch        = 50
    parallel     = 4
    max_failures = "2%"
  }
}`,
		Lost:   lostMove,
		Remote: schema.Cmdlet{Noun: "CsUser", Create: "-", Update: "Move", Delete: "-", Arrange: arrangeMove},
		After: []schema.First{
			{Kind: "sip_domain", Why: "users are moved while both sides know their domain"},
			{Kind: "online_sip_domain", Why: "users are moved while both sides know their domain"},
			{Kind: "access_edge", Why: "moves between servers and tenant go through the Edge Servers"},
			{Kind: "hosting_provider", Why: "the servers must know the tenant to move users to it or from it"},
			{Kind: "tenant_federation", Why: "without a shared address space the tenant refuses moves (fault 510)"},
			{Kind: "user", Why: "who is not enabled for the servers cannot be moved"},
			{Kind: "directory_sync", Why: "the tenant moves only users whom it knows from the directory"},
			{Kind: "dns_record", Why: "clients must find the servers before users are moved to them"},
		},
		Attrs:  moveAttrs(),
		Blocks: []schema.Block{waveBlock(), credentialBlock()},
		Rows: &schema.Rows{
			Columns: userColumns(),
			Named:   "UserPrincipalName",
			Attr:    "target",
			State:   home,
			Blocked: unmovable,
			Other:   otherThan,
			Notes:   homingNotes,
			Crosses: crosses,
			Judge:   judgeMove,
			Mirror:  tenantUsers,
			Origin:  homingOrigin,
		},
		Replicated: replicationPatience,
	}
}

func moveAttrs() []schema.Attr {
	return []schema.Attr{
		usersAttr(),
		{
			Name: "target", Type: cty.String, Mode: schema.Required, Cloud: "proxy_fqdn", Home: true, Check: checkFQDN, Norm: normFQDN,
			Doc: "Where the users are to be homed: a pool's FQDN, or the proxy FQDN of a hosting provider, which is never that of another cloud than the configuration's.",
		},
		{
			Name: "hosted_migration_override_url", Type: cty.String, Initial: true, Check: checkMigrationURL, Norm: normURL,
			Doc: "The hosted migration service of the tenant. Not needed where the hosting provider's `autodiscover_url` is right. `hosted_migration_url(…)` makes it from the address of the tenant's admin centre, and data `forest` finds it.",
		},
		{
			Name: "bypass_enterprise_voice_check", Type: cty.Bool, Initial: true, Default: cty.False,
			Doc: "Move Enterprise Voice users to the cloud although they have no Phone System licence; they lose their voice there. Skype for Business Server 2015 and later.",
		},
		{
			Name: "move_conference_data", Type: cty.Bool, Initial: true, Default: cty.False,
			Doc: "Take conference data along from pool to pool. Not for moves to or from the cloud, and not in disaster recovery.",
		},
		{
			Name: "proxy_pool", Type: cty.String, Initial: true, Check: checkFQDN, Norm: normFQDN,
			Doc: "The Front End pool through which users are moved. Rarely needed.",
		},
		replicationAttr(),
		{
			Name: "cloud", Type: cty.String, Settings: true, Cloud: "name",
			Doc: "The cloud to or from which users are moved. It is what `hybrid { cloud = … }` says, and cannot be another.",
		},
	}
}

func waveBlock() schema.Block {
	return schema.Block{
		Name: "wave",
		Doc:  "How the users are moved: a few first, then batch after batch, and no further when too many fail.",
		Attrs: []schema.Attr{
			{
				Name: "canary", Type: cty.Number, Settings: true, Default: cty.NumberIntVal(0), Check: checkCount(0, maxUInt32),
				Doc: "How many users are moved first. Every one of them must succeed before the next is touched. As many as the block has or more is the same as none.",
			},
			{
				Name: "batch", Type: cty.Number, Settings: true, Default: cty.NumberIntVal(100), Check: checkCount(1, maxUInt32),
				Doc: "How many users are moved before those whose answer was lost are read, and before the pause.",
			},
			{
				Name: "pause", Type: cty.String, Settings: true, Default: cty.StringVal("0s"), Check: shell.CheckDuration,
				Doc: "How long to wait after the first users and after each batch, `\"5m\"`: for servers to settle, or for somebody to look.",
			},
			{
				Name: "parallel", Type: cty.Number, Settings: true, Default: cty.NumberIntVal(4), Check: checkCount(1, 100),
				Doc: "How many users are moved at once at most, each in a session of its own; never more than the provider's `sessions`. Half as many begin, more follow as long as all goes well, and fewer are moved at once while hosts are busy, answers are lost or moves take longer.",
			},
			{
				Name: "max_failures", Type: cty.String, Settings: true, Default: cty.StringVal("0"), Check: shell.CheckShare,
				Doc: "How many users may fail before nothing more is started: a count, or in percent such as `\"2%\"` of those whom the run is to move in this block. What everybody would meet, such as a tenant that does not share its address space, ends the block at once.",
			},
			{
				Name: "window", Type: cty.String, Settings: true,
				Doc: "The maintenance window in which users may be moved: the label of a `window` block. Outside it nothing is started, and inside it nobody whose move is not expected to end before it closes.",
			},
		},
	}
}

func credentialBlock() schema.Block {
	return schema.Block{
		Name: "credential",
		Doc: "The account of the tenant under which users are moved to or from the cloud (`Move-CsUser -Credential`). It needs the roles Teams Administrator and User Administrator, " +
			"and must not be asked for a second factor. Not needed from pool to pool.",
		Attrs: []schema.Attr{
			{Name: "username", Type: cty.String, Mode: schema.Required, Settings: true, Doc: "The user principal name."},
			{Name: "password", Type: cty.String, Mode: schema.Required, Settings: true, Sensitive: true, Doc: "The password: `env(\"…\")` or `secret_file(\"…\")`."},
		},
	}
}

// unmovable says why a user cannot be moved. A user who is disabled temporarily can: Set-CsUser -Enabled $false keeps
// all data, and Move-CsUser asks for no more than an account that is enabled for the servers.
func unmovable(cells []string) string {
	if home(cells) == "" {
		return "no home known: neither a hosting provider nor a registrar pool is shown for this user; look at Get-CsUser and msRTCSIP-DeploymentLocator"
	}
	return ""
}

// environmentNote is from the pages of Move-CsUser and Set-TeamsEnvironmentConfig (MicrosoftDocs/office-docs-powershell).
const environmentNote = "moves to and from Microsoft 365 operated by 21Vianet need Set-TeamsEnvironmentConfig -TeamsEnvironmentName TeamsChina, once on each host that moves users: run it there before the first move"

// arrangeMove adds the credential. What says how to move is the same for the way back, where only the target is
// another.
func arrangeMove(_ string, args []schema.Arg, before, after map[string]cty.Value) []schema.Arg {
	var kept []schema.Arg
	for _, arg := range args {
		if isSwitchOff(arg) {
			continue
		}
		kept = append(kept, arg)
	}
	for _, side := range []map[string]cty.Value{after, before} {
		if account, ok := side["credential"]; ok && !account.IsNull() {
			return append(kept, schema.Arg{Name: "Credential", Value: account})
		}
	}
	return kept
}

// isSwitchOff says that an argument is a switch that is off, which is the same as leaving it out.
func isSwitchOff(arg schema.Arg) bool {
	v := arg.Value
	return v.Type() == cty.Bool && v.IsKnown() && !v.IsNull() && v.False()
}
