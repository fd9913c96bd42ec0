package clouds

import (
	"fmt"
	"strings"

	"github.com/zclconf/go-cty/cty"
)

// A Fact is one thing that is known of a cloud, with what it rests on.
type Fact struct {
	Value  cty.Value // of the type that the fact has in the file; null where there is none, or nothing is known
	Mark   string    // one of the marks below
	Source string    // where it was read, in full
	AsOf   string    // the date of that text: "2020-05-19", "undated"
	Note   string
}

// What a fact rests on. Without a mark it is what the file of a configuration says.
const (
	Seen     = "v"       // a source states it
	Inferred = "i"       // concluded from what a source states of something else
	Memory   = "m"       // not verified against a source
	Unknown  = "unknown" // no source gives it
)

// A name of a fact in expressions leads to a fact of the file, and to the text that it is there.
type name struct {
	name, fact string
	text       func(cty.Value) cty.Value
}

func names() []name {
	return []name{
		{"proxy_fqdn", "proxy_fqdn", itself},
		{"autodiscover_url", "autodiscover_url", itself},
		{"federation_target", "dns.federation_srv", target},
		{"federation_srv", "dns.federation_srv", record},
		{"legacy_lyncdiscover", "dns.legacy_lyncdiscover_cname", itself},
		{"legacy_sip", "dns.legacy_sip_cname", itself},
		{"legacy_sip_tls_srv", "dns.legacy_sip_tls_srv", record},
		{"metadata_url", "metadata_url", itself},
		{"login_host", "login_hosts", first},
		{"graph_host", "graph_host", itself},
		{"teams_environment_name", "teams_environment_name", itself},
		{"tenant_suffix", "tenant_suffix", itself},
	}
}

// Names are the facts that expressions can refer to, beside the cloud's own name.
func Names() []string {
	var all []string
	for _, n := range names() {
		all = append(all, n.name)
	}
	return all
}

// Fact gives a fact by its name in expressions, its value a text: "proxy_fqdn", "federation_srv". One that the cloud
// does not have is Unknown.
func (c Cloud) Fact(called string) Fact {
	for _, n := range names() {
		if n.name != called {
			continue
		}
		f, ok := c.facts[n.fact]
		if !ok {
			break
		}
		f.Value = n.text(f.Value)
		return f
	}
	return Fact{Mark: Unknown, Value: cty.NullVal(cty.String)}
}

// Text is a fact's text, "" where there is none.
func (c Cloud) Text(called string) string {
	if v := c.Fact(called).Value; !v.IsNull() {
		return v.AsString()
	}
	return ""
}

// MigrationTemplate is the address of the hosted migration service with {forest} in the place of the letters of a tenant's forest, ""
// where no source gives one.
func (c Cloud) MigrationTemplate() string {
	v := c.facts["hosted_migration_url"].Value
	if v == cty.NilVal || v.IsNull() {
		return ""
	}
	return v.AsString()
}

// Inferred says that no source states the fact outright.
func (f Fact) Inferred() bool { return f.Mark == Inferred || f.Mark == Memory }

// Basis says what an inferred fact rests on, as the end of a sentence.
func (f Fact) Basis() string {
	basis := "it was not verified against any source"
	if f.Mark == Inferred {
		basis = fmt.Sprintf("it is inferred from %s (%s)", f.Source, f.AsOf)
	}
	if f.Note != "" {
		basis += ": " + f.Note
	}
	return basis
}

func itself(v cty.Value) cty.Value { return v }

func first(hosts cty.Value) cty.Value {
	if hosts.IsNull() || hosts.LengthInt() == 0 {
		return cty.NullVal(cty.String)
	}
	return hosts.Index(cty.Zero)
}

func target(srv cty.Value) cty.Value {
	if srv.IsNull() {
		return cty.NullVal(cty.String)
	}
	return srv.GetAttr("target")
}

// record is an SRV record's data in presentation form: "100 1 5061 sipfed.online.lync.com."
func record(srv cty.Value) cty.Value {
	if srv.IsNull() {
		return cty.NullVal(cty.String)
	}
	number := func(attr string) string { return srv.GetAttr(attr).AsBigFloat().Text('f', 0) }
	return cty.StringVal(strings.Join([]string{number("priority"), number("weight"), number("port"), srv.GetAttr("target").AsString() + "."}, " "))
}
