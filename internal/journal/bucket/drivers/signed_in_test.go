package drivers

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Whoever is not signed in is told so in words, and nothing of it goes to the standard output, which may be JSON.
func TestNobodySignedIn(t *testing.T) {
	t.Setenv("STORAGE_EMULATOR_HOST", "")
	t.Setenv("GOOGLE_APPLICATION_CREDENTIALS", filepath.Join(t.TempDir(), "none.json"))
	t.Setenv("AZURE_STORAGE_ACCOUNT", "")
	t.Setenv("AZURE_STORAGE_CONNECTION_STRING", "")
	out, err := os.Create(filepath.Join(t.TempDir(), "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	stdout := os.Stdout
	os.Stdout = out
	defer func() { os.Stdout = stdout }()
	for address, want := range map[string]string{
		"gs://runs":     "nobody is signed in to Google Cloud here: set GOOGLE_APPLICATION_CREDENTIALS",
		"azblob://runs": "the environment variable AZURE_STORAGE_ACCOUNT is not set",
	} {
		if _, err := Open(t.Context(), address); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v", address, err)
		}
	}
	if said, err := os.ReadFile(out.Name()); err != nil || len(said) > 0 {
		t.Errorf("the standard output has %q, %v", said, err)
	}
}
