package docs_test

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
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
		"--window-size=1000,1400", "--screenshot="+taken, "file://"+filepath.Join(dir, "plan.html")).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	frame(t, taken)
	smaller := exec.Command("pngquant", "--force", "--ext", ".png", taken)
	if out, err := smaller.CombinedOutput(); err != nil && !errors.Is(err, exec.ErrNotFound) {
		t.Fatalf("%v\n%s", err, out)
	}
	if err := os.WriteFile(pagePicture, []byte(read(t, taken)), 0o644); err != nil {
		t.Fatal(err)
	}
}

// frame keeps the upper part of a picture, down to where the drawing of the order ends (Chromium may leave the lowest part of its
// window out), and draws a line around it, so that it stands out from a page that is as white as it is.
func frame(t *testing.T, path string) {
	shown, err := png.Decode(strings.NewReader(read(t, path)))
	if err != nil {
		t.Fatal(err)
	}
	all := image.Rect(0, 0, shown.Bounds().Dx(), 1090)
	framed := image.NewRGBA(all)
	draw.Draw(framed, all, image.NewUniform(color.Gray{Y: 0x80}), image.Point{}, draw.Src)
	draw.Draw(framed, all.Inset(1), shown, image.Pt(1, 1), draw.Src)
	var content bytes.Buffer
	if err := errors.Join(png.Encode(&content, framed), os.WriteFile(path, content.Bytes(), 0o600)); err != nil {
		t.Fatal(err)
	}
}
