package clouds

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"github.com/zclconf/go-cty/cty"
)

// Tenant stands for the tenant's id in metadata_url.
const Tenant = "{tenant}"

var host = regexp.MustCompile(`^(?i)([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]([a-z0-9-]*[a-z0-9])?$`)

// wrong says what is wrong with a fact's value; "" where nothing is.
func wrong(name string, v cty.Value) string {
	switch name {
	case "proxy_fqdn", "graph_host", "dns.legacy_lyncdiscover_cname", "dns.legacy_sip_cname", "tenant_suffix":
		return wrongHost(v)
	case "login_hosts":
		return wrongHosts(v)
	case "dns.federation_srv", "dns.legacy_sip_tls_srv":
		return wrongRecord(v)
	case "autodiscover_url", "hosted_migration_url":
		return wrongURL(v.AsString())
	case "metadata_url":
		if !strings.Contains(v.AsString(), Tenant) {
			return "it does not say where the tenant's id goes: write " + Tenant + " there"
		}
		return wrongURL(v.AsString())
	}
	return ""
}

func wrongHost(v cty.Value) string {
	if v.IsNull() || !host.MatchString(v.AsString()) {
		return "a host is written by its full name, without a dot at its end: \"sipfed.online.lync.com\""
	}
	return ""
}

func wrongHosts(v cty.Value) string {
	if v.LengthInt() == 0 {
		return "no host is named"
	}
	for _, one := range v.AsValueSlice() {
		if problem := wrongHost(one); problem != "" {
			return problem
		}
	}
	return ""
}

func wrongRecord(v cty.Value) string {
	for _, attr := range []string{"priority", "weight", "port"} {
		n := v.GetAttr(attr)
		if n.IsNull() || !n.AsBigFloat().IsInt() || n.AsBigFloat().Sign() < 0 || n.GreaterThan(cty.NumberIntVal(65535)).True() {
			return fmt.Sprintf("%s is a whole number from 0 to 65535", attr)
		}
	}
	return wrongHost(v.GetAttr("target"))
}

func wrongURL(text string) string {
	u, err := url.Parse(strings.NewReplacer("{tenant}", "t", "{forest}", "0a").Replace(text))
	if err != nil || u.Scheme != "https" || !host.MatchString(u.Hostname()) {
		return "it is no https URL"
	}
	return ""
}
