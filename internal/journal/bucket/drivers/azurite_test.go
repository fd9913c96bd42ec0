package drivers

import (
	"bufio"
	"context"
	"errors"
	"net"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob"

	"hybrid/internal/journal"
	"hybrid/internal/journal/bucket"
	"hybrid/internal/journal/bucket/buckettest"
)

// The account that Azurite has, as its documentation says.
const (
	account = "devstoreaccount1"
	key     = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
)

// azurite starts the emulator of Azure Blob Storage and gives its host and port.
func azurite(t *testing.T) string {
	t.Helper()
	program, err := exec.LookPath("azurite-blob")
	if err != nil {
		t.Skip("SKIPPED: no azurite-blob on PATH (npm install azurite), so the journal was NOT tested in a bucket of Azure's emulator")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	l.Close()
	_, port, _ := net.SplitHostPort(address)
	cmd := exec.Command(program, "--blobPort", port, "--location", t.TempDir(), "--skipApiVersionCheck", "--disableTelemetry", "--silent")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if strings.Contains(lines.Text(), "successfully list") {
			go func() {
				for lines.Scan() {
				}
			}()
			return address
		}
	}
	t.Fatal("azurite-blob ended before it listened")
	return ""
}

// container makes one, and gives its URL.
func container(t *testing.T, address, name string) string {
	t.Helper()
	credential, err := azblob.NewSharedKeyCredential(account, key)
	if err != nil {
		t.Fatal(err)
	}
	client, err := azblob.NewClientWithSharedKeyCredential("http://"+address+"/"+account, credential, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.CreateContainer(t.Context(), name, nil); err != nil {
		t.Fatal(err)
	}
	return "azblob://" + name + "?localemu=true&protocol=http&domain=" + url.QueryEscape(address)
}

// TestAzurite holds the driver for Azure against a real server.
func TestAzurite(t *testing.T) {
	t.Setenv("AZURE_STORAGE_ACCOUNT", account)
	t.Setenv("AZURE_STORAGE_KEY", key)
	address := azurite(t)
	t.Run("contract", func(t *testing.T) {
		o, err := Open(t.Context(), container(t, address, "contract"))
		if err != nil {
			t.Fatal(err)
		}
		buckettest.Contract(t, o)
	})
	t.Run("prefix", func(t *testing.T) {
		where := container(t, address, "prefix")
		o, err := Open(t.Context(), where+"&prefix=contoso") // without the slash at the end
		if err != nil {
			t.Fatal(err)
		}
		if err := o.Create(t.Context(), "a/1", nil); err != nil {
			t.Fatal(err)
		}
		whole, err := Open(t.Context(), where)
		if err != nil {
			t.Fatal(err)
		}
		if folders, err := whole.Folders(t.Context()); err != nil || len(folders) != 1 || folders[0] != "contoso" {
			t.Errorf("folders %q, %v", folders, err)
		}
	})
	t.Run("journal", func(t *testing.T) { runInBucket(t, container(t, address, "journal")) })
	t.Run("none", func(t *testing.T) {
		s := store(t, strings.Replace(container(t, address, "some"), "://some", "://none", 1))
		if err := s.Refresh(t.Context()); err == nil || !strings.Contains(err.Error(), "Look whether the bucket is there") {
			t.Errorf("got %v", err)
		}
	})
}

func store(t *testing.T, where string) *bucket.Store {
	return bucket.New(bucket.Options{
		Name: where, Dir: t.TempDir(), Term: time.Hour,
		Open: func(ctx context.Context) (bucket.Objects, error) { return Open(ctx, where) },
	})
}

// runInBucket writes a run from one machine and reads it on another.
func runInBucket(t *testing.T, where string) {
	here, there := store(t, where), store(t, where)
	j, err := journal.BeginIn(t.Context(), here, journal.Run{ID: "r1", Command: "apply", Who: "ada"})
	if err != nil {
		t.Fatal(err)
	}
	entry := journal.Entry{Address: "a", Action: "create", Commands: []string{strings.Repeat("x", 9<<20)}} // several objects' worth
	if err := j.Intent(entry); err != nil {
		t.Fatal(err)
	}
	if err := there.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	path, err := journal.Find(there.Dir(), "r1")
	if err != nil {
		t.Fatal(err)
	}
	if past, err := journal.Read(path); err != nil || len(past.Open()) != 1 || past.Open()[0].Fence != 1 {
		t.Fatalf("the other machine reads %v", err)
	}
	if err := j.End(journal.Summary{Result: journal.Done}); err != nil {
		t.Fatal(err)
	}
	if err := there.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	mine, err1 := os.ReadFile(j.Path())
	others, err2 := os.ReadFile(path)
	if err := errors.Join(err1, err2); err != nil || string(mine) != string(others) {
		t.Errorf("the copies differ: %d and %d bytes, %v", len(mine), len(others), err)
	}
}
