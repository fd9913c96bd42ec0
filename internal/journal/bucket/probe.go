package bucket

import (
	"context"
	"errors"
	"fmt"
)

// probe finds out whether a bucket refuses what it must refuse: some write all the same, and two runs would then hold the same
// lease. It leaves nothing behind where the bucket lets things be deleted.
func probe(ctx context.Context, o Objects, name string) error {
	if err := o.Create(ctx, name, []byte("1")); err != nil {
		return fmt.Errorf("an object cannot be written: %w", err)
	}
	defer func() { _ = o.Delete(context.WithoutCancel(ctx), name) }() // an object of one byte may stay
	if err := o.Create(ctx, name, []byte("2")); !errors.Is(err, ErrRefused) {
		return unfit("it writes an object anew that must not be there yet (If-None-Match)", err)
	}
	_, first, err := o.Get(ctx, name)
	if err != nil {
		return fmt.Errorf("what has just been written cannot be read: %w", err)
	}
	if err := o.Replace(ctx, name, []byte("3"), first); err != nil {
		return fmt.Errorf("an object cannot be written over: %w", err)
	}
	if err := o.Replace(ctx, name, []byte("4"), first); !errors.Is(err, ErrRefused) {
		return unfit("it writes over an object that is no longer what it must be (If-Match)", err)
	}
	if content, _, err := o.Get(ctx, name); err != nil || string(content) != "3" {
		return unfit(fmt.Sprintf("it shows %q where 3 was written last", content), err)
	}
	return nil
}

// unfit is the error of a bucket that cannot keep two runs apart.
func unfit(what string, err error) error {
	if err != nil {
		return fmt.Errorf("whether it keeps two runs apart is not known: %w", err)
	}
	return fmt.Errorf("it cannot keep two runs apart: %s. Use a bucket of Amazon S3, Azure Blob Storage or Google Cloud Storage, "+
		"a newer version of this store, or a folder", what)
}
