package bucket_test

import (
	"errors"
	"testing"

	"gocloud.dev/blob"
	"gocloud.dev/blob/memblob"

	"hybrid/internal/journal/bucket"
	"hybrid/internal/journal/bucket/buckettest"
)

// none is the condition of a bucket that has none: it is left out.
type none struct{}

func (none) Version(a *blob.Attributes) (string, error) { return a.ETag, nil }
func (none) IfVersion(string, func(any) bool) error     { return nil }

// TestABucketWithoutConditionsIsRefused: memblob creates exclusively, and has no If-Match.
func TestABucketWithoutConditionsIsRefused(t *testing.T) {
	t.Parallel()
	b := memblob.OpenBucket(nil)
	defer b.Close()
	o := bucket.Over(b, none{})
	if err := o.Create(t.Context(), "a", []byte("1")); err != nil {
		t.Fatal(err)
	}
	if err := o.Create(t.Context(), "a", []byte("2")); !errors.Is(err, bucket.ErrRefused) {
		t.Errorf("got %v", err)
	}
	if _, _, err := o.Get(t.Context(), "b"); !errors.Is(err, bucket.ErrAbsent) {
		t.Errorf("got %v", err)
	}
	mustSay(t, bucket.Probe(t.Context(), o), "it cannot keep two runs apart", "If-Match")
}

func TestMemoryKeepsTheContract(t *testing.T) {
	t.Parallel()
	buckettest.Contract(t, &buckettest.Memory{})
}
