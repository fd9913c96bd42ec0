package phase

import (
	"testing"

	"hybrid/internal/clouds"
)

// commercial is the sky that most tests are under.
func commercial() *Sky { return under("commercial") }

func under(name string) *Sky {
	cloud, err := clouds.Table(nil).Named(name)
	if err != nil {
		panic(err)
	}
	return In(cloud, nil)
}

// The records of every open cloud are known, and what they lead to is found again by its name.
func TestWhatLeadsToAnyCloud(t *testing.T) {
	t.Parallel()
	for _, name := range clouds.Table(nil).Open() {
		s := under(name)
		for _, host := range []string{s.proxy, target("SRV", s.federation), target("SRV", s.sipTLS), s.lyncdiscover, s.sip} {
			if host == "" || !commercial().Leads(host) {
				t.Errorf("%s: %q does not lead to a cloud", name, host)
			}
		}
	}
	for host, leads := range map[string]bool{"WEBDIR0A.online.lync.com.": true, "sip.contoso.com": false, "online.lync.com.contoso.com": false, "notonline.lync.com": false, "": false} {
		if commercial().Leads(host) != leads {
			t.Errorf("%q: %v", host, !leads)
		}
	}
}

// A cloud of a configuration's own of which nothing is known demands nothing that nobody knows.
func TestACloudOfWhichNothingIsKnown(t *testing.T) {
	t.Parallel()
	s := In(clouds.Cloud{Name: "own"}, nil)
	for _, line := range []string{cloudSRV, serverSRV, "hosting_provider x proxy_fqdn= enabled=false", "dns_record sip.contoso.com type=CNAME values=sip.elsewhere.net"} {
		if diags := Check(declared(t, "sip_domain contoso.com phase=teams_only", line), s); diags.HasErrors() {
			t.Errorf("%s: %v", line, diags)
		}
	}
}
