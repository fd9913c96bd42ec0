package buckettest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"hybrid/internal/journal/bucket"
)

// Contract holds an empty bucket against what a journal needs of it.
func Contract(t *testing.T, o bucket.Objects) {
	ctx := t.Context()
	if content, version, err := o.Get(ctx, "lease.json"); !errors.Is(err, bucket.ErrAbsent) {
		t.Errorf("an object that is not there: %q, %q, %v", content, version, err)
	}
	if err := o.Create(ctx, "lease.json", []byte("one")); err != nil {
		t.Fatal(err)
	}
	if err := o.Create(ctx, "lease.json", []byte("two")); !errors.Is(err, bucket.ErrRefused) {
		t.Errorf("creating what is there: %v", err)
	}
	first := holds(t, o, "lease.json", "one")
	if err := o.Replace(ctx, "lease.json", []byte("three"), first); err != nil {
		t.Fatal(err)
	}
	if err := o.Replace(ctx, "lease.json", []byte("four"), first); !errors.Is(err, bucket.ErrRefused) {
		t.Errorf("replacing what has changed: %v", err)
	}
	if second := holds(t, o, "lease.json", "three"); second == first {
		t.Errorf("two contents have the version %q", second)
	}
	lists(t, o)
	races(t, o)
	if err := o.Delete(ctx, "lease.json"); err != nil {
		t.Error(err)
	}
	if _, _, err := o.Get(ctx, "lease.json"); !errors.Is(err, bucket.ErrAbsent) {
		t.Errorf("after it was deleted: %v", err)
	}
}

func holds(t *testing.T, o bucket.Objects, name, want string) string {
	t.Helper()
	content, version, err := o.Get(t.Context(), name)
	if err != nil || string(content) != want || version == "" {
		t.Fatalf("%s is %q, version %q, %v; want %q", name, content, version, err, want)
	}
	return version
}

func lists(t *testing.T, o bucket.Objects) {
	for _, name := range []string{"b/000002.jsonl", "a/000001.jsonl", "b/000001.jsonl"} {
		if err := o.Create(t.Context(), name, []byte(name)); err != nil {
			t.Fatal(err)
		}
	}
	if folders, err := o.Folders(t.Context()); err != nil || !slices.Equal(folders, []string{"a", "b"}) {
		t.Errorf("folders %q, %v", folders, err)
	}
	want := []bucket.Object{{Name: "b/000001.jsonl", Size: 14}, {Name: "b/000002.jsonl", Size: 14}}
	if list, err := o.List(t.Context(), "b"); err != nil || !slices.Equal(list, want) {
		t.Errorf("list %v, %v", list, err)
	}
}

// races lets many write at once: one of them, every time.
func races(t *testing.T, o bucket.Objects) {
	version := holds(t, o, "lease.json", "three")
	for n, write := range []func(context.Context, string) error{
		func(ctx context.Context, by string) error { return o.Create(ctx, "raced.json", []byte(by)) },
		func(ctx context.Context, by string) error { return o.Replace(ctx, "lease.json", []byte(by), version) },
	} {
		var written atomic.Int32
		var all sync.WaitGroup
		for by := range 8 {
			all.Go(func() {
				switch err := write(t.Context(), fmt.Sprint("by ", by)); {
				case err == nil:
					written.Add(1)
				case !errors.Is(err, bucket.ErrRefused):
					t.Logf("race %d: %v", n, err) // nobody knows; some buckets answer so when many come at once
				}
			})
		}
		all.Wait()
		if written.Load() != 1 {
			t.Errorf("race %d: %d of 8 have written", n, written.Load())
		}
	}
}
