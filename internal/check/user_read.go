package check

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"hybrid/internal/roster"
)

// The properties that are read of users. Names are those of the cmdlets' own views (Get-CsUser, Get-CsAdUser) and of
// Get-CsOnlineUser since version 3.0 of its module.
var (
	directoryProperties = []string{"SipAddress", "UserPrincipalName", "DistinguishedName", "Enabled", "HostingProvider", "RegistrarPool"}
	serverProperties    = []string{"SipAddress", "UserPrincipalName", "DistinguishedName", "Enabled", "HostingProvider", "RegistrarPool", "LineURI", "EnterpriseVoiceEnabled", "UserServicesPolicy"}
	tenantProperties    = []string{
		"SipAddress", "UserPrincipalName", "OnPremSipAddress", "OnPremHostingProvider", "HostingProvider", "InterpretedUserType",
		"UserDirSyncEnabled", "AssignedPlan", "UserValidationErrors", "LineUri",
	}
)

// A Crowd is everything that was read of users, in as many reads for ten thousand as for ten.
type Crowd struct {
	directory, servers, tenant listed
	forest                     *forest
	lines                      map[string][]string // SIP addresses by number
	Surroundings
}

// ReadUsers reads all users of all sides.
func ReadUsers(ctx context.Context, e *Estate) *Crowd {
	c := newCrowd(e)
	c.side(ctx, func() {
		c.directory.rows, c.directory.err = e.allUsers(ctx, "skype", "Get-CsAdUser", directoryProperties)
	}, func() {
		c.servers.rows, c.servers.err = e.allUsers(ctx, "skype", "Get-CsUser", serverProperties)
	}, func() {
		c.tenant.rows, c.tenant.err = e.allUsers(ctx, "teams", "Get-CsOnlineUser", tenantProperties)
	})
	c.forest = e.inForest(ctx, everybodyInForest) // when a session is idle again
	c.compareCount()
	c.ListsTell = slices.ContainsFunc(c.tenant.rows, func(r row) bool {
		text, _ := Side{row: &r}.Text("OnPremHostingProvider")
		return text != ""
	})
	return c.indexed()
}

// ReadUser reads what one address may mean.
func ReadUser(ctx context.Context, e *Estate, sip string) *Crowd {
	if strings.ContainsAny(sip, unfit) {
		return ReadUsers(ctx, e)
	}
	c := ReadHomes(ctx, e, sip)
	c.forest = e.inForest(ctx, oneInForest(sip))
	return c
}

// unfit are characters that cannot stand in a filter of the servers' cmdlets.
const unfit = "'\u2018\u2019\u201a\u201b\"`$"

// ReadHomes reads what one address may mean to the servers and to the tenant, without what Active Directory alone knows.
func ReadHomes(ctx context.Context, e *Estate, sip string) *Crowd {
	if strings.ContainsAny(sip, unfit) {
		return ReadUsers(ctx, e)
	}
	c := newCrowd(e)
	c.Alone, c.ListsTell = true, true
	bare := strings.TrimPrefix(sip, "sip:")
	c.side(ctx, func() {
		c.directory.rows, c.directory.err = e.usersBy(ctx, "skype", "Get-CsAdUser", "Filter", "SipAddress -eq '"+sip+"' -or UserPrincipalName -eq '"+bare+"'")
	}, func() {
		c.servers.rows, c.servers.err = c.withLine(ctx, sip)
	})
	c.tenant.rows, c.tenant.err = c.inTenant(ctx, sip, bare)
	return c.indexed()
}

// withLine reads a user of the servers, and who else has the same number.
func (c *Crowd) withLine(ctx context.Context, sip string) ([]row, error) {
	rows, err := c.estate.usersBy(ctx, "skype", "Get-CsUser", "Filter", "SipAddress -eq '"+sip+"'")
	if err != nil || len(rows) == 0 {
		return rows, err
	}
	line, _ := Side{row: &rows[0]}.Text("LineURI")
	if line == "" || strings.Contains(line, "'") {
		return rows, nil
	}
	others, err := c.estate.usersBy(ctx, "skype", "Get-CsUser", "Filter", "LineURI -eq '"+line+"'")
	for _, other := range others {
		if text, _ := (Side{row: &other}).Text("SipAddress"); !isUser(text, sip) {
			rows = append(rows, other)
		}
	}
	return rows, err
}

// inTenant reads a user of the tenant: by what a list shows, and where that leaves out what came from Active Directory, alone.
func (c *Crowd) inTenant(ctx context.Context, sip, bare string) ([]row, error) {
	upn := bare
	c.directory.index("SipAddress")
	if text, _ := c.directory.find(sip, "").Text("UserPrincipalName"); text != "" && !strings.Contains(text, "'") {
		upn = text
	}
	rows, err := c.estate.usersBy(ctx, "teams", "Get-CsOnlineUser", "Filter", "SipAddress -eq '"+sip+"' -or UserPrincipalName -eq '"+upn+"'")
	if err != nil || len(rows) != 1 {
		return rows, err
	}
	one := Side{row: &rows[0]}
	if locator, _ := one.Text("OnPremHostingProvider"); locator != "" {
		return rows, nil
	}
	if own, _ := one.Text("UserPrincipalName"); own != "" {
		return c.estate.usersBy(ctx, "teams", "Get-CsOnlineUser", "Identity", own)
	}
	return rows, nil
}

func newCrowd(e *Estate) *Crowd {
	return &Crowd{
		forest:    &forest{err: errors.New("it was not asked what Active Directory alone knows")},
		directory: listed{where: "Active Directory"}, servers: listed{where: "the servers"}, tenant: listed{where: "the tenant"},
		Surroundings: Surroundings{Read: e.Now(), estate: e, Waived: e.Config.Waived()},
	}
}

// side reads side by side, and beside it what users are held against.
func (c *Crowd) side(ctx context.Context, reads ...func()) {
	var wait sync.WaitGroup
	for _, read := range append(reads, func() { c.surroundings(ctx, c.estate) }) {
		wait.Go(read)
	}
	wait.Wait()
}

// indexed makes the look-ups.
func (c *Crowd) indexed() *Crowd {
	c.directory.index("SipAddress")
	c.servers.index("SipAddress")
	c.tenant.index("SipAddress", "OnPremSipAddress")
	c.lines = map[string][]string{}
	for n := range c.servers.rows {
		s := Side{row: &c.servers.rows[n]}
		if line, _ := s.Text("LineURI"); line != "" {
			sip, _ := s.Text("SipAddress")
			c.lines[strings.ToLower(line)] = append(c.lines[strings.ToLower(line)], sip)
		}
	}
	prepare(c.estate.Config)
	return c
}

// compareCount takes users who are missing from a list for unknown where the list is much shorter than at the last run, or than what
// Active Directory has.
func (c *Crowd) compareCount() {
	if c.servers.err != nil {
		return
	}
	c.Counted = Count{Now: c.servers.enabled()}
	if block := c.estate.Block("skype"); block != "" {
		c.Counted.Was, c.Counted.When = c.estate.Users.Counted(block)
	}
	if accounts := c.directory.enabled(); accounts > c.Counted.Was {
		c.Counted.Was, c.Counted.When = accounts, ""
	}
	if !c.Counted.short() {
		return
	}
	before := fmt.Sprintf("and listed %d when %s", c.Counted.Was, c.Counted.When)
	if c.Counted.When == "" {
		before = fmt.Sprintf("and Active Directory has %d that are enabled for them", c.Counted.Was)
	}
	c.servers.err = fmt.Errorf("the servers list %d users, %s: the list was cut short, and whoever is missing from it is not known to be gone", c.Counted.Now, before)
}

// allUsers lists all users of a cmdlet. Which properties this build shows is asked of one object first: one that it does not
// have comes as empty as one that is unset.
func (e *Estate) allUsers(ctx context.Context, system, cmdlet string, properties []string) ([]row, error) {
	block, err := e.needed(system)
	if err != nil {
		return nil, err
	}
	sample, err := e.run(ctx, block, Cmdlet{Name: cmdlet, Params: map[string]any{"ResultSize": 1}})
	if err != nil || len(sample) == 0 {
		return nil, err
	}
	shown := slices.DeleteFunc(slices.Clone(properties), func(name string) bool { return !has(sample[0], name) })
	list, err := inSessions(ctx, e, block, func() ([][]any, error) { return e.Users.Rows(ctx, block, Cmdlet{Name: cmdlet}, shown) })
	if err != nil {
		return nil, err
	}
	places := make(map[string]int, len(shown))
	for n, name := range shown {
		places[strings.ToLower(name)] = n
	}
	rows := make([]row, len(list))
	for n, cells := range list {
		rows[n] = row{places, cells}
	}
	return rows, nil
}

func has(o map[string]any, name string) bool {
	for own := range o {
		if strings.EqualFold(own, name) {
			return true
		}
	}
	return false
}

// usersBy gives the users that a parameter of a cmdlet picks, with all their properties.
func (e *Estate) usersBy(ctx context.Context, system, cmdlet, param, value string) ([]row, error) {
	block, err := e.needed(system)
	if err != nil {
		return nil, err
	}
	list, err := e.run(ctx, block, Cmdlet{Name: cmdlet, Params: map[string]any{param: value}})
	if err != nil {
		return nil, err
	}
	rows := make([]row, len(list))
	for n, o := range list {
		rows[n] = row{places: make(map[string]int, len(o))}
		for name, value := range o {
			rows[n].places[strings.ToLower(name)] = len(rows[n].cells)
			rows[n].cells = append(rows[n].cells, value)
		}
	}
	return rows, nil
}

// needed is the provider block of a system, or why nothing is read of it.
func (e *Estate) needed(system string) (string, error) {
	if block := e.Block(system); block != "" {
		return block, nil
	}
	return "", fmt.Errorf("the configuration has no provider %s, so nothing is known of its side: write the block", system)
}

// User puts together what is known of one user. Asked is the address as it was written, place where.
func (c *Crowd) User(asked, place string) *User {
	sip := roster.Canonical(strings.TrimSpace(asked))
	u := &User{SIP: sip, Asked: asked, Place: place, Surroundings: &c.Surroundings, Declared: declarations(c.estate.Config, sip)}
	u.Servers = c.servers.find(sip, "")
	u.Directory = c.directory.find(sip, "")
	if u.Directory.absent() {
		u.Directory = c.directory.find(sip, strings.TrimPrefix(sip, "sip:"))
	}
	upn, _ := u.Directory.Text("UserPrincipalName")
	if upn == "" {
		upn, _ = u.Servers.Text("UserPrincipalName")
	}
	u.Tenant = c.tenant.find(sip, upn)
	u.SameSIP = c.sameAddress(sip)
	u.forest = c.forest
	if line, _ := u.Servers.Text("LineURI"); line != "" {
		u.SameLine = slices.DeleteFunc(slices.Clone(c.lines[strings.ToLower(line)]), func(other string) bool { return isUser(other, sip) })
	}
	return u
}

// sameAddress names the accounts of an address where there are several.
func (c *Crowd) sameAddress(sip string) []string {
	for _, l := range []*listed{&c.directory, &c.servers} {
		if found := l.bySIP[sip]; len(found) > 1 {
			names := make([]string, len(found))
			for n, at := range found {
				names[n], _ = Side{row: &l.rows[at]}.Text("DistinguishedName")
			}
			return names
		}
	}
	return nil
}
