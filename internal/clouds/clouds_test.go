package clouds

import (
	"slices"
	"strings"
	"testing"
)

func TestEveryOpenCloudCanBeSignedInTo(t *testing.T) {
	t.Parallel()
	want := []string{"china", "commercial", "dod", "gcc", "gcc_high"}
	if got := BuiltIn().Open(); !slices.Equal(got, want) {
		t.Fatalf("open clouds %v, want %v", got, want)
	}
	for _, name := range want {
		c, err := Table(nil).Named(name)
		if err != nil || len(c.LoginHosts) == 0 || c.GraphHost == "" || c.DisplayName == "" {
			t.Errorf("%s: %+v, %v", name, c, err)
		}
	}
}

func TestNoNameIsTheWorldwideCloud(t *testing.T) {
	t.Parallel()
	c, err := Table(nil).Named("")
	if err != nil || c.Name != Commercial || c.GraphHost != "graph.microsoft.com" || c.LoginHosts[0] != "login.microsoftonline.com" {
		t.Fatalf("%+v, %v", c, err)
	}
}

func TestGovernmentsDifferInTheirGraph(t *testing.T) {
	t.Parallel()
	high, _ := BuiltIn().Named("gcc_high")
	dod, _ := BuiltIn().Named("dod")
	if high.LoginHosts[0] != dod.LoginHosts[0] || high.GraphHost == dod.GraphHost || high.SubScope != "DODCON" || dod.SubScope != "DOD" {
		t.Fatalf("%+v, %+v", high, dod)
	}
}

func TestWhatIsNoCloudIsRefused(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"germany": "Microsoft Cloud Germany (old) is closed",
		"mars":    `there is no cloud "mars"; write one of china, commercial, dod, gcc, gcc_high`,
	} {
		if _, err := Table(nil).Named(name); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
