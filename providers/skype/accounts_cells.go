package skype

import (
	"slices"
	"strconv"
	"strings"
)

// An attribute says where in Active Directory a property of Get-CsUser is, and how its text becomes the property's. The names and what
// they mean are from the schema reference of Skype for Business Server, "Schema attributes and descriptions".
type attribute struct {
	name string // "" for the distinguished name
	text func(string) string
}

// attributes are those of all properties that Active Directory has. Others are asked of the servers.
func attributes() map[string]attribute {
	same := func(text string) string { return text }
	return map[string]attribute{
		"SipAddress":             {"msRTCSIP-PrimaryUserAddress", same},
		"Identity":               {"", same},
		"UserPrincipalName":      {"userPrincipalName", same},
		logonName:                {"sAMAccountName", same},
		"HostingProvider":        {"msRTCSIP-DeploymentLocator", same},
		"RegistrarPool":          {"msRTCSIP-PrimaryHomeServer", same}, // its number, until the servers have said which it is
		"Enabled":                {"msRTCSIP-UserEnabled", enabledText},
		"LineURI":                {"msRTCSIP-Line", same},
		"EnterpriseVoiceEnabled": {"msRTCSIP-OptionFlags", voiceText},
	}
}

// inAccounts says whether Active Directory has all of these properties.
func inAccounts(columns []string) bool {
	known := attributes()
	return !slices.ContainsFunc(columns, func(c string) bool { return known[c].text == nil })
}

// enabledText is a Boolean as PowerShell shows it.
func enabledText(text string) string {
	switch text {
	case "TRUE":
		return "True"
	case "FALSE":
		return "False"
	}
	return ""
}

// voiceText says whether the flag for Enterprise Voice is set, "UC enabled", 128.
func voiceText(text string) string {
	if flags, _ := strconv.Atoi(text); flags&128 != 0 {
		return "True"
	}
	return "False"
}

// An accountReader makes rows of accounts.
type accountReader struct {
	names  []string              // the attributes that are asked for
	places []int                 // of each column's attribute among them, -1 for the distinguished name
	texts  []func(string) string // of each column
	row    []string
}

func readerOf(columns []string) *accountReader {
	all, r := attributes(), &accountReader{row: make([]string, len(columns))}
	for _, column := range columns {
		a := all[column]
		at := slices.Index(r.names, a.name)
		if at < 0 && a.name != "" {
			at = len(r.names)
			r.names = append(r.names, a.name)
		}
		r.places, r.texts = append(r.places, at), append(r.texts, a.text)
	}
	return r
}

// cells are those of one account, until the next is read.
func (r *accountReader) cells(dn string, values [][]string) []string {
	for n, at := range r.places {
		text := ""
		switch {
		case at < 0:
			text = dn
		case len(values[at]) > 0:
			text = values[at][0]
		}
		r.row[n] = r.texts[n](text)
	}
	if provider := r.row[cellHostingProvider]; provider != "" && !strings.EqualFold(provider, onServers) {
		r.row[cellRegistrarPool] = "" // what is left of another time: only the locator says where somebody is homed
	}
	return r.row
}
