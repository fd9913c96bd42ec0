package schema

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

func golden(t *testing.T, path string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

func TestReference(t *testing.T) {
	t.Parallel()
	one := track()
	one.Example = "track \"1\" {\n}"
	golden(t, "testdata/reference.golden", []byte(Reference([]*Kind{station(), one}, []*System{railway()})))
}

func TestJSONSchema(t *testing.T) {
	t.Parallel()
	compact, err := json.Marshal(JSONSchema([]*Kind{station(), track()}, []*System{railway()}))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := json.Indent(&b, compact, "", "  "); err != nil {
		t.Fatal(err)
	}
	b.WriteByte('\n')
	golden(t, "testdata/schema.golden", b.Bytes())
}
