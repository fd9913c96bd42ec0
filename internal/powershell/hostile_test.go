package powershell

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"io"
	"strings"
	"testing"

	"hybrid/internal/hostile"
)

// packed is a line of the agent whose text is a beginning and a piece again and again, without being in memory.
func packed(begin, piece string, size int) []byte {
	var b bytes.Buffer
	b.Write(markGzip)
	text := base64.NewEncoder(base64.StdEncoding, &b)
	w := gzip.NewWriter(text)
	_, _ = io.WriteString(w, begin)
	block := strings.Repeat(piece, 1<<20/len(piece))
	for written := 0; written < size; written += len(block) {
		_, _ = io.WriteString(w, block)
	}
	_ = w.Close()
	_ = text.Close()
	return b.Bytes()
}

// A line of some hundred thousand bytes can be unpacked to any size, and values of two bytes take fifty in memory.
func TestAnswersThatUnpackWithoutEnd(t *testing.T) {
	const room = 1300 << 20 // the largest answer, and as much again twice while the decoder's buffer grows
	for _, c := range []struct{ name, begin, piece, says string }{
		{"a text", `{"id":1,"rows":["`, "x", "an answer is longer than 256 MiB"},
		{"numbers", `{"id":1,"rows":[`, "0,", "holds more than 4000000 values"},
		{"objects", `{"id":1,"rows":[`, `{"a":{}},`, "holds more than 4000000 values"},
		{"depth", `{"id":1,"rows":[`, `[`, "an answer cannot be read"},
	} {
		line := packed(c.begin, c.piece, maxAnswer+1<<20)
		if len(line) > 4<<20 {
			t.Fatalf("%s: the line itself has %d bytes", c.name, len(line))
		}
		var err error
		peak := hostile.Peak(t, func() { _, err = readAnswer(line) })
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", c.name, err)
		}
		if peak > room {
			t.Errorf("%s: it took %d bytes of memory", c.name, peak)
		}
	}
}

// What the largest answers of an estate hold passes: 500 objects of 400 properties.
func TestLargeAnswersPass(t *testing.T) {
	object := `{` + strings.TrimSuffix(strings.Repeat(`"property":"a value, and another",`, 400), ",") + `},`
	line := []byte(`#hybrid z ` + pack(`{"id":1,"rows":[`+strings.TrimSuffix(strings.Repeat(object, 500), ",")+`]}`))
	a, err := readAnswer(line)
	if err != nil || len(a.Rows) != 500 {
		t.Error(err)
	}
}
