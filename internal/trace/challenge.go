package trace

import (
	"net/http"
	"regexp"
	"strings"
)

// A challenge is what a server says, with 401, of how clients sign in. There are two families, and servers send either or both.
type challenge struct {
	oauth     string // where tickets are granted to names and passwords: MsRtcOAuth's href
	grants    string // the ways that are taken there: "urn:microsoft.rtc:windows,password"
	authority string // where Microsoft 365 signs in: Bearer's authorization_uri
	bearer    bool
	webTicket string // X-MS-WebTicketURL, which speaks WS-Trust
}

// readChallenge reads both families. Servers fold schemes into one line, and some leave out quotes.
func readChallenge(h http.Header) challenge {
	line := strings.Join(h.Values("WWW-Authenticate"), ", ")
	c := challenge{bearer: hasScheme(line, "Bearer"), authority: parameter(line, "authorization_uri"), webTicket: strings.TrimSpace(h.Get("X-MS-WebTicketURL"))}
	if hasScheme(line, "MsRtcOAuth") {
		c.oauth, c.grants = parameter(line, "href"), parameter(line, "grant_type")
	}
	return c
}

func (c challenge) none() bool { return c.oauth == "" && c.webTicket == "" && !c.bearer }

// password says whether a ticket is granted to a name and a password; where no ways are told, it is worth asking.
func (c challenge) password() bool {
	for grant := range strings.SplitSeq(c.grants, ",") {
		if strings.EqualFold(strings.TrimSpace(grant), "password") {
			return true
		}
	}
	return c.oauth != "" && c.grants == ""
}

// told says what is offered.
func (c challenge) told() string {
	var parts []string
	if c.bearer {
		parts = append(parts, "Bearer")
	}
	if c.oauth != "" {
		parts = append(parts, "MsRtcOAuth at "+c.oauth)
	}
	if c.webTicket != "" {
		parts = append(parts, "web tickets at "+c.webTicket)
	}
	if c.authority != "" {
		parts = append(parts, "sign-in at "+c.authority)
	}
	return "it wants a ticket: " + strings.Join(parts, "; ")
}

func hasScheme(line, scheme string) bool {
	return regexp.MustCompile(`(?i)(^|[\s,])` + scheme + `(\s|,|$)`).MatchString(line)
}

// parameter is a value, quoted or not.
func parameter(line, name string) string {
	m := regexp.MustCompile(`(?i)(?:^|[\s,])` + name + `\s*=\s*(?:"([^"]*)"|([^\s,"]+))`).FindStringSubmatch(line)
	if m == nil {
		return ""
	}
	return strings.TrimSpace(m[1] + m[2])
}
