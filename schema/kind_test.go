package schema

import (
	"errors"
	"strings"

	"github.com/zclconf/go-cty/cty"
)

// station is a kind with every sort of attribute.
func station() *Kind {
	return &Kind{
		Name: "station", Doc: "A station of the line. Trains stop there.", System: "railway", Labels: []string{"identity", "line"}, After: []First{{Kind: "track", Why: "it is needed"}},
		Remote: Cmdlet{Noun: "CsStation", Update: "Change"},
		Attrs: []Attr{
			{Name: "line", Type: cty.String, OneOf: []string{"North", "South"}, Doc: "The line."},
			{Name: "zone", Type: cty.String, Mode: Required, OneOf: []string{"Inner", "Outer"}, Default: cty.StringVal("Inner"), Doc: "The fare zone."},
			{Name: "platforms", Type: cty.Number, Mode: Required, ForceNew: true, Doc: "How many platforms it has.", Check: func(v cty.Value) error {
				if v.AsBigFloat().Sign() <= 0 {
					return errors.New("a station has platforms; write 1 or more")
				}
				return nil
			}},
			{Name: "names", Type: cty.Set(cty.String), Prop: "DisplayNames", Doc: "What it is called."},
			{Name: "open", Type: cty.Bool, Default: cty.True, Doc: "Whether trains stop."},
			{Name: "pin", Type: cty.String, Sensitive: true, WriteOnly: true, Doc: "Four digits.", Check: func(v cty.Value) error {
				if len(v.AsString()) != 4 {
					return errors.New("not " + v.AsString())
				}
				return nil
			}},
			{Name: "seal", Type: cty.String, Sensitive: true, Doc: "The seal."},
			{Name: "founder", Type: cty.String, Initial: true, Doc: "Who built it."},
			{Name: "visits", Type: cty.Number, Mode: Computed, Doc: "How many trains stopped."},
		},
		Blocks: []Block{
			{Name: "clock", Doc: "The station's clock.", Attrs: []Attr{
				{Name: "maker", Type: cty.String, Mode: Required, Doc: "Who made it."}, {Name: "offset", Type: cty.Number, Doc: "Seconds it is wrong by."},
			}},
			{Name: "survey", Doc: "How it is counted.", Attrs: []Attr{{Name: "every", Type: cty.Number, Settings: true, Doc: "Days."}}},
		},
		Rules: []Rule{
			{Attrs: []string{"zone", "platforms"}, Doc: "Outer stations have at most two platforms.", Check: func(v map[string]cty.Value) string {
				if !v["zone"].IsNull() && v["zone"].AsString() == "Outer" && !v["platforms"].IsNull() && v["platforms"].GreaterThan(cty.NumberIntVal(2)).True() {
					return "A station in the outer zone has at most two platforms. Put it into the inner zone."
				}
				return ""
			}},
			{Attrs: []string{"identity", "pin"}, Doc: "The PIN is not in the name.", Check: func(v map[string]cty.Value) string {
				if !v["identity"].IsNull() && !v["pin"].IsNull() && strings.Contains(v["identity"].AsString(), v["pin"].AsString()) {
					return "The PIN " + v["pin"].AsString() + " is in the name."
				}
				return ""
			}},
		},
	}
}

func railway() *System {
	return &System{
		Name: "railway", Doc: "The company. It owns the lines.", Named: true,
		Attrs:  []Attr{{Name: "office", Type: cty.String, Mode: Required, Doc: "The head office."}, {Name: "password", Type: cty.String, Sensitive: true, Doc: "The password."}},
		Blocks: []Block{{Name: "key", Doc: "The key.", Attrs: []Attr{{Name: "secret", Type: cty.String, Mode: Required, Sensitive: true, Doc: "The secret."}}}},
		Rules: []Rule{{Attrs: []string{"key", "password"}, Doc: "A key or a password.", Check: func(v map[string]cty.Value) string {
			if !v["key"].IsNull() && !v["password"].IsNull() {
				return "There is a key and a password. Remove one."
			}
			return ""
		}}},
	}
}

func track() *Kind {
	return &Kind{
		Name: "track", Doc: "The track.", System: "railway", Singleton: true, Remote: Cmdlet{Noun: "CsTrack"},
		Attrs: []Attr{{Name: "gauge", Type: cty.Number, Doc: "Millimetres."}},
	}
}
