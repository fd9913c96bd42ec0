package config

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/zclconf/go-cty/cty"
)

// buckets are the schemes of buckets that can keep a journal.
var buckets = []string{"azblob", "gs", "s3"}

// secretWords are parts of names under which addresses carry secrets: gocloud.dev's drivers take some of them, and Azure's shared
// access signatures are one.
var secretWords = []string{"secret", "password", "passwd", "token", "key", "sig", "sas", "credential", "signature"}

// Shared says whether the journal is in a bucket, not in a folder.
func (s Settings) Shared() bool { return strings.Contains(s.Journal, "://") }

func checkJournal(v cty.Value) error {
	where := v.AsString()
	if strings.TrimSpace(where) == "" {
		return errors.New(`it is empty; write a folder's name, such as "journal"`)
	}
	scheme, rest, isURL := strings.Cut(where, "://")
	switch {
	case !isURL:
		return nil
	case scheme == "file":
		return fmt.Errorf("a folder is written as a path, without file://, so that its lock keeps two runs apart; write %q", rest)
	case !slices.Contains(buckets, scheme):
		return fmt.Errorf("%s:// is no bucket that can keep a journal; write azblob://CONTAINER, gs://BUCKET, s3://BUCKET or a folder's name", scheme)
	}
	return checkBucket(where)
}

// checkBucket refuses an address that is none, and one that carries a secret. It does not quote what may be one.
func checkBucket(address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return errors.New("it is not the address of a bucket; write azblob://CONTAINER, gs://BUCKET or s3://BUCKET, and ?prefix=PATH/ for a part of it")
	}
	if u.User != nil {
		return fmt.Errorf("a name or a password stands before the @; %s", elsewhere(u.Scheme))
	}
	if strings.Trim(u.Path, "/") != "" {
		return fmt.Errorf("%q stands behind the bucket's name; write a part of a bucket as ?prefix=%s/", u.Path, strings.Trim(u.Path, "/"))
	}
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return errors.New("what stands behind the ? cannot be read; write it as ?prefix=PATH/")
	}
	for name := range query {
		if carriesSecret(name) {
			return fmt.Errorf("%q in an address looks like a secret, and addresses are shown; %s", name, elsewhere(u.Scheme))
		}
	}
	return nil
}

func carriesSecret(name string) bool {
	return name != "kmskeyid" && slices.ContainsFunc(secretWords, func(word string) bool { return strings.Contains(strings.ToLower(name), word) })
}

// mayHoldSecret says whether a text may be an address with a secret in it: what such a text is refused for must not show it.
func mayHoldSecret(address string) bool {
	_, rest, isURL := strings.Cut(address, "://")
	_, query, _ := strings.Cut(rest, "?")
	return isURL && (strings.Contains(rest, "@") || carriesSecret(query))
}

// elsewhere says where sign-in belongs.
func elsewhere(scheme string) string {
	where := map[string]string{
		"azblob": "AZURE_STORAGE_ACCOUNT and a signed-in az, a managed identity or AZURE_STORAGE_KEY",
		"gs":     "GOOGLE_APPLICATION_CREDENTIALS or a signed-in gcloud",
		"s3":     "AWS_PROFILE, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or the role of the machine",
	}[scheme]
	return "leave it out, and sign in through the environment: " + where
}
