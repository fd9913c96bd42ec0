package roots

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"slices"
	"strings"
	"testing"
)

// What the program comes with can be read, names today's authorities, and knows that Baltimore's is dead.
func TestBuiltIn(t *testing.T) {
	t.Parallel()
	table := BuiltIn()
	if !slices.Contains(table.Current(), "DigiCert Global Root G2") || slices.Contains(table.Current(), "Baltimore CyberTrust Root") || table.AsOf == "" {
		t.Error(table.AsOf, table.Current())
	}
	for name, root := range table.Roots {
		if root.Source == "" || root.NotAfter == "" || root.Use == Dead && root.Note == "" {
			t.Errorf("%s says too little: %+v", name, root)
		}
		if root.Use == Current && root.SHA1 == "" {
			t.Errorf("%s cannot be found in a store of Windows", name)
		}
		if strings.Contains(root.Source, "CHAINS") || strings.Contains(root.Source, "BUNDLE") {
			t.Errorf("%s: the source is not written out: %s", name, root.Source)
		}
	}
	issued := &x509.Certificate{Issuer: pkix.Name{CommonName: "Baltimore CyberTrust Root"}}
	if root, known := table.Named(issued); !known || root.Use != Dead {
		t.Error(root, known)
	}
}

// A file of a configuration adds roots and buries others; what is wrong in it is said, and changes nothing.
func TestRead(t *testing.T) {
	t.Parallel()
	const print = "AB:cd:ef:01:23:45:67:89:ab:cd:ef:01:23:45:67:89:ab:cd:ef:01:23:45:67:89:ab:cd:ef:01:23:45:67:89"
	table, err := BuiltIn().Read([]byte(`{"schema":1,"as_of":"2027-01-01","roots":{"New Root":{"sha256":"` + print + `","use":"current"},"DigiCert Global Root CA":{"sha256":"` + print + `","use":"dead"}}}`))
	if err != nil || table.Roots["New Root"].Thumbprint != strings.ToUpper(strings.ReplaceAll(print, ":", "")) || table.Roots["DigiCert Global Root CA"].Use != Dead || table.AsOf != "2027-01-01" {
		t.Error(table, err)
	}
	if slices.Contains(BuiltIn().Current(), "New Root") {
		t.Error("the program's own table was changed")
	}
	for src, want := range map[string]string{
		`{`:                      "it is no file of roots",
		`{"schema":1,"rots":{}}`: "unknown field",
		`{"schema":2}`:           `"schema": 1`,
		`{"schema":1,"roots":{"A":{"sha256":"12","use":"dead"}}}`:                                 "is no SHA-256 thumbprint",
		`{"schema":1,"roots":{"A":{"sha256":"` + print + `","sha1":"12","use":"dead"}}}`:          "is no SHA-1 thumbprint",
		`{"schema":1,"roots":{"A":{"sha256":"` + print + `","use":"good"}}}`:                      `write "current" or "dead"`,
		`{"schema":1,"roots":{"A":{"sha256":"` + print + `","use":"dead","not_after":"12 May"}}}`: "write a date",
	} {
		if got, err := BuiltIn().Read([]byte(src)); err == nil || !strings.Contains(err.Error(), want) || len(got.Roots) != len(BuiltIn().Roots) {
			t.Errorf("%s: %v", src, err)
		}
	}
}
