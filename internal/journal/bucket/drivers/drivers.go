// Package drivers opens buckets of Amazon S3, Azure Blob Storage and Google Cloud Storage by their URLs. It is apart from what works
// with buckets, since it brings the libraries of all three.
package drivers

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strconv"
	"strings"

	"cloud.google.com/go/storage"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob"
	azure "github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/blob"
	"github.com/aws/aws-sdk-go-v2/feature/s3/transfermanager"
	"gocloud.dev/blob"
	_ "gocloud.dev/blob/azureblob" // azblob://
	_ "gocloud.dev/blob/gcsblob"   // gs://
	_ "gocloud.dev/blob/s3blob"    // s3://
	"gocloud.dev/gcp"

	"hybrid/internal/journal/bucket"
)

// Open opens the bucket of a URL: azblob://CONTAINER, gs://BUCKET or s3://BUCKET, and ?prefix=PATH/ for a part of it. How to sign in
// is for the libraries to find in their own environment variables and files; nothing is contacted yet.
func Open(ctx context.Context, address string) (bucket.Objects, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, err
	}
	conditional, ok := kinds[u.Scheme]
	if !ok {
		return nil, fmt.Errorf("%q is no kind of bucket that can keep a journal", u.Scheme)
	}
	q := u.Query()
	if prefix := q.Get("prefix"); prefix != "" && !strings.HasSuffix(prefix, "/") {
		q.Set("prefix", prefix+"/")
		u.RawQuery = q.Encode()
	}
	if err := signedIn(ctx, u.Scheme, q); err != nil {
		return nil, err
	}
	b, err := blob.OpenBucket(ctx, u.String())
	if err != nil {
		return nil, err
	}
	return bucket.Over(b, conditional), nil
}

// signedIn says in words what libraries say of their own options: that nothing tells whom to sign in as.
func signedIn(ctx context.Context, scheme string, q url.Values) error {
	switch scheme {
	case "azblob":
		return knownAccount(q)
	case "gs":
		return signedInToGoogle(ctx, q)
	}
	return nil
}

func knownAccount(q url.Values) error {
	if q.Get("storage_account") == "" && os.Getenv("AZURE_STORAGE_ACCOUNT") == "" && os.Getenv("AZURE_STORAGE_CONNECTION_STRING") == "" {
		return errors.New("the environment variable AZURE_STORAGE_ACCOUNT is not set, and names the storage account")
	}
	return nil
}

// signedInToGoogle asks for credentials before the library does, which writes what is wrong with them to the standard output
// and goes on without.
func signedInToGoogle(ctx context.Context, q url.Values) error {
	if os.Getenv("STORAGE_EMULATOR_HOST") != "" || q.Get("universe_domain") != "" {
		return nil
	}
	if _, err := gcp.DefaultCredentials(ctx); err != nil {
		return fmt.Errorf("nobody is signed in to Google Cloud here: set GOOGLE_APPLICATION_CREDENTIALS, or run gcloud auth application-default login: %w", err)
	}
	return nil
}

// kinds are the buckets that can keep a journal, by the scheme of their URL.
var kinds = map[string]bucket.Conditional{"azblob": azureBlobs{}, "gs": googleBlobs{}, "s3": amazonBlobs{}}

// errOther says that a driver does not give what it documents.
var errOther = errors.New("this version of the library does not take conditions as it should")

type azureBlobs struct{}

func (azureBlobs) Version(a *blob.Attributes) (string, error) { return a.ETag, nil }

func (azureBlobs) IfVersion(version string, as func(any) bool) error {
	var o *azblob.UploadStreamOptions
	if !as(&o) {
		return errOther
	}
	tag := azcore.ETag(version)
	o.AccessConditions = &azure.AccessConditions{ModifiedAccessConditions: &azure.ModifiedAccessConditions{IfMatch: &tag}}
	return nil
}

type amazonBlobs struct{}

func (amazonBlobs) Version(a *blob.Attributes) (string, error) { return a.ETag, nil }

func (amazonBlobs) IfVersion(version string, as func(any) bool) error {
	var in *transfermanager.UploadObjectInput
	if !as(&in) {
		return errOther
	}
	in.IfMatch = &version
	return nil
}

// googleBlobs counts generations, which conditions are about; what it calls an ETag is something else.
type googleBlobs struct{}

func (googleBlobs) Version(a *blob.Attributes) (string, error) {
	var attrs storage.ObjectAttrs
	if !a.As(&attrs) {
		return "", errOther
	}
	return strconv.FormatInt(attrs.Generation, 10), nil
}

func (googleBlobs) IfVersion(version string, as func(any) bool) error {
	generation, err := strconv.ParseInt(version, 10, 64)
	if err != nil {
		return err
	}
	var object **storage.ObjectHandle
	if !as(&object) {
		return errOther
	}
	*object = (*object).If(storage.Conditions{GenerationMatch: generation})
	return nil
}
