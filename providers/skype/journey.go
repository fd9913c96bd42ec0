package skype

import (
	"strings"

	"github.com/zclconf/go-cty/cty"

	"hybrid/schema"
)

// A Journey is what a move means to a user: which sides it leads from and to decides what goes along.
type Journey int

// The journeys. Within one side everything goes along.
const (
	Within Journey = iota // from pool to pool
	Home                  // from online to a pool
	Away                  // from a pool to online
)

// JourneyOf tells a journey by both homes, each a pool's FQDN or the proxy FQDN of a hosting provider.
func JourneyOf(from, to string) Journey {
	switch {
	case online(from) && !online(to):
		return Home
	case !online(from) && online(to):
		return Away
	}
	return Within
}

// online says whether a home is Microsoft's side. The proxy FQDNs of all its clouds begin alike; a pool of that name would
// be Microsoft's as well.
func online(home string) bool { return strings.HasPrefix(strings.ToLower(home), "sipfed.") }

// TeamsSignInDays is how many days users who went online have to sign in to Teams; afterwards their contacts are lost (page
// of Move-CsUser, MicrosoftDocs/office-docs-powershell).
const TeamsSignInDays = 30

// crosses says whether a move to the target of a block leads from one side to the other.
func crosses(after map[string]cty.Value, from string) bool {
	return JourneyOf(from, textOf(after["target"])) != Within
}

// notes is what an administrator must know of those who make the journey. Meetings and contacts are from the page of
// Move-CsUser, the time that meetings take from "Move users between on-premises and cloud", the unified contact store from
// the page of Invoke-CsUcsRollback; that call forwarding stays behind is what administrators report
// (OfficeDocs-SkypeForBusiness#5915).
func (j Journey) notes() []string {
	switch j {
	case Home:
		return []string{
			"meetings that they organised online are not moved and must be scheduled anew",
			"contacts are not moved (since 10 November 2023): whoever wants to keep them must export them before",
			"call forwarding settings are not moved",
		}
	case Away:
		return []string{
			"Teams only from then on; meetings are converted to Teams meetings, which takes about 90 minutes",
			"contacts move along, and are kept only if the user signs in to Teams within 30 days",
			"contacts in Exchange's unified contact store do not follow: switch it off by policy and run Invoke-CsUcsRollback before the move",
			"call forwarding settings are not moved",
		}
	}
	return nil
}

// homingNotes tells what the users of a block leave behind, by where they come from.
func homingNotes(after map[string]cty.Value, from map[string]int) []schema.UserNote {
	target, counts, all := textOf(after["target"]), map[Journey]int{}, 0
	for home, users := range from {
		counts[JourneyOf(home, target)] += users
		all += users
	}
	notes := []schema.UserNote{{Users: all, Text: "must sign out and in again"}}
	if counts[Home]+counts[Away] > 0 && textOf(after["cloud"]) == "china" {
		notes = append(notes, schema.UserNote{Text: environmentNote})
	}
	for _, j := range []Journey{Home, Away} {
		if counts[j] == 0 {
			continue
		}
		for _, text := range j.notes() {
			notes = append(notes, schema.UserNote{Users: counts[j], Text: text})
		}
	}
	return notes
}
