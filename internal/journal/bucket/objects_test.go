package bucket_test

import (
	"errors"
	"fmt"
	"net/url"
	"syscall"
	"testing"

	"hybrid/internal/journal/bucket"
)

// A signature that signs in to Azure is a part of the address of every request, and errors of the network name that address.
func TestErrorsOfBucketsDoNotShowASignature(t *testing.T) {
	t.Parallel()
	refused := &url.Error{Op: "Put", URL: "https://contoso.blob.core.windows.net/runs/a?sig=hunter22%2B&ss=b", Err: syscall.ECONNREFUSED}
	err := bucket.Plain(fmt.Errorf("blob (key %q): %w", "a", refused))
	want := `blob (key "a"): Put "https://contoso.blob.core.windows.net/runs/a": connection refused`
	if err.Error() != want {
		t.Errorf("told as %v, not %s", err, want)
	}
	if !errors.Is(err, syscall.ECONNREFUSED) {
		t.Error("the cause is lost")
	}
	if bucket.Plain(nil) != nil {
		t.Error("nothing went wrong, and that is an error")
	}
}
