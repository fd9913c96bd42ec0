package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"hybrid/internal/check"
	"hybrid/internal/config"
	"hybrid/internal/render"
	"hybrid/internal/roster"
	"hybrid/internal/sheet"
)

// checkUserFlags are those of check user.
type checkUserFlags struct {
	only, skip []string
	all        bool
	file       string // of users, "" for one on the command line
	format     string
	toOnline   bool
	fix        string // the file for a plan that mends what it can, "" for none
}

// userFormats are those of check user.
func userFormats() []string { return []string{"text", "csv", "json"} }

func (a *app) checkUserCommand() *cobra.Command {
	var f checkUserFlags
	c := &cobra.Command{
		Use:   "user [flags] SIP [DIR]",
		Short: "Find out why a user cannot sign in, or could not be moved",
		Long: "user asks of one user what KB 2757450 asks: whether there is an account that is enabled, whether its attributes fit together, whether\n" +
			"it is licensed, synchronised and provisioned, where both sides have it homed, and what would stand in the way of a move. The first\n" +
			"cause is named first, with one remedy. What could not be read is unknown, never fine. It changes nothing.\n\n" +
			"With --file it asks all that of the users in the column sip_address of a CSV file, in as many reads for ten thousand as for ten,\n" +
			"and counts them by cause.\n\n" +
			"Exit codes: 0 nothing is wrong, 2 something warns or is not known, 3 something would stop an apply;\n" +
			"1 nothing could be checked, since the command line or the configuration is wrong.",
		Example: "  hybrid check user sip:ada@contoso.com\n  hybrid check user --fix ada.plan sip:ada@contoso.com\n" +
			"  hybrid check user --file users.csv --format csv > findings.csv",
		Args: arguments(0, 2),
		RunE: func(c *cobra.Command, args []string) error { return a.checkUsers(c.Context(), args, f) },
	}
	a.configFlags(c)
	flags := c.Flags()
	flags.StringSliceVar(&f.only, "only", nil, "only these `checks`, by id or group")
	flags.StringSliceVar(&f.skip, "skip", nil, "none of these `checks`, by id or group")
	flags.BoolVar(&f.all, "all", false, "tell of checks that do not concern the user, too")
	flags.StringVar(&f.file, "file", "", "the users in the column sip_address of a CSV `file`")
	flags.StringVar(&f.format, "format", "text", "`name` of the format: "+strings.Join(userFormats(), ", ")+"; json is one line a user")
	offers(c, "format", userFormats())
	flags.BoolVar(&f.toOnline, "to-online", false, "ask of everybody what a move to the cloud needs, also of whom the configuration does not move")
	flags.StringVar(&f.fix, "fix", "", "save a plan as a `file` that mends what the configuration can mend, for these users alone")
	return c
}

// users are those who are asked about, how many lines of the file name one of them again, and the folder of the configuration.
func (f checkUserFlags) users(args []string) (users []config.Asked, again int, dir string, err error) {
	switch {
	case !slices.Contains(userFormats(), f.format):
		return nil, 0, "", fmt.Errorf("there is no format %q; there are %s", f.format, strings.Join(userFormats(), ", "))
	case f.file != "" && len(args) == 2:
		return nil, 0, "", fmt.Errorf("a user and --file exclude one another: leave out %s, or --file", args[0])
	case f.file != "":
		users, again, err = config.AskedUsers(f.file)
		return users, again, folder(args), err
	case len(args) == 0:
		return nil, 0, "", errors.New("name a user, such as sip:ada@contoso.com, or give a file of users with --file")
	}
	sip := roster.Canonical(strings.TrimSpace(args[0]))
	if problem := config.SIPProblem(sip); problem != "" {
		return nil, 0, "", fmt.Errorf("%s", problem)
	}
	return []config.Asked{{Address: sip}}, 0, folder(args[1:]), nil
}

func (a *app) checkUsers(ctx context.Context, args []string, f checkUserFlags) (err error) {
	users, again, dir, err := f.users(args)
	if err != nil {
		return err
	}
	if again > 0 {
		a.say(fmt.Sprintf("%s: %d of %d lines name somebody whom a line above has named; each user counts once.", f.file, again, again+len(users)))
	}
	checks, ofEstate, err := check.SelectUsers(f.only, f.skip)
	if err != nil {
		return err
	}
	ctx = untilClosed(ctx)
	s, err := a.open(ctx, dir)
	if err != nil {
		return err
	}
	defer closing(s, &err)
	a.remember(ctx, s)
	over := a.watchReading(s)
	findings := a.lookAtUsers(ctx, s, users, checks, ofEstate, f)
	over()
	if err := nothingChanged(ctx); err != nil {
		return err
	}
	if err := findings.write(a, f); err != nil {
		return err
	}
	if f.fix != "" {
		if err := a.fixUsers(ctx, s, dir, findings, f); err != nil {
			return cmp.Or(nothingChanged(ctx), err)
		}
	}
	return findings.verdict()
}

// userFindings are what was found of all who were asked about.
type userFindings struct {
	users  []check.Judgement
	estate []check.Finding
}

// lookAtUsers reads what is needed and judges.
func (a *app) lookAtUsers(ctx context.Context, s *session, users []config.Asked, checks []check.UserCheck, ofEstate []check.Check, f checkUserFlags) userFindings {
	s.engine.ReadOnly = true
	s.engine.Asks = check.AsksOfUsers()
	for system, cmdlets := range check.Asks(ofEstate) {
		s.engine.Asks[system] = append(s.engine.Asks[system], cmdlets...)
	}
	estate := &check.Estate{Config: s.config, Now: s.engine.Clock.Now, Source: s.source(), Users: s.source()}
	var crowd *check.Crowd
	if f.file == "" {
		crowd = check.ReadUser(ctx, estate, users[0].Address)
	} else {
		crowd = check.ReadUsers(ctx, estate)
	}
	crowd.ToOnline = f.toOnline
	found := userFindings{estate: check.Run(ctx, estate, ofEstate, check.Options{Waived: s.config.Waived()})}
	a.hideIn(found.estate)
	for _, u := range users {
		j := check.Judge(crowd.User(u.Address, u.Place), checks)
		a.hideIn(j.Findings)
		found.users = append(found.users, j)
	}
	return found
}

// write writes the findings to standard output.
func (u userFindings) write(a *app, f checkUserFlags) error {
	o := render.CheckOptions{All: f.all, Color: a.colorOut(), Columns: width(a.out), Root: here()}
	switch {
	case f.format == "csv":
		rows := [][]string{render.UserSheetHeader()}
		for _, j := range u.users {
			rows = append(rows, render.UserSheetRow(j))
		}
		_, err := a.out.Write(sheet.Encode(rows))
		return err
	case f.format == "json":
		for _, j := range u.users {
			if err := render.UserJSON(a.out, j, u.estate); err != nil {
				return err
			}
		}
		return nil
	case f.file == "":
		return render.UserFindings(a.out, u.users[0], u.estate, o)
	}
	return u.table(a, o)
}

// table writes what is wrong with the estate, and the users by cause.
func (u userFindings) table(a *app, o render.CheckOptions) error {
	if len(u.estate) > 0 {
		if err := render.Checks(a.out, "text", u.estate, o); err != nil {
			return err
		}
		fmt.Fprintln(a.out)
	}
	var table render.UserTable
	for _, j := range u.users {
		table.Add(j)
	}
	return table.Write(a.out, o)
}

// verdict says with which code the command ends.
func (u userFindings) verdict() error {
	all := slices.Clone(u.estate)
	for _, j := range u.users {
		all = append(all, j.Findings...)
	}
	return verdictOf(all)
}
