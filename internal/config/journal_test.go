package config

import (
	"strings"
	"testing"

	"github.com/zclconf/go-cty/cty"
)

func TestWhereAJournalCanBe(t *testing.T) {
	t.Parallel()
	for where, want := range map[string]string{
		"journal":                            "",
		`\server\\share\\journal`:            "",
		"azblob://runs":                      "",
		"azblob://runs?prefix=contoso/":      "",
		"s3://runs?region=eu-central-1":      "",
		"gs://runs":                          "",
		" ":                                  "it is empty",
		"file:///srv/journal":                `so that its lock keeps two runs apart; write "/srv/journal"`,
		"mem://":                             "mem:// is no bucket that can keep a journal",
		"ftp://runs":                         "ftp:// is no bucket that can keep a journal; write azblob://CONTAINER",
		"s3://":                              "it is not the address of a bucket",
		"azblob://runs/contoso":              "write a part of a bucket as ?prefix=contoso/",
		"s3://AKIA:hunter2@runs":             "AWS_PROFILE",
		"azblob://runs?sig=hunter2":          `"sig" in an address looks like a secret, and addresses are shown; leave it out, and sign in through the environment: AZURE_STORAGE_ACCOUNT`,
		"azblob://runs?sas_token=hunter2":    "sas_token",
		"gs://runs?private_key_path=hunter2": "GOOGLE_APPLICATION_CREDENTIALS",
		"s3://runs?AWS_SECRET_ACCESS_KEY=hunter2": "AWS_SECRET_ACCESS_KEY",
	} {
		err := checkJournal(cty.StringVal(where))
		switch {
		case want == "" && err != nil, want != "" && err == nil:
			t.Errorf("%s: %v", where, err)
		case want != "" && !strings.Contains(err.Error(), want):
			t.Errorf("%s: %v lacks %q", where, err, want)
		case err != nil && strings.Contains(err.Error(), "hunter2"):
			t.Errorf("%s: the error quotes a secret: %v", where, err)
		}
		if s := (Settings{Journal: where}); want == "" && s.Shared() != strings.Contains(where, "//") {
			t.Errorf("%s: shared: %v", where, s.Shared())
		}
	}
}
