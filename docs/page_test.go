package docs_test

import (
	"bytes"
	"errors"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

const pagePicture = "pictures/page.png"

// TestThePictureOfThePage sees to it that the picture of a plan's HTML page is one, and small enough for a README. With -update
// it is taken anew, in Chromium; pngquant makes it smaller where that is there.
func TestThePictureOfThePage(t *testing.T) {
	t.Parallel()
	if *update {
		photograph(t)
	}
	content := read(t, pagePicture)
	size, err := png.DecodeConfig(bytes.NewReader([]byte(content)))
	if err != nil || size.Width < 800 || size.Height < 600 || len(content) > 150_000 {
		t.Errorf("%s is %d x %d, %d bytes, %v", pagePicture, size.Width, size.Height, len(content), err)
	}
}

func photograph(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(filepath.Join(dir, "examples"), os.DirFS(filepath.Join("..", "examples"))); err != nil {
		t.Fatal(err)
	}
	if out, code := run(t, "sh", dir, "hybrid plan --lab --format html examples/teams-only >plan.html"); code != 0 {
		t.Fatal(out)
	}
	taken := filepath.Join(dir, "page.png")
	out, err := exec.Command("chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
		"--disable-component-update", "--disable-sync", "--no-first-run", "--hide-scrollbars", "--user-data-dir="+dir,
		"--window-size=1000,1100", "--screenshot="+taken, "file://"+filepath.Join(dir, "plan.html")).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	smaller := exec.Command("pngquant", "--force", "--ext", ".png", taken)
	if out, err := smaller.CombinedOutput(); err != nil && !errors.Is(err, exec.ErrNotFound) {
		t.Fatalf("%v\n%s", err, out)
	}
	if err := os.WriteFile(pagePicture, []byte(read(t, taken)), 0o644); err != nil {
		t.Fatal(err)
	}
}
