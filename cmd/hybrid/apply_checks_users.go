package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"hybrid/internal/check"
	"hybrid/internal/render"
	"hybrid/internal/sheet"
)

const (
	fewMoved   = 5                // users who are read one by one; with more of them all users are listed
	usersLimit = 15 * time.Minute // for reading them
)

// checkedUsers is what the checks of users have found of those who are moved.
type checkedUsers struct {
	checks []check.UserCheck
	waived map[string]check.Finding
	found  map[string]*ofUsers // by the ID of the check
	table  render.UserTable
	rows   [][]string      // of a sheet: those for whom nothing is begun
	caused map[string]bool // IDs of the checks that the table names as somebody's cause
}

// ofUsers is what one check has found.
type ofUsers struct{ failed, unknown crowdOf }

// crowdOf is users of whom the same was found, the first of them named.
type crowdOf struct {
	users int
	text  string // of the first
	first []string
}

func (c *crowdOf) add(j check.Judgement, f check.Finding) {
	if c.users++; c.users == 1 {
		c.text = f.Text
	}
	if len(c.first) < 3 {
		c.first = append(c.first, j.SIP)
	}
}

// String is "2 users (sip:ada@contoso.com, sip:bob@contoso.com): the plan Teams is not assigned".
func (c *crowdOf) String() string {
	who := strings.Join(c.first, ", ")
	if more := c.users - len(c.first); more > 0 {
		who += fmt.Sprintf(" and %d more", more)
	}
	return fmt.Sprintf("%s (%s): %s", counted(c.users, "user"), who, c.text)
}

// checkMoved asks of everybody who is moved what a move needs.
func (a *app) checkMoved(ctx context.Context, e *check.Estate, changes *check.Changes) *checkedUsers {
	all := &checkedUsers{checks: check.BlockingUserChecks(), found: map[string]*ofUsers{}, waived: map[string]check.Finding{}, caused: map[string]bool{}}
	ctx, cancel := context.WithTimeout(ctx, usersLimit)
	defer cancel()
	crowd := func(sip string) *check.Crowd { return check.ReadUser(ctx, e, sip) }
	if len(changes.Moved()) > fewMoved {
		everybody := check.ReadUsers(ctx, e)
		crowd = func(string) *check.Crowd { return everybody }
	}
	for _, sip := range changes.Moved() {
		c := crowd(sip)
		c.Homes = changes.Home()
		j := check.Judge(c.User(sip, ""), all.checks)
		a.hideIn(j.Findings)
		all.add(j, changes.Left(j))
	}
	return all
}

// add counts a user in, with all findings and with those that are left of them.
func (c *checkedUsers) add(j, left check.Judgement) {
	for _, f := range j.Findings {
		if f.Verdict == check.Waived {
			c.waived[f.ID] = f
		}
	}
	for _, f := range left.Findings {
		of := c.found[f.ID]
		if of == nil {
			of = &ofUsers{}
			c.found[f.ID] = of
		}
		if f.Verdict == check.Fail {
			of.failed.add(left, f)
		} else {
			of.unknown.add(left, f)
		}
	}
	c.table.Add(left)
	if cause := left.Cause(); cause != nil {
		c.caused[cause.ID] = true
		c.rows = append(c.rows, render.UserSheetRow(left))
	}
}

// findings are one for each check.
func (c *checkedUsers) findings() []check.Finding {
	all := make([]check.Finding, len(c.checks))
	for n, one := range c.checks {
		f := check.Finding{Check: one.Check, Result: check.Passed()}
		waived, is := c.waived[one.ID]
		switch of := c.found[one.ID]; {
		case is:
			f = waived
		case of == nil:
		case of.failed.users > 0:
			f.Result = check.Failed(of.failed.String())
			f.Do = one.Remedy
		default:
			f.Verdict, f.Text = check.Unknown, fmt.Sprintf("of %s %s", counted(of.unknown.users, "user"), of.unknown.text)
		}
		all[n] = f
	}
	return all
}

// tell counts the users by cause, and lists them all in a file beside the journal.
func (c *checkedUsers) tell(a *app, s *session, o render.CheckOptions) error {
	if err := c.table.Write(a.err, o); err != nil {
		return err
	}
	path, err := c.list(journalFolder(s))
	if err != nil {
		a.say("Warning: they could not be listed in a file: " + err.Error())
		return nil
	}
	fmt.Fprintf(a.err, "All of them are listed in %s.\n\n", seenFromHere(path))
	return nil
}

// list writes a sheet of those for whom nothing is begun, for this account only.
func (c *checkedUsers) list(folder string) (string, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return "", err
	}
	path := filepath.Join(folder, time.Now().UTC().Format("20060102T150405.000Z")+"-refused.csv")
	return path, writeNew(path, sheet.Encode(append([][]string{render.UserSheetHeader()}, c.rows...)))
}

// unknownOf is the first user of whom a check is not known.
func (c *checkedUsers) unknownOf(id string) string { return c.found[id].unknown.first[0] }
