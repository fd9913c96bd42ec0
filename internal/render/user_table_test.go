package render

import (
	"strings"
	"testing"

	"hybrid/internal/check"
)

// tableOf counts users with a failure each: address, cause, remedy.
func tableOf(t *testing.T, columns int, users ...[3]string) string {
	t.Helper()
	var table UserTable
	for _, u := range users {
		f := check.Finding{Check: check.Check{ID: "U-X", Blocks: true, Remedy: "Correct it."}, Result: check.Result{Verdict: check.Fail, Text: u[1], Do: u[2]}}
		table.Add(check.Judgement{User: &check.User{Asked: u[0], SIP: u[0]}, Findings: []check.Finding{f}})
	}
	var b strings.Builder
	if err := table.Write(&b, CheckOptions{Columns: columns}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// What helps one user may harm another with the same cause: whoever is to be told something else is counted apart.
func TestUsersWithOtherRemediesAreCountedApart(t *testing.T) {
	t.Parallel()
	text := tableOf(t, 0, [3]string{"sip:a@contoso.com", "not enabled", "Enable it."}, [3]string{"sip:b@contoso.com", "not enabled", "It is at work online."}, [3]string{"sip:c@contoso.com", "not enabled", "Enable it."})
	for _, want := range []string{
		"U-X  2 users: not enabled\n  Do      Enable it.\n  Users   sip:a@contoso.com, sip:c@contoso.com\n",
		"U-X  1 user: not enabled\n  Do      It is at work online.\n  Users   sip:b@contoso.com\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("there is no\n%s\nin\n%s", want, text)
		}
	}
}

// A remedy with the user's address in it is that user's alone: one user is told it, several are told what helps all of them.
func TestARemedyOfOneUserIsNotToldToMany(t *testing.T) {
	t.Parallel()
	a, b := [3]string{"a b", "is none", `Write "ab", not "a b".`}, [3]string{"c d", "is none", `Write "cd", not "c d".`}
	if text := tableOf(t, 0, a); !strings.Contains(text, "1 user: is none\n  Do      Write \"ab\", not \"a b\".\n") {
		t.Error(text)
	}
	if text := tableOf(t, 0, a, b); !strings.Contains(text, "2 users: is none\n  Do      Correct it.\n") {
		t.Error(text)
	}
}

// No line is longer than the terminal, whose own breaks fall into the middle of words.
func TestHeadsAreFolded(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("word ", 40) + "end"
	table := tableOf(t, 80, [3]string{"sip:a@contoso.com", long, "Do it."})
	finding := check.Finding{Check: check.Check{ID: "T-X", Title: long}, Result: check.Result{Verdict: check.Fail, Text: "it is so"}}
	var checks, user strings.Builder
	if err := Checks(&checks, "text", []check.Finding{finding}, CheckOptions{Columns: 80}); err != nil {
		t.Fatal(err)
	}
	if err := UserFindings(&user, check.Judgement{User: &check.User{SIP: "sip:a@contoso.com"}, Findings: []check.Finding{finding}}, nil, CheckOptions{Columns: 80}); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(table + checks.String() + user.String()) {
		if len(strings.TrimRight(line, "\n")) > 80 {
			t.Errorf("%d columns: %s", len(line), line)
		}
	}
}
