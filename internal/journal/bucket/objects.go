// Package bucket keeps a journal in a bucket, so that several machines share it: the lines of each run as objects RUN/000001.jsonl,
// RUN/000002.jsonl …, since objects cannot be appended to, and a lease, lease.json, which one run at a time holds.
//
// Both rest on writes that the bucket refuses where something is there already, or is no longer what it was. Not every bucket
// does that; each is asked before it is trusted.
package bucket

import (
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"gocloud.dev/blob"
	"gocloud.dev/gcerrors"

	"hybrid/internal/bounded"
	"hybrid/internal/journal"
)

// What a bucket can say besides yes. Of any other error nobody knows whether what was asked for has been done.
var (
	ErrAbsent  = errors.New("there is no such object")
	ErrRefused = errors.New("the bucket refused the write, because of what is there")
)

// Objects is what a journal needs of a bucket. Names have slashes.
type Objects interface {
	// Get gives an object, [ErrAbsent] where there is none. The version is one that it had when reading began: a later content may
	// come with an earlier version, never the other way round.
	Get(ctx context.Context, name string) (content []byte, version string, err error)
	// Create writes an object that must not exist; [ErrRefused] where it does.
	Create(ctx context.Context, name string, content []byte) error
	// Replace writes an object that must still be of a version; [ErrRefused] where it is not.
	Replace(ctx context.Context, name string, content []byte, version string) error
	// Delete removes an object.
	Delete(ctx context.Context, name string) error
	// Folders are the first parts of the names that have several, in order.
	Folders(ctx context.Context) ([]string, error)
	// List gives the objects in a folder, in the order of their names.
	List(ctx context.Context, folder string) ([]Object, error)
}

// An Object is one in a list.
type Object struct {
	Name string // with its folder
	Size int64  // in bytes
}

// Conditional is how a kind of bucket is asked to write only over a version.
type Conditional interface {
	// Version is that of an object.
	Version(a *blob.Attributes) (string, error)
	// IfVersion puts the condition into a write, as [blob.WriterOptions] BeforeWrite does.
	IfVersion(version string, as func(any) bool) error
}

// How much is taken from a bucket: an object holds as much as is written at once, or one line that is longer; a run of 100,000
// users is some thousand objects.
const (
	mostObject  = journal.MostLine // bytes
	mostObjects = 1_000_000        // of one list
	mostPages   = 10_000           // of one list; buckets give 1,000 objects a page, and may give fewer, or none
)

// Over is the objects of a bucket.
func Over(b *blob.Bucket, c Conditional) Objects { return objects{b, c} }

type objects struct {
	bucket *blob.Bucket
	cond   Conditional
}

func (o objects) Get(ctx context.Context, name string) ([]byte, string, error) {
	a, err := o.bucket.Attributes(ctx, name)
	if err != nil {
		return nil, "", plain(err)
	}
	if a.Size > mostObject {
		return nil, "", fmt.Errorf("%s: %w: no run has written it", name, &bounded.TooLargeError{Has: a.Size, Most: mostObject})
	}
	version, err := o.cond.Version(a)
	if err != nil {
		return nil, "", err
	}
	content, err := o.read(ctx, name)
	return content, version, err
}

// read reads an object, which may have grown since its size was told.
func (o objects) read(ctx context.Context, name string) ([]byte, error) {
	r, err := o.bucket.NewReader(ctx, name, nil)
	if err != nil {
		return nil, plain(err)
	}
	content, err := bounded.Read(r, mostObject)
	if bounded.TooLarge(err) {
		return nil, errors.Join(fmt.Errorf("%s: %w", name, err), r.Close())
	}
	return content, plain(errors.Join(err, r.Close()))
}

func (o objects) Create(ctx context.Context, name string, content []byte) error {
	return plain(o.bucket.WriteAll(ctx, name, content, &blob.WriterOptions{ContentType: contentType, IfNotExist: true}))
}

func (o objects) Replace(ctx context.Context, name string, content []byte, version string) error {
	return plain(o.bucket.WriteAll(ctx, name, content, &blob.WriterOptions{
		ContentType: contentType,
		BeforeWrite: func(as func(any) bool) error { return o.cond.IfVersion(version, as) },
	}))
}

func (o objects) Delete(ctx context.Context, name string) error {
	return plain(o.bucket.Delete(ctx, name))
}

const contentType = "application/json"

func (o objects) Folders(ctx context.Context) ([]string, error) {
	var names []string
	err := o.each(ctx, &blob.ListOptions{Delimiter: "/"}, func(found *blob.ListObject) {
		if found.IsDir {
			names = append(names, strings.TrimSuffix(found.Key, "/"))
		}
	})
	slices.Sort(names)
	return names, err
}

func (o objects) List(ctx context.Context, folder string) ([]Object, error) {
	var all []Object
	err := o.each(ctx, &blob.ListOptions{Prefix: folder + "/"}, func(found *blob.ListObject) {
		if !found.IsDir {
			all = append(all, Object{found.Key, found.Size})
		}
	})
	slices.SortFunc(all, func(a, b Object) int { return strings.Compare(a.Name, b.Name) })
	return all, err
}

func (o objects) each(ctx context.Context, what *blob.ListOptions, visit func(*blob.ListObject)) error {
	pages := 0
	what.BeforeList = func(func(any) bool) error { // the library goes on over empty pages by itself
		if pages++; pages > mostPages {
			return fmt.Errorf("the list of %q has no end: it was given up after %d pages; is there a proxy in between?", what.Prefix, mostPages)
		}
		return nil
	}
	list := o.bucket.List(what)
	for n := 0; ; n++ {
		found, err := list.Next(ctx)
		if err == io.EOF {
			return nil
		}
		if err == nil && n == mostObjects {
			return fmt.Errorf("there are more than %d objects in %q: something else is kept there. Give the journal a prefix of its own: ?prefix=hybrid/", mostObjects, what.Prefix)
		}
		if err != nil {
			return plain(err)
		}
		visit(found)
	}
}

// plain makes one error of what buckets call it.
func plain(err error) error {
	if err == nil {
		return nil
	}
	code := gcerrors.Code(err)
	err = unsigned{err}
	switch code {
	case gcerrors.NotFound:
		return fmt.Errorf("%w (%w)", ErrAbsent, err)
	case gcerrors.FailedPrecondition:
		return fmt.Errorf("%w (%w)", ErrRefused, err)
	}
	return err
}

// unsigned is an error without what stands behind the question marks of addresses: a shared access signature of Azure is there,
// and errors of the network name the address of the request.
type unsigned struct{ error }

var signature = regexp.MustCompile(`(://[^\s"?]*)\?[^\s"]*`)

func (e unsigned) Error() string { return signature.ReplaceAllString(e.error.Error(), "$1") }
func (e unsigned) Unwrap() error { return e.error }
