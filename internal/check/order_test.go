package check

import (
	"slices"
	"strings"
	"testing"
)

// everyCheck are the checks of the estate and of users.
func everyCheck() []Check {
	all := All()
	for _, c := range UserChecks() {
		all = append(all, c.Check)
	}
	return all
}

// inOrderOf gives the order in which findings of some verdicts are shown: "D-LD=fail D-TONLY=fail E-CERT=unknown".
func inOrderOf(t *testing.T, text string) string {
	t.Helper()
	var findings []Finding
	for word := range strings.FieldsSeq(text) {
		id, verdict, _ := strings.Cut(word, "=")
		n := slices.IndexFunc(everyCheck(), func(c Check) bool { return c.ID == id })
		if n < 0 {
			t.Fatalf("there is no check %s", id)
		}
		findings = append(findings, Finding{Check: everyCheck()[n], Result: Result{Verdict: Verdict(verdict)}})
	}
	var told []string
	for _, f := range InOrder(findings) {
		if len(f.Because) > 0 {
			f.ID += "<" + strings.Join(f.Because, ",")
		}
		told = append(told, f.ID)
	}
	return strings.Join(told, " ")
}

func TestCausesComeBeforeWhatFollowsFromThem(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"E-CFG=pass T-FED=fail D-AGREE=fail":    "T-FED D-AGREE E-CFG",
		"E-NET=fail E-CERT=unknown T-SIP=fail":  "E-NET T-SIP E-CERT<E-NET",
		"D-LD=fail D-SIP=pass D-TONLY=fail":     "D-TONLY D-LD<D-TONLY D-SIP",
		"E-NET=fail E-CERT=fail D-FED=fail":     "D-FED E-NET<D-FED E-CERT<E-NET,D-FED",
		"E-NET=fail D-LD=fail D-TONLY=fail":     "D-TONLY D-LD<D-TONLY E-NET<D-LD",
		"D-LD=unknown D-TONLY=unknown":          "D-LD D-TONLY",
		"U-AD=fail U-PROX=fail U-HYB=fail":      "U-PROX U-HYB U-AD<U-HYB",
		"T-FED=waived E-ROUTE=fail E-CERT=none": "E-ROUTE T-FED E-CERT",
	} {
		if got := inOrderOf(t, text); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

// A check may follow from others that there are, and none from itself by any way round.
func TestNoCheckFollowsFromItself(t *testing.T) {
	t.Parallel()
	after := map[string][]string{}
	for _, c := range everyCheck() {
		if _, twice := after[c.ID]; twice {
			t.Errorf("there are two checks %s", c.ID)
		}
		after[c.ID] = append([]string{}, c.After...)
	}
	var climb func(id string, way []string)
	climb = func(id string, way []string) {
		if slices.Contains(way, id) {
			t.Fatalf("%s follows from itself: %v", id, way)
		}
		for _, cause := range after[id] {
			if after[cause] == nil {
				t.Errorf("%s follows from %s, which is no check", id, cause)
			}
			climb(cause, append(way, id))
		}
	}
	for id := range after {
		climb(id, nil)
	}
}
