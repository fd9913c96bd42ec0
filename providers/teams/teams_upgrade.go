package teams

import (
	"github.com/zclconf/go-cty/cty"

	"hybrid/providers/shell"
	"hybrid/schema"
)

// teamsUpgrade declares what clients do once their users are upgraded to Teams. Parameters, values and defaults are from the
// pages of Get- and Set-CsTeamsUpgradeConfiguration (MicrosoftDocs/office-docs-powershell).
func teamsUpgrade() *schema.Kind {
	return &schema.Kind{
		Name:      "teams_upgrade",
		System:    "teams",
		Singleton: true,
		Lost:      schema.Nothing, // it is only changed, and all of its values are read
		Doc: "What the clients of users do who are upgraded from Skype for Business to Teams. It exists once in a tenant and is only ever changed.\n\n" +
			"It counts for users who have no account on the servers, and newer Skype for Business clients alone heed it. Which users are upgraded is not said here: that is each user's TeamsUpgradePolicy, and whoever is moved to the cloud becomes `TeamsOnly`.",
		Before: []schema.First{
			{Kind: "user_homing", Why: "what clients do once their users are in the cloud is settled before any is moved there"},
		},
		Example: `# Who has left Skype for Business joins meetings there without a client of its own.
teams_upgrade {
  sfb_meeting_join_ux = "SkypeMeetingsApp"
}`,
		Remote: schema.Cmdlet{Noun: "CsTeamsUpgradeConfiguration", Create: "-", Delete: "-", Arrange: withoutIdentity},
		Attrs: []schema.Attr{
			{
				Name: "download_teams", Type: cty.Bool, Default: cty.True,
				Doc: "Whether Skype for Business downloads Teams in the background. Only Windows clients heed it, and only of users whose TeamsUpgradePolicy notifies them or is `TeamsOnly`.",
			},
			{
				Name: "sfb_meeting_join_ux", Type: cty.String, OneOf: []string{"NativeLimitedClient", "SkypeMeetingsApp"}, Default: cty.StringVal("NativeLimitedClient"), Param: "SfBMeetingJoinUx",
				Doc: "With what upgraded users join Skype for Business meetings: `NativeLimitedClient` is the Skype for Business client, with nothing but meetings left in it; `SkypeMeetingsApp` is downloaded from the web, so that no client need be installed.",
			},
			{
				Name: "block_legacy_authorization", Type: cty.Bool,
				Doc: "Whether Teams clients cut off calls, chats and meetings as soon as a user's sign-in is revoked. The page names no default.",
			},
		},
		Notes: upgradeNotes,
	}
}

// withoutIdentity leaves -Identity out: of what there is once in a tenant it is for Microsoft's internal use only.
func withoutIdentity(_ string, args []schema.Arg, _, _ map[string]cty.Value) []schema.Arg {
	return args[1:]
}

// upgradeNotes tell what a change does to those who have left Skype for Business.
func upgradeNotes(action string, before, after map[string]cty.Value) []string {
	now, was := shell.TextOf(after["sfb_meeting_join_ux"]), shell.TextOf(before["sfb_meeting_join_ux"])
	if action == "update" && now != was && now == "SkypeMeetingsApp" {
		return []string{"upgraded users join Skype for Business meetings with an app that is downloaded from the web, also where the client is installed"}
	}
	return nil
}
