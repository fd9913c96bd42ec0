package config

import (
	"errors"
	"fmt"
	"strings"
	"time"
	_ "time/tzdata" // Windows has no zone database

	"github.com/hashicorp/go-version"
	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"hybrid/schema"
)

// settingsBody is what the hybrid block takes. Its windows, which have labels, are read beside it.
func settingsBody() schema.Body {
	return schema.Body{
		Of: "hybrid",
		Attrs: []schema.Attr{
			{Name: "required_version", Type: cty.String, Doc: `The versions of hybrid that may read this configuration: ">= 0.1".`},
			{Name: "journal", Type: cty.String, Doc: "The folder for the journal, relative to the configuration's, or a bucket that several machines share: azblob://, gs:// or s3://.", Check: checkJournal},
		},
		Blocks: []schema.Block{{
			Name: "guard", Doc: "Limits beyond which a plan is refused.",
			Attrs: []schema.Attr{
				{Name: "max_deletes", Type: cty.Number, Doc: "Objects deleted or replaced.", Check: checkCount},
				{Name: "max_moves", Type: cty.Number, Doc: "Users moved.", Check: checkCount},
				{Name: "max_change_ratio", Type: cty.Number, Doc: "Changed part of one kind's live objects, where there are 10 or more.", Check: checkRatio},
				{Name: "max_shrink", Type: cty.Number, Doc: "Part that a list of 10 or more may lack against the last run before it is taken for cut short.", Check: checkRatio},
				{Name: "protected_users", Type: cty.List(cty.String), Doc: `Users whom no plan moves, disables or changes: ["sip:ceo@contoso.com", "*@vip.contoso.com"].`, Check: checkUserPatterns},
				{Name: "protected_domains", Type: cty.List(cty.String), Doc: `Domains of which no plan takes anything away: ["contoso.com"].`, Check: checkDomains},
			},
		}},
		Also: []string{"window", "cloud", "clouds", "roots", "builds", "modules"}, // the last five have been read, by chooseCloud and readTables
	}
}

func windowBody() schema.Body {
	return schema.Body{Of: "window", Attrs: []schema.Attr{
		{Name: "days", Type: cty.List(cty.String), Mode: schema.Required, Doc: `The days on which it opens: ["sat", "sun"].`, Check: checkDays},
		{Name: "start", Type: cty.String, Mode: schema.Required, Doc: `When it opens: "22:00".`, Check: checkStart},
		{Name: "duration", Type: cty.String, Mode: schema.Required, Doc: `For how long it is open: "6h".`, Check: checkDuration},
		{Name: "timezone", Type: cty.String, Mode: schema.Required, Doc: `The time zone of its times: "Europe/Berlin".`, Check: checkZone},
	}}
}

// settings reads the hybrid block.
func (l *loader) settings() Settings {
	s := Settings{Journal: "journal", Guard: defaultGuard(), Windows: map[string]Window{}}
	for n, block := range l.blocks["hybrid"] {
		if n > 0 {
			l.fail(block.DefRange, "More than one hybrid block", "There is one at %s already, and a configuration has one. Put everything there.",
				schema.Place(l.blocks["hybrid"][0].DefRange))
			continue
		}
		l.readSettings(block, &s)
	}
	return s
}

func (l *loader) readSettings(block *hcl.Block, s *Settings) {
	content, rest, diags := block.Body.PartialContent(&hcl.BodySchema{Blocks: []hcl.BlockHeaderSchema{{Type: "window", LabelNames: []string{"name"}}}})
	l.add(diags)
	body := block.Body
	if !isNative(body) {
		body = rest // a JSON body reports what it was not asked for
	}
	l.keepAddress(body)
	values, ranges, diags := settingsBody().Decode(body, l.constants(body, "cloud", "clouds", "roots", "builds", "modules"))
	l.add(diags)
	setText(&s.RequiredVersion, values["required_version"])
	setText(&s.Journal, values["journal"])
	if where, ok := ranges["required_version"]; ok {
		l.checkVersion(s.RequiredVersion, where)
	}
	if guard := values["guard"]; !guard.IsNull() {
		s.Guard.read(guard, ranges)
	}
	for _, window := range content.Blocks {
		l.readWindow(window, s.Windows)
	}
}

// keepAddress remembers the address of a bucket that may hold a secret: files of JSON are searched for it before they are shown.
func (l *loader) keepAddress(body hcl.Body) {
	content, _, _ := body.PartialContent(&hcl.BodySchema{Attributes: []hcl.AttributeSchema{{Name: "journal"}}}) // what is wrong is told by who reads it
	if content == nil || content.Attributes["journal"] == nil {
		return
	}
	if v, diags := content.Attributes["journal"].Expr.Value(nil); !diags.HasErrors() && v.Type() == cty.String && v.IsKnown() && !v.IsNull() && mayHoldSecret(v.AsString()) {
		l.secrets.keep(v)
	}
}

func (l *loader) readWindow(block *hcl.Block, windows map[string]Window) {
	name := block.Labels[0]
	if earlier, ok := windows[name]; ok {
		l.fail(block.DefRange, "Window declared twice", "There is a window %q at %s already. Give this one another name.", name, schema.Place(earlier.Range))
		return
	}
	values, _, diags := windowBody().Decode(block.Body, l.constants(block.Body))
	l.add(diags)
	w := Window{Range: block.DefRange, Location: time.UTC}
	windows[name] = w // also when it is wrong, so that nobody is told that it does not exist
	if diags.HasErrors() || !cty.ObjectVal(values).IsWhollyKnown() {
		return
	}
	days, _ := values["days"].UnmarkDeep()
	for _, day := range days.AsValueSlice() {
		w.Days = append(w.Days, weekdays()[strings.ToLower(day.AsString())])
	}
	w.Hour, w.Minute, _ = clock(text(values["start"]))
	w.Duration, _ = time.ParseDuration(text(values["duration"]))
	w.Location, _ = time.LoadLocation(text(values["timezone"]))
	windows[name] = w
}

// checkVersion holds this program against required_version.
func (l *loader) checkVersion(constraint string, where hcl.Range) {
	wanted, err := version.NewConstraint(constraint)
	if err != nil {
		l.fail(where, "Not a version constraint", "required_version is %q. Write something like %q.", constraint, ">= 0.1, < 2.0")
		return
	}
	if l.Version == "" || l.Version == "dev" {
		return
	}
	if this, err := version.NewVersion(l.Version); err == nil && !wanted.Check(this.Core()) {
		l.fail(where, "Another version is required", "This configuration wants hybrid %s, and this is hybrid %s. Install a version that fits, or change the constraint.",
			constraint, l.Version)
	}
}

func checkDays(v cty.Value) error {
	if v.LengthInt() == 0 {
		return errors.New(`no day is named, so it would never open; write ["sat"]`)
	}
	for _, day := range v.AsValueSlice() {
		if day.IsNull() {
			return errors.New("a day is null; remove it")
		}
		if _, ok := weekdays()[strings.ToLower(day.AsString())]; !ok {
			return fmt.Errorf(`%q is no day of the week; write "mon", "tue", "wed", "thu", "fri", "sat" or "sun"`, day.AsString())
		}
	}
	return nil
}

func checkStart(v cty.Value) error {
	if _, _, ok := clock(v.AsString()); !ok {
		return fmt.Errorf(`%q is no time of day; write hours and minutes, "22:00"`, v.AsString())
	}
	return nil
}

func checkDuration(v cty.Value) error {
	d, err := time.ParseDuration(v.AsString())
	if err != nil || d <= 0 || d > 7*24*time.Hour {
		return fmt.Errorf(`%q is no usable span of time; write something up to a week, "6h" or "90m"`, v.AsString())
	}
	return nil
}

func checkZone(v cty.Value) error {
	name := v.AsString()
	if _, err := time.LoadLocation(name); err != nil || name == "" || strings.EqualFold(name, "local") {
		if strings.HasSuffix(name, " Standard Time") {
			return fmt.Errorf(`%q is what Windows calls a time zone; write its name in the IANA database, with capitals as there, "Europe/Berlin" or "UTC"`, name)
		}
		return fmt.Errorf(`%q is no time zone; write its name in the IANA database, with capitals as there, "Europe/Berlin" or "UTC"`, name)
	}
	return nil
}

// weekdays gives days by their short and full English names in lower case.
func weekdays() map[string]time.Weekday {
	days := map[string]time.Weekday{}
	for d := time.Sunday; d <= time.Saturday; d++ {
		name := strings.ToLower(d.String())
		days[name], days[name[:3]] = d, d
	}
	return days
}

// clock reads a time of day, hours and minutes.
func clock(s string) (hour, minute int, ok bool) {
	t, err := time.Parse("15:04", s)
	return t.Hour(), t.Minute(), err == nil
}

// text is a text value, "" where there is none.
func text(v cty.Value) string { return schema.Text(v) }

func setText(to *string, v cty.Value) {
	if s := text(v); s != "" {
		*to = s
	}
}
