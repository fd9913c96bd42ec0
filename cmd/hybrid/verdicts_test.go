package main

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"hybrid/internal/check"
)

// neverSeen are verdicts that no story can bring about, by check, and why.
func neverSeen() map[string]map[check.Verdict]string {
	return map[string]map[check.Verdict]string{"P-LOG": {check.Pass: "no cmdlet of the servers tells how full a log is"}}
}

// Stories tell of a verdict by a line of text, or by JSON.
var (
	verdictLine = regexp.MustCompile(`(?m)^stdout '\^(FAIL   |warning|unknown|pass   ) ([A-Z]+-[A-Z0-9]+)  `)
	followLine  = regexp.MustCompile(`\(\.\*\\n\)\+(FAIL   |warning|unknown|pass   ) ([A-Z]+-[A-Z0-9]+)  `)
	verdictJSON = regexp.MustCompile(`(?m)^stdout '"id":"([A-Z]+-[A-Z0-9]+)"\.\*"verdict":"(fail|pass|unknown)"`)
)

// storiesTold are the verdicts that stories hold the program to, by check.
func storiesTold(t *testing.T) map[string]map[check.Verdict]bool {
	t.Helper()
	stories, err := filepath.Glob(filepath.Join("testdata", "script", "*.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	signs := map[string]check.Verdict{"FAIL   ": check.Fail, "warning": check.Fail, "unknown": check.Unknown, "pass   ": check.Pass}
	told := map[string]map[check.Verdict]bool{}
	tell := func(id string, v check.Verdict) {
		if told[id] == nil {
			told[id] = map[check.Verdict]bool{}
		}
		told[id][v] = true
	}
	for _, story := range stories {
		content, err := os.ReadFile(story)
		if err != nil {
			t.Fatal(err)
		}
		for _, form := range []*regexp.Regexp{verdictLine, followLine} {
			for _, m := range form.FindAllStringSubmatch(string(content), -1) {
				tell(m[2], signs[m[1]])
			}
		}
		for _, m := range verdictJSON.FindAllStringSubmatch(string(content), -1) {
			tell(m[1], check.Verdict(m[2]))
		}
	}
	return told
}

// TestEveryVerdictHasItsStory demands a story of each check that passes, fails and is unknown, in lines such as
//
//	stdout '^unknown D-TTL  '
func TestEveryVerdictHasItsStory(t *testing.T) {
	t.Parallel()
	told := storiesTold(t)
	for _, id := range checkIDs() {
		for _, v := range []check.Verdict{check.Pass, check.Fail, check.Unknown} {
			if reason := neverSeen()[id][v]; told[id][v] == (reason != "") {
				t.Errorf("%s %s: told %v, excused with %q: tell it in a story, or say why none can", id, v, told[id][v], reason)
			}
		}
	}
}
