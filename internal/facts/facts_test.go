package facts

import (
	"strings"
	"testing"
)

type colours struct {
	File
	Colours map[string]string `json:"colours"`
}

func TestRead(t *testing.T) {
	t.Parallel()
	var f colours
	err := Read("colours", []byte(`{"about":"x","schema":1,"as_of":"2026-11-22","sources":{"a":"A book","b":"B page"},"colours":{"sky":"blue"}}`), &f)
	if err != nil || f.Colours["sky"] != "blue" || f.AsOf != "2026-11-22" {
		t.Errorf("%+v, %v", f, err)
	}
	for keys, want := range map[string]string{"a": "A book", "a+b": "A book; B page", "a page": "a page", "": "", "a+here": "A book; here"} {
		if got := f.Source(keys); got != want {
			t.Errorf("%q: %q", keys, got)
		}
	}
}

func TestWhatIsNoFileOfFacts(t *testing.T) {
	t.Parallel()
	for src, want := range map[string]string{
		`{`:                         "it is no file of colours: ",
		``:                          "it is no file of colours: ",
		`[]`:                        "it is no file of colours: ",
		`{"schema":1,"colors":{}}`:  `unknown field "colors"`,
		`{"schema":2}`:              `this version reads files of colours with "schema": 1`,
		`{}`:                        `with "schema": 1`,
		`{"schema":1,"colours":[]}`: "cannot unmarshal array",
	} {
		if err := Read("colours", []byte(src), &colours{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", src, err)
		}
	}
}
