package bucket_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gocloud.dev/blob"
	"gocloud.dev/blob/driver"
	"gocloud.dev/gcerrors"

	"hybrid/internal/hostile"
	"hybrid/internal/journal/bucket"
	"hybrid/internal/journal/bucket/buckettest"
)

// endless is a bucket whose list has always another page, with so many objects on it.
type endless struct {
	driver.Bucket
	objects, pages int
}

func (e *endless) ListPaged(_ context.Context, o *driver.ListOptions) (*driver.ListPage, error) {
	if err := o.BeforeList(func(any) bool { return false }); err != nil {
		return nil, err
	}
	e.pages++
	page := &driver.ListPage{NextPageToken: []byte("again")}
	for n := range e.objects {
		page.Objects = append(page.Objects, &driver.ListObject{Key: fmt.Sprintf("%sx%d", o.Prefix, n), Size: 1})
	}
	return page, nil
}

func (e *endless) ErrorCode(error) gcerrors.ErrorCode { return gcerrors.Unknown }
func (e *endless) ErrorAs(error, any) bool            { return false }
func (e *endless) Close() error                       { return nil }

// A bucket's list without end is given up, whether it holds something or nothing, page after page.
func TestAListWithoutEndEnds(t *testing.T) {
	for objects, says := range map[int]string{0: "has no end", 1: "has no end", 1000: "there are more than 1000000 objects"} {
		t.Run(fmt.Sprint(objects, " a page"), func(t *testing.T) {
			b := &endless{objects: objects}
			o := bucket.Over(blob.NewBucket(b), none{})
			for what, list := range map[string]func() error{
				"folders": func() error { _, err := o.Folders(t.Context()); return err },
				"a run":   func() error { _, err := o.List(t.Context(), "run"); return err },
			} {
				var err error
				peak := hostile.Peak(t, func() { err = list() })
				mustSay(t, err, says)
				if peak > 500<<20 || b.pages > 20_001 {
					t.Errorf("%s: %d bytes of memory, %d pages", what, peak, b.pages)
				}
			}
		})
	}
}

// No name of a run that a bucket tells leads out of the folder: nothing is written but in it, and what is there stays as it is.
func TestNamesOfRunsStayInTheFolder(t *testing.T) {
	t.Parallel()
	for _, run := range []string{"..", "../x", "../../x", `..\x`, "/etc/x", "C:x", ".hidden", "x/../../y", "", "."} {
		memory := &buckettest.Memory{}
		must(t, memory.Create(t.Context(), run+"/000001.jsonl", []byte("{}\n")))
		s := machine(t, memory, quick())
		outside := filepath.Dir(s.Dir())
		must(t, os.MkdirAll(s.Dir(), 0o700))
		must(t, os.WriteFile(filepath.Join(outside, "x.jsonl"), []byte("mine"), 0o600))
		err := s.Refresh(t.Context())
		if err != nil && !strings.Contains(err.Error(), "is no name of a run") {
			t.Errorf("%q: %v", run, err)
		}
		var found []string
		must(t, filepath.WalkDir(outside, func(path string, d os.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				found = append(found, strings.TrimPrefix(path, outside))
			}
			return err
		}))
		if text, _ := os.ReadFile(filepath.Join(outside, "x.jsonl")); string(text) != "mine" || len(found) != 1 {
			t.Errorf("%q: %q is %q", run, found, text)
		}
	}
}

// A link in the place of a run's file is replaced, and what it leads to is not written.
func TestALinkInTheFolderIsNotWrittenThrough(t *testing.T) {
	t.Parallel()
	memory := &buckettest.Memory{}
	must(t, memory.Create(t.Context(), "run/000001.jsonl", []byte("{}\n{}\n")))
	s := machine(t, memory, quick())
	must(t, os.MkdirAll(s.Dir(), 0o700))
	theirs := filepath.Join(filepath.Dir(s.Dir()), "theirs")
	must(t, os.WriteFile(theirs, []byte("mine"), 0o600))
	if err := os.Symlink(theirs, filepath.Join(s.Dir(), "run.jsonl")); err != nil {
		t.Skip("SKIPPED: no links can be made here: ", err)
	}
	must(t, s.Refresh(t.Context()))
	if text, _ := os.ReadFile(theirs); string(text) != "mine" {
		t.Errorf("what the link leads to is now %q", text)
	}
}
