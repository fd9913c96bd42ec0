package check

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// voiceChecks are those of numbers, and of how many users were read.
func voiceChecks() []UserCheck {
	return []UserCheck{
		judged(Check{
			ID: "U-VOICE", Title: "The user's number is the user's own, and there is one for Enterprise Voice", Reads: "Get-CsUser: LineURI, EnterpriseVoiceEnabled; Get-CsOnlineUser: LineUri",
			Remedy: "Give the user a number in E.164 in the column line_uri of the block user, or take Enterprise Voice away.", Source: "Microsoft's page on moving users: Direct Routing or a Calling Plan; call forwarding is not taken along",
		}, hasLine).by("user"),
		judged(Check{
			ID: "U-COUNT", Title: "The servers' list of users is whole", Blocks: true, Reads: "Get-CsUser; the journal's last run, Get-CsAdUser",
			Remedy: "Check again: a list that a server ended early is whole the next time. If the users are really gone, plan with --accept-shrink.", Source: "office-docs-powershell issue 9166: lists that end early without an error",
		}, isCounted),
	}
}

var telephone = regexp.MustCompile(`(?i)^tel:\+[0-9]{3,15}(;ext=[0-9]{1,15})?$`)

func hasLine(u *User) Result {
	if !u.Servers.here() {
		return u.without(u.Servers)
	}
	voice, known := u.Servers.Text("EnterpriseVoiceEnabled")
	line, knownLine := u.Servers.Text("LineURI")
	if !known || !knownLine {
		return u.Servers.untold("EnterpriseVoiceEnabled or LineURI")
	}
	seen := slices.Concat(u.seen(u.Servers, "EnterpriseVoiceEnabled"), u.seen(u.Servers, "LineURI"), u.seen(u.Tenant, "LineUri"))
	failed := func(text, do string, more ...Evidence) Result {
		r := Failed(text, append(seen, more...)...)
		r.Do = do
		return r
	}
	online, told := u.Tenant.Text("LineUri")
	switch {
	case len(u.SameLine) > 0:
		return failed("somebody else has the user's number", "Give one of them another number in the column line_uri of the block user, and synchronise.", u.saw("users with the number", strings.Join(u.SameLine, ", "), "the servers"))
	case line != "" && !telephone.MatchString(line):
		return failed("the user's number is not in E.164", "Write it as tel:+14255550100, with ;ext=100 where there is an extension.")
	case voice == "True" && line == "":
		return failed("the user has Enterprise Voice and no number", "")
	case line != "" && told && online != "" && !strings.EqualFold(online, line):
		return failed("the tenant has another number than the servers", "A number that has a value in Active Directory must be changed there: set line_uri in the block user, apply, and synchronise.")
	}
	r := Passed(seen...)
	if voice == "True" && u.moves() {
		r.Text = "a move does not take call forwarding and delegates along: the user must set them again, and the number needs Direct Routing or a Calling Plan"
	}
	return r
}

// isCounted is of all users, and said with each, since who is missing from a list that is not whole is not known to be gone.
func isCounted(u *User) Result {
	switch {
	case u.Alone:
		return Absent("one user was asked for, not a list")
	case u.Servers.Err != nil && !u.Counted.short():
		return Unread(u.Servers.Err)
	case u.Counted.Was == 0:
		return Absent("no run has counted the users yet, and Active Directory shows none")
	}
	seen := []Evidence{u.saw("users", fmt.Sprint(u.Counted.Now), "the servers"), u.saw("users as they should be", fmt.Sprint(u.Counted.Was), u.Counted.source())}
	switch {
	case u.Counted.short() && u.Counted.When == "":
		r := Failed("the servers list far fewer users than Active Directory has enabled for them, so the list was cut short", seen...)
		r.Do = "Check again: a list that a server ended early is whole the next time. If it stays so, compare Get-CsUser with Get-CsAdUser in the Management Shell."
		return r
	case u.Counted.short():
		return Failed("the servers list far fewer users than at the last run, so the list was cut short", seen...)
	}
	return Passed(seen...)
}
