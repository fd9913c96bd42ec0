package skype

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/roster"
	"hybrid/schema"
)

// A trait is one property of a user that a move has to change, or has to leave as it is.
type trait struct {
	name           string // of Get-CsUser, with the attribute of Active Directory that it shows
	was, is, wants string // wants is "" where the move decides nothing about it
}

// judgeMove holds a user who was to be moved against what the procedure of moving demands afterwards: the deployment
// locator of the new side, the address as it was, and the user enabled as before ("Move users between on-premises and
// cloud"; that HostingProvider, SipAddress and Enabled show these three attributes is from the same page).
func judgeMove(after map[string]cty.Value, before, now []string) schema.Verdict {
	if now == nil {
		return schema.Verdict{Text: "Get-CsUser does not list the user any more"}
	}
	if before == nil {
		before = now
	}
	traits := moveTraits(strings.TrimSuffix(textOf(after["target"]), "."), before, now)
	switch {
	case all(traits, trait.reached):
		return schema.Verdict{Reached: true}
	case all(traits, trait.stayed):
		return schema.Verdict{Stayed: true, Text: tellTraits(traits, trait.reached)}
	}
	return schema.Verdict{Text: tellTraits(traits, func(t trait) bool { return t.wants == "" && t.stayed() })}
}

// moveTraits are the properties that tell whether a move is complete. Of a user who is homed online the pool decides nothing.
func moveTraits(target string, before, now []string) []trait {
	locator, pool := onServers, target
	if online(target) {
		locator, pool = target, ""
	}
	return []trait{
		{"HostingProvider (msRTCSIP-DeploymentLocator)", locatorOf(before), locatorOf(now), locator},
		{"RegistrarPool", before[cellRegistrarPool], now[cellRegistrarPool], pool},
		{"SipAddress (msRTCSIP-PrimaryUserAddress)", roster.Canonical(before[cellSIP]), roster.Canonical(now[cellSIP]), roster.Canonical(before[cellSIP])},
		{"Enabled (msRTCSIP-UserEnabled)", before[cellEnabled], now[cellEnabled], before[cellEnabled]},
	}
}

// locatorOf is the deployment locator of a user, which some servers do not show of those homed on a pool.
func locatorOf(cells []string) string {
	if cells[cellHostingProvider] == "" && cells[cellRegistrarPool] != "" {
		return onServers
	}
	return cells[cellHostingProvider]
}

func (t trait) reached() bool { return t.wants == "" || sameText(t.is, t.wants) }
func (t trait) stayed() bool  { return sameText(t.is, t.was) }

// sameText compares names, which servers spell as they please.
func sameText(a, b string) bool {
	return strings.EqualFold(strings.TrimSuffix(a, "."), strings.TrimSuffix(b, "."))
}

// String says what the property is, and what it should be.
func (t trait) String() string {
	text := t.name + " is " + cmp.Or(t.is, "unset")
	switch {
	case t.wants == "":
		return fmt.Sprintf("%s, and was %s", text, cmp.Or(t.was, "unset"))
	case t.reached():
		return text + ", as it should be"
	}
	return text + ", not " + t.wants
}

func all(traits []trait, is func(trait) bool) bool {
	for _, t := range traits {
		if !is(t) {
			return false
		}
	}
	return true
}

// tellTraits says in a line what the properties are, but for those that are left out.
func tellTraits(traits []trait, out func(trait) bool) string {
	var parts []string
	for _, t := range traits {
		if !out(t) {
			parts = append(parts, t.String())
		}
	}
	return strings.Join(parts, "; ")
}
