package cmdlets

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTables(t *testing.T) {
	t.Parallel()
	tables := load(t)
	counts := map[string]int{}
	for _, c := range tables.Cmdlets() {
		counts[c.Module]++
	}
	if diff := cmp.Diff(map[string]int{"SkypeForBusiness": 94, "MicrosoftTeams": 29, "ADSync": 5, "DnsServer": 7}, counts); diff != "" {
		t.Error(diff)
	}
	c := tables.Cmdlet("new-cshostingprovider")
	if c == nil || c.Name != "New-CsHostingProvider" || c.Module != "SkypeForBusiness" {
		t.Fatalf("%+v", c)
	}
	for name, want := range map[string][3]bool{ // exists, mandatory in the only set, in all
		"ProxyFqdn": {true, true, true}, "HostsOCSUsers": {true, true, true}, "VerificationLevel": {true, false, false}, "confirm": {true, false, false}, "Target": {false, false, false},
	} {
		p := c.Param(name)
		got := [3]bool{c.HasParam(name), p != nil && p.Mandatory(""), p != nil && p.MandatoryInAll(c)}
		if got != want {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
	if diff := cmp.Diff([]string{"AlwaysVerifiable", "AlwaysUnverifiable", "UseSourceVerification"}, c.Param("VerificationLevel").Values); diff != "" {
		t.Error(diff)
	}
	if p := tables.Cmdlet("Set-CsHostingProvider").Param("ProxyFqdn"); p != nil {
		t.Errorf("Set- has %+v", p)
	}
	if p := tables.Cmdlet("Enable-CsUser").Param("HostingProviderProxyFqdn"); !p.hasAlias("hostingprovider") {
		t.Errorf("aliases: %v", p.Aliases)
	}
	edge := tables.Cmdlet("Set-CsAccessEdgeConfiguration")
	if p := edge.Param("EnablePartnerDiscovery"); p.In("Identity") || !p.In("DnsSrvRouting") {
		t.Error("EnablePartnerDiscovery is in the wrong sets")
	}
	if tables.Cmdlet("Get-CsNothing") != nil || tables.Module("Nothing") != nil {
		t.Error("found what does not exist")
	}
}

func TestModules(t *testing.T) {
	t.Parallel()
	tables := load(t)
	if got := tables.Cmdlet("Set-CsUser").Module; got != "SkypeForBusiness" {
		t.Errorf("Set-CsUser is found in %s first", got)
	}
	if got := tables.Module("microsoftteams").Cmdlet("Set-CsUser").Module; got != "MicrosoftTeams" {
		t.Errorf("in the other module: %s", got)
	}
	for _, m := range tables.Modules() {
		if !strings.HasPrefix(m.Source.Repo, "MicrosoftDocs/") || len(m.Source.Commit) != 40 {
			t.Errorf("%s: source %+v", m.Name, m.Source)
		}
	}
}

func TestBindConverts(t *testing.T) {
	t.Parallel()
	tables := load(t)
	binding, err := tables.Bind("New-CsHostingProvider", map[string]any{
		"id": "LyncOnline", "PROXYFQDN": "sipfed.online.lync.com", "Enabled": float64(1), "EnabledShared": false, "Hosts": true, "Verif": "usesource", "SipClientPort": "443", "ErrorAction": "Stop",
	})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"Identity": "LyncOnline", "ProxyFqdn": "sipfed.online.lync.com", "Enabled": true, "EnabledSharedAddressSpace": false, "HostsOCSUsers": true,
		"VerificationLevel": "UseSourceVerification", "SipClientPort": int64(443), "ErrorAction": "Stop",
	}
	if diff := cmp.Diff(want, binding.Params); diff != "" {
		t.Error(diff)
	}
}

// The switch that names the type of a record picks the parameter set; no page marks it as mandatory in its syntax line.
func TestBindRecordTypes(t *testing.T) {
	t.Parallel()
	dns := load(t).Module("DnsServer")
	binding, err := dns.Bind("Add-DnsServerResourceRecord", map[string]any{
		"Srv": true, "ZoneName": "contoso.com", "Name": "_sip._tls",
		"DomainName": "sip.contoso.com.", "Priority": 0, "Weight": 0, "Port": 443, "TimeToLive": "00:05:00",
	})
	if err != nil || binding.Set != "SRV" {
		t.Errorf("%+v, %v", binding, err)
	}
	for id, params := range map[string]map[string]any{
		MissingMandatoryParameter: {"RRType": "A", "ZoneName": "contoso.com"},
		AmbiguousParameterSet:     {"RRType": "A", "Type": 1, "ZoneName": "contoso.com", "Name": "sip"},
	} {
		if _, err := dns.Bind("Remove-DnsServerResourceRecord", params); err == nil || err.ID != id {
			t.Errorf("%v: %v, want %s", params, err, id)
		}
	}
}

func TestBindErrors(t *testing.T) {
	t.Parallel()
	tables := load(t)
	tests := []struct {
		cmdlet         string
		params         map[string]any
		kind, category string
		message        string
	}{
		{
			"Set-CsHostingProvider",
			map[string]any{"Enabl": true},
			"AmbiguousParameter,Set-CsHostingProvider", "InvalidArgument",
			"Parameter cannot be processed because the parameter name 'Enabl' is ambiguous. Possible matches include: -Enabled -EnabledSharedAddressSpace.",
		},
		{
			"Set-CsHostingProvider",
			map[string]any{"Identity": "a", "identi": "b"},
			"ParameterAlreadyBound,Set-CsHostingProvider", "InvalidArgument",
			"Cannot bind parameter because parameter 'Identity' is specified more than once. To provide multiple values to parameters that can accept multiple values, use the array syntax. For example, \"-parameter value1,value2,value3\".",
		},
		{
			"Set-CsHostingProvider",
			map[string]any{"SipClientPort": "four"},
			"ParameterArgumentTransformationError,Set-CsHostingProvider", "InvalidData",
			"Cannot process argument transformation on parameter 'SipClientPort'. Cannot convert value \"four\" to type \"System.UInt64\". Error: \"The input string 'four' was not in a correct format.\"",
		},
		{
			"Move-CsUser",
			map[string]any{"Identity": "", "Target": "p"},
			"ParameterArgumentValidationErrorEmptyStringNotAllowed,Move-CsUser", "InvalidData",
			"Cannot bind argument to parameter 'Identity' because it is an empty string.",
		},
		{
			"Move-CsUser",
			map[string]any{"Identity": "a"},
			"MissingMandatoryParameter,Move-CsUser", "InvalidArgument",
			"Cannot process command because of one or more missing mandatory parameters: Target.",
		},
	}
	for _, test := range tests {
		_, err := tables.Bind(test.cmdlet, test.params)
		if err == nil {
			t.Errorf("%s %v bound", test.cmdlet, test.params)
			continue
		}
		if diff := cmp.Diff([]string{test.kind, test.category, test.message}, []string{err.Kind(), err.Category(), err.Error()}); diff != "" {
			t.Error(diff)
		}
	}
}
