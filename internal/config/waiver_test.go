package config

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Waivers give their reasons by id, and say where they stand.
func TestWaivers(t *testing.T) {
	t.Parallel()
	o := testOptions()
	o.Checks = []string{"E-CFG", "T-SIP", "T-FED"}
	dir := write(t, `check "E-CFG" {
  skip   = true
  reason = "the Edge is a partner's"
}

check "T-SIP" {
  skip   = true
  reason = "in ${1 + 1} weeks"
}

check "T-FED" {
  skip   = false
  reason = "it is run"
}
`)
	c, diags := Load(dir, o)
	if diags.HasErrors() || len(diags) != 1 || !strings.Contains(diags[0].Detail, `check "T-FED" has no skip = true`) {
		t.Errorf("said is %v", diags)
	}
	want := map[string]string{"E-CFG": "the Edge is a partner's", "T-SIP": "in 2 weeks"}
	if diff := cmp.Diff(want, c.Waived()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if w := c.Waiver("T-SIP"); w == nil || w.Range.Start.Line != 6 || filepath.Base(w.Range.Filename) != "main.hcl" {
		t.Errorf("T-SIP is waived at %v", w)
	}
	if c.Waiver("T-FED") != nil || c.Waiver("D-LD") != nil {
		t.Error("what is not waived is")
	}
	if (&Config{}).Waived() != nil {
		t.Error("without blocks something is waived")
	}
}

// A check that there is not is refused, with the nearest one, or with all where none is near. What nobody knows of is taken.
func TestWaiversOfChecksThatThereAreNot(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]string{
		"E-CFGG": `There is no check "E-CFGG". Did you mean "E-CFG"?`,
		"other":  `There is no check "other". There are E-CFG and T-SIP.`,
	} {
		dir := write(t, "check \""+id+"\" {\n  skip   = true\n  reason = \"said\"\n}\n")
		o := testOptions()
		o.Checks = []string{"E-CFG", "T-SIP"}
		if _, diags := Load(dir, o); len(diags) != 1 || !strings.Contains(diags[0].Detail, want) || diags[0].Subject.Start.Column != 7 {
			t.Errorf("%s: %v", id, diags)
		}
		if _, diags := Load(dir, testOptions()); len(diags) != 0 {
			t.Errorf("%s, where no checks are known: %v", id, diags)
		}
	}
}
