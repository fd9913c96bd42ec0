package clouds

import "testing"

func TestNamesOfTheCloudsAreKnown(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"sipfed.online.lync.com": true, "SIPDIR.online.lync.com.": true, "webdir.online.gov.skypeforbusiness.us": true,
		"sipfed.online.dod.skypeforbusiness.us": true, "webdir.online.partner.lync.cn": true, "sipfed2e.online.lync.com": true,
		"online.lync.com": false, "sipfed.online.lync.om": false, "sip.contoso.com": false, "": false, "lync.com": false,
		"sipfed.online.lync.com.contoso.com": false,
	} {
		if got := Table(nil).Serves(name); got != want {
			t.Errorf("%q is a cloud's: %t", name, got)
		}
	}
}

func TestOnlyOneCloudAsksForMSOID(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"clientconfig.partner.microsoftonline-p.net.cn": true, "Clientconfig.partner.microsoftonline-p.net.cn.": true,
		"clientconfig.microsoftonline-p.net": false, "": false,
	} {
		if got := Table(nil).Activates(name); got != want {
			t.Errorf("%q activates: %t", name, got)
		}
	}
	for _, cloud := range Table(nil).All() {
		if (cloud.msoid() != "") != (cloud.Name == "china") {
			t.Errorf("%s: msoid %q", cloud.Name, cloud.msoid())
		}
	}
}

// The clouds of a configuration's own file serve names of their own.
func TestNamesOfACloudOfOnesOwn(t *testing.T) {
	t.Parallel()
	table, diags := Table(nil).Read([]byte(`{"sources": {"US": "our own notes"}, "clouds": {"ours": {"display_name": "Ours", "status": "open",
		"proxy_fqdn": {"value": "sipfed.online.ours.example"}}}}`), "clouds.json")
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	if !table.Serves("sipdir.online.ours.example") || !table.Serves("sipfed.online.lync.com") || Table(nil).Serves("sipfed.online.ours.example") {
		t.Error("its names are not told apart")
	}
}
