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
		if got := Serves(name); got != want {
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
		if got := Activates(name); got != want {
			t.Errorf("%q activates: %t", name, got)
		}
	}
	all, err := All()
	if err != nil {
		t.Fatal(err)
	}
	for name, cloud := range all {
		if (cloud.Records.MSOID != "") != (name == "china") {
			t.Errorf("%s: msoid %q", name, cloud.Records.MSOID)
		}
		if !cloud.Closed && len(cloud.Records.Targets) != 3 {
			t.Errorf("%s: targets %v", name, cloud.Records.Targets)
		}
	}
}
