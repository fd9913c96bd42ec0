package check

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"hybrid/internal/catalogue"
)

// signInChecks are those of accounts: whether they sign in, what they may do, and whether clocks let them.
func signInChecks() []Check {
	federation := map[string][]string{"teams": {"Get-CsTenantFederationConfiguration"}}
	return []Check{{
		ID: "C-AUTH", Group: Connection, Title: "Signing in to the tenant works, for Microsoft Graph and for Teams", Blocks: true, Behind: []string{"entra", "teams"},
		Reads:  "a token for Microsoft Graph and one for Teams' administration, with the application of the configuration; the permissions that the first tells; a session of module MicrosoftTeams",
		Remedy: "Look at tenant_id, client_id and the certificate of the provider block.",
		Source: "Microsoft, application-based authentication in Teams PowerShell; Microsoft Entra error codes", Asks: federation, After: []string{"C-WRM", "C-CLK"}, Run: signedIn,
	}, {
		ID: "C-ROLE", Group: Connection, Title: "The accounts have the roles that they need, on the servers and in the tenant", Blocks: true, Home: true, Behind: []string{"skype", "entra", "teams"},
		Reads:  "Get-CsAdminRoleAssignment; the directory roles of the applications and accounts that sign in, by Microsoft Graph (transitiveMemberOf)",
		Remedy: "Give the account the role that it lacks.",
		Source: "Get-CsAdminRoleAssignment's page; Microsoft Graph, list memberships; Microsoft, move users between on-premises and cloud",
		Asks:   map[string][]string{"skype": {"Get-CsAdminRoleAssignment", "Get-CsAdUser"}, "teams": federation["teams"]}, After: []string{"C-WRM", "C-AUTH"}, Run: entitled,
	}, {
		ID: "C-CLK", Group: Connection, Title: "The clocks of this machine, of the hosts and of Microsoft agree within 5 minutes",
		Reads:  "Get-Date on each host, this machine's clock, and the Date header of the sign-in service",
		Remedy: "Set the clock right: w32tm /resync, and w32tm /query /status to see where it takes its time from.",
		Source: "domain notes on signing in: tokens and Kerberos tickets are refused from 5 minutes on",
		Asks:   map[string][]string{"skype": {"Get-Date"}, "teams": {"Get-Date"}}, After: []string{"C-WRM"}, Run: clocksAgree,
	}}
}

// teamsResource is Teams' administration, for which Connect-MicrosoftTeams has a token (its page).
const teamsResource = "48ac35b8-9aa8-4d74-927d-1f4a14a0b239"

// token asks for a token, once.
func (e *Estate) token(ctx context.Context, resource string) (Token, error) {
	block := e.Block("entra")
	return Once(e, "token "+block+" "+resource, func() (Token, error) { return e.Source.SignIn(ctx, block, resource) })
}

// signedIn is C-AUTH.
func signedIn(ctx context.Context, e *Estate) Result {
	graph, teams := e.Block("entra"), e.Block("teams")
	if graph == "" && teams == "" {
		return Absent("the configuration has neither a provider entra nor a provider teams")
	}
	t := &trial{e: e}
	if graph != "" {
		t.graphToken(ctx, graph)
	}
	if id := e.said(teams, "client_id"); graph != "" && id != "" && strings.EqualFold(id, e.said(graph, "client_id")) {
		t.teamsToken(ctx)
	}
	if teams != "" {
		t.teamsSession(ctx, teams)
	}
	return t.result()
}

// graphToken asks for a token for Graph, and holds what it permits against what is needed.
func (t *trial) graphToken(ctx context.Context, block string) {
	token, err := t.e.token(ctx, "")
	if err != nil {
		t.notSignedIn("Microsoft Graph", "", err)
		return
	}
	t.issued("Microsoft Graph", token)
	switch {
	case !token.Readable:
		t.unknown("the token for Microsoft Graph cannot be read, so what an administrator has consented to is not known")
	case len(token.Permissions) == 0 && len(token.Scopes) > 0:
		t.note("somebody is signed in, and not the application: what may be done depends on that person's roles")
	default:
		t.consent(token.Permissions, t.e.said(block, "client_id"))
	}
}

func (t *trial) issued(what string, token Token) {
	granted := append(slices.Clone(token.Permissions), token.Scopes...)
	t.seen = append(t.seen, t.e.Saw("token for "+what,
		fmt.Sprintf("issued, good until %s; permissions: %s", token.Expires.UTC().Format(time.RFC3339), orNone(granted)), t.e.loginHost()))
}

// consent names the permissions that are missing.
func (t *trial) consent(has []string, application string) {
	var missing []string
	for _, needed := range t.e.permissions() {
		if !slices.ContainsFunc(needed, func(p string) bool { return slices.Contains(has, p) }) {
			missing = append(missing, needed[0])
		}
	}
	if len(missing) > 0 {
		t.fault(fmt.Sprintf("In Microsoft Entra, App registrations, %s, API permissions: add to Microsoft Graph the application permission %s, and let an administrator press Grant admin consent.", orUnnamed(application), strings.Join(missing, " and ")),
			"no administrator has consented to what the application needs in Microsoft Graph: %s", strings.Join(missing, ", "))
	}
}

// permissions are what the application needs in Graph; each with what includes it.
func (e *Estate) permissions() [][]string {
	if len(e.declared("service_principal")) > 0 {
		return [][]string{writePermissions()}
	}
	return [][]string{readPermissions()}
}

func (t *trial) teamsToken(ctx context.Context) {
	token, err := t.e.token(ctx, teamsResource)
	if err != nil {
		t.notSignedIn("Teams", "", err)
		return
	}
	t.issued("Teams", token)
}

// teamsSession opens a session that signs in, which is what applies do. That the account may not read is no matter of signing in.
func (t *trial) teamsSession(ctx context.Context, block string) {
	_, err := t.e.List(ctx, "teams", "tenant_federation")
	if err != nil && !roleMissing(err) {
		t.notSignedIn("module MicrosoftTeams", "MicrosoftTeams", err)
		return
	}
	t.seen = append(t.seen, t.e.Saw("Connect-MicrosoftTeams", "signed in", "provider "+block))
}

// roleMissing says whether the tenant has refused for want of a role.
func roleMissing(err error) bool {
	known, is := catalogue.Of(catalogue.Refusal{Module: "MicrosoftTeams", Text: err.Error()})
	return is && slices.Contains(known.Checks, "C-ROLE")
}

// notSignedIn tells why there is no token, by the code of the sign-in service. Without one nobody has refused.
func (t *trial) notSignedIn(what, module string, err error) {
	known, is := catalogue.Of(catalogue.Refusal{Module: module, Text: err.Error()})
	if !is || !slices.Contains(known.Checks, "C-AUTH") {
		t.unknown("signing in for %s: %v", what, err)
		return
	}
	t.seen = append(t.seen, t.e.Saw("signing in for "+what, err.Error(), t.e.loginHost()))
	t.fault(known.Remedy, "there is no token for %s: %s", what, known.Title)
}

// clocksAgree is C-CLK.
func clocksAgree(ctx context.Context, e *Estate) Result {
	t := &trial{e: e}
	machine, known := t.machineClock(ctx)
	hosts := t.hosts("skype", "teams")
	if len(hosts) == 0 && len(t.unread) == 0 && e.Block("entra") == "" {
		return Absent("the configuration has no hosts and no tenant whose clocks could be compared")
	}
	t.ask(hosts, func(h host) func() {
		before := e.Now()
		rows, err := e.askOn(ctx, h.at, Cmdlet{Name: "Get-Date", Params: map[string]any{"Format": "o"}})
		after := e.Now()
		return func() { t.hostClock(h, rows, err, before, after, machine, known) }
	})
	return t.result()
}

// tooFar is the difference of clocks from which tokens and tickets are refused.
const tooFar = 5 * time.Minute

// machineClock is how far this machine's clock is ahead of Microsoft's.
func (t *trial) machineClock(ctx context.Context) (ahead time.Duration, known bool) {
	host, tenant := t.e.loginHost(), t.e.tenantID()
	if host == "" {
		t.unknown("nothing says where tokens of %s come from, so there is no clock to compare with", t.e.Config.Cloud.DisplayName)
		return 0, false
	}
	if tenant == "" {
		tenant = "common"
	}
	before := t.e.Now()
	d, err := t.e.Source.Document(ctx, "https://"+host+"/"+tenant+"/v2.0/.well-known/openid-configuration")
	if err == nil && d.Date.IsZero() {
		err = errors.New(host + " answers without a Date header")
	}
	if err != nil {
		t.unknown("Microsoft's clock could not be read: %v", err)
		return 0, false
	}
	ahead = between(before, t.e.Now(), d.Date)
	t.seen = append(t.seen, t.e.Saw("Date", d.Date.UTC().Format(time.RFC3339)+"; this machine is "+apart(ahead, "that"), host))
	if ahead.Abs() >= tooFar {
		t.fault("Set this machine's clock right: w32tm /resync on Windows, chronyc or timedatectl elsewhere.", "the clock of this machine is %s", apart(ahead, "Microsoft's"))
	}
	return ahead, true
}

// hostClock judges how far a host's clock is ahead: of Microsoft's where that is known, otherwise of this machine's. It was read
// between two moments of this machine's clock, which is itself ahead of Microsoft's.
func (t *trial) hostClock(h host, rows [][]any, err error, before, after time.Time, machine time.Duration, known bool) {
	there, err := dateOf(rows, err)
	if err != nil {
		t.unknown("the clock of %s could not be read (%s); run w32tm /query /status there", h.name, sentence(err))
		return
	}
	ahead, than := machine-between(before, after, there), "Microsoft's"
	if !known {
		than = "this machine's"
	}
	t.seen = append(t.seen, t.e.Saw("Get-Date", there.UTC().Format(time.RFC3339)+", "+apart(ahead, than), h.name))
	if ahead.Abs() >= tooFar {
		whose := h.name
		if h.endpoint {
			whose = "each server behind " + h.name
		}
		t.fault("Set the clock of "+whose+" right: w32tm /resync there, and w32tm /query /status to see where it takes its time from.", "the clock of %s is %s", h.name, apart(ahead, than))
	}
	t.others(h, "w32tm /query /status")
}

func dateOf(rows [][]any, err error) (time.Time, error) {
	if err != nil {
		return time.Time{}, err
	}
	if len(rows) != 1 || len(rows[0]) != 1 {
		return time.Time{}, fmt.Errorf("Get-Date gave %d objects", len(rows))
	}
	text, _ := rows[0][0].(string)
	at, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return time.Time{}, fmt.Errorf("Get-Date gave %q", text)
	}
	return at, nil
}

// between is how far the span from before to after is ahead of a moment that was read within it: the least that it can be.
func between(before, after, moment time.Time) time.Duration {
	switch {
	case moment.Before(before):
		return before.Sub(moment)
	case moment.After(after):
		return after.Sub(moment)
	}
	return 0
}

// apart is a difference of clocks in words: "10m0s ahead of Microsoft's".
func apart(ahead time.Duration, than string) string {
	switch rounded := ahead.Round(time.Second); {
	case rounded.Abs() < 2*time.Second:
		return "within 2 seconds of " + than
	case rounded > 0:
		return rounded.String() + " ahead of " + than
	default:
		return rounded.Abs().String() + " behind " + than
	}
}
