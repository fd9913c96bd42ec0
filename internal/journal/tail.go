package journal

import (
	"bytes"
	"io"
	"os"
	"slices"
)

// tailChunk is how much of a file is read at once, from its end.
const tailChunk = 1 << 20

// tail is the end of a file without the lines of its baseline, whole lines only: at most so many bytes of them, and no more
// read than scan, which is lowered by what was. The baseline of a hundred thousand users would hide all that the run did.
func tail(path string, most int64, scan *int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	end, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return nil, err
	}
	var chunks [][]byte // the last first
	var cut []byte      // the end of a line that begins further up
	for got := int64(0); end > 0 && got < most && *scan > 0; {
		from := max(0, end-tailChunk)
		text, err := io.ReadAll(io.NewSectionReader(f, from, end-from))
		if err != nil {
			return nil, err
		}
		*scan -= end - from
		text = append(text, cut...)
		if cut = nil; from > 0 {
			at := bytes.IndexByte(text, '\n') + 1
			if at == 0 {
				at = len(text)
			}
			cut, text = text[:at:at], text[at:]
		}
		kept := withoutBaseline(text)
		chunks, got, end = append(chunks, kept), got+int64(len(kept)), from
	}
	slices.Reverse(chunks)
	return last(bytes.Join(chunks, nil), most), nil
}

// withoutBaseline leaves out the lines of a baseline.
func withoutBaseline(text []byte) []byte {
	kept := make([]byte, 0, len(text))
	for line := range bytes.Lines(text) {
		if !isBaseline(line) {
			kept = append(kept, line...)
		}
	}
	return kept
}

// isBaseline says whether a line is a part of what stood when a run ended.
func isBaseline(line []byte) bool {
	return bytes.Contains(line[:min(len(line), mostHead)], []byte(`"type":"`+typeBaseline+`"`))
}

// last is the end of a text, of so many bytes at most and of whole lines.
func last(text []byte, most int64) []byte {
	if int64(len(text)) <= most {
		return text
	}
	_, text, _ = bytes.Cut(text[int64(len(text))-most:], []byte("\n"))
	return text
}
