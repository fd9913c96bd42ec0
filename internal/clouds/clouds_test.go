package clouds

import (
	"slices"
	"strings"
	"testing"
)

func TestEveryOpenCloudCanBeSignedInTo(t *testing.T) {
	t.Parallel()
	want := []string{"china", "commercial", "dod", "gcc", "gcc_high"}
	if got := Open(); !slices.Equal(got, want) {
		t.Fatalf("open clouds %v, want %v", got, want)
	}
	for _, name := range want {
		c, err := Named(name)
		if err != nil || len(c.LoginHosts) == 0 || c.GraphHost == "" || c.DisplayName == "" {
			t.Errorf("%s: %+v, %v", name, c, err)
		}
	}
}

func TestNoNameIsTheWorldwideCloud(t *testing.T) {
	t.Parallel()
	c, err := Named("")
	if err != nil || c.Name != Commercial || c.GraphHost != "graph.microsoft.com" || c.LoginHosts[0] != "login.microsoftonline.com" {
		t.Fatalf("%+v, %v", c, err)
	}
}

func TestGovernmentsDifferInTheirGraph(t *testing.T) {
	t.Parallel()
	high, _ := Named("gcc_high")
	dod, _ := Named("dod")
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
		if _, err := Named(name); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The records of every open cloud are known, and what they lead to is found again by its name.
func TestRecordsOfTheClouds(t *testing.T) {
	t.Parallel()
	for _, name := range Open() {
		c, _ := Named(name)
		d := c.DNS
		for _, host := range []string{d.Federation.Target, d.SipTLS.Target, d.Lyncdiscover, d.Sip} {
			if host == "" || !c.Leads(host+".") {
				t.Errorf("%s: %q does not lead into the cloud", name, host)
			}
		}
		if d.Federation.Port != 5061 || d.SipTLS.Port != 443 {
			t.Errorf("%s: %v, %v", name, d.Federation, d.SipTLS)
		}
	}
	c, _ := Named("")
	if got := c.DNS.Federation.String(); got != "100 1 5061 sipfed.online.lync.com." {
		t.Error(got)
	}
	for host, leads := range map[string]bool{"WEBDIR0A.online.lync.com.": true, "sip.contoso.com": false, "online.lync.com.contoso.com": false, "notonline.lync.com": false} {
		if c.Leads(host) != leads {
			t.Errorf("%s: %v", host, !leads)
		}
	}
}
