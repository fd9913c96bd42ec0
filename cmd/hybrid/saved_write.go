package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"hybrid/internal/bounded"
	"hybrid/internal/engine"
	"hybrid/internal/render"
	"hybrid/planner"
)

// savePlan writes a plan file, whole or not at all.
func (a *app) savePlan(path string, s *session, sc scope, p *engine.Planned, overrides []planner.Override) (string, error) {
	dir, within := filepath.Dir(path), false
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		dir, within = path, true
	} else if err := replaceable(path); err != nil {
		return "", err
	}
	part, id, err := a.writePart(dir, s, sc, p, overrides)
	if err != nil {
		return "", unsaved(err)
	}
	if within {
		path = filepath.Join(path, fmt.Sprintf("%s-%.12s.plan", s.config.Name, id))
		err = replaceable(path)
	}
	if err == nil {
		err = readable(part, path)
	}
	if err != nil {
		return "", errors.Join(err, os.Remove(part))
	}
	if err := os.Rename(part, path); err != nil {
		return "", unsaved(errors.Join(err, os.Remove(part)))
	}
	return path, nil
}

// unsaved is the error of a plan for which there is no place.
func unsaved(err error) error {
	return fmt.Errorf("the plan is not saved: %w.\nName a file with --out in a folder that is there, that you may write to, and that has room", err)
}

// savable refuses a path at which no plan can be saved, before anything is read; "" is for no plan.
func savable(path string) error {
	if path == "" {
		return nil
	}
	if path == "-" {
		return errors.New("--out -: a plan is saved as a file, which apply reads: name one, such as --out saturday.plan. --json writes the plan to standard output, for programs to read")
	}
	dir := path
	if info, err := os.Stat(path); err != nil || !info.IsDir() {
		if err := replaceable(path); err != nil {
			return err
		}
		dir = filepath.Dir(path)
	}
	f, err := partIn(dir, "try")
	if err != nil {
		return unsaved(err)
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

// partIn makes the file that a plan of a configuration is written to before it has its name.
func partIn(dir, name string) (*os.File, error) {
	f, err := os.CreateTemp(dir, name+".plan.*.part")
	if err != nil {
		return nil, fmt.Errorf("no file can be made in the folder %s: %w", dir, withoutPath(err))
	}
	return f, nil
}

// readable refuses what has been written and could not be read back: that must not be approved.
func readable(part, path string) error {
	info, err := os.Stat(part)
	if err != nil {
		return fmt.Errorf("the plan cannot be saved: %w", err)
	}
	if info.Size() > mostPlan {
		return fmt.Errorf("the plan cannot be saved: it has %s, and no more than %s would be read again. Plan parts of it with --target, or a file a wave", bounded.Size(info.Size()), bounded.Size(mostPlan))
	}
	content, err := bounded.File(part, mostPlan)
	if err == nil {
		_, err = parsePlan(content, path)
	}
	if err != nil {
		return fmt.Errorf("the plan cannot be saved: %w", err)
	}
	return nil
}

// replaceable refuses to write a plan over anything that is none: a configuration, a device.
func replaceable(path string) error {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil && info.Mode().IsRegular() {
		var is bool
		if is, err = beginsAsPlan(path); is {
			return nil
		}
	}
	if err != nil {
		return fmt.Errorf("--out %s: it is there, and what it is cannot be told: %w", path, err)
	}
	return fmt.Errorf("--out %s: it is there and is not a saved plan, so it is left as it is. Name another file", path)
}

// beginsAsPlan says whether a file is empty, or begins as plan files do.
func beginsAsPlan(path string) (bool, error) {
	f, err := os.Open(path)
	if err != nil {
		return false, err
	}
	defer f.Close()
	begin, err := io.ReadAll(io.LimitReader(f, int64(len(planBegin))))
	return err == nil && (len(begin) == 0 || string(begin) == planBegin), err
}

// planBegin is what plan files of any format begin with.
const planBegin = `{"format":"hybrid-plan-`

// writePart writes a plan file for its owner only, under a name that is not its own: a plan that is cut off is never there. It gives
// that name and the plan's ID, and leaves nothing where it fails.
func (a *app) writePart(dir string, s *session, sc scope, p *engine.Planned, overrides []planner.Override) (path, id string, err error) {
	f, err := partIn(dir, s.config.Name)
	if err != nil {
		return "", "", err
	}
	id, err = a.writeSealed(f, s, sc, p, overrides)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return "", "", errors.Join(err, os.Remove(f.Name()))
	}
	return f.Name(), id, nil
}

// withoutPath is an error of the file system without the path, where that would be one that nobody has named.
func withoutPath(err error) error {
	var of *fs.PathError
	if errors.As(err, &of) {
		return of.Err
	}
	return err
}

// writeSealed writes the three lines, and the first once more when the ID is known, which is as long as what stood for it.
func (a *app) writeSealed(f *os.File, s *session, sc scope, p *engine.Planned, overrides []planner.Override) (id string, err error) {
	head := func() []byte {
		text, _ := json.Marshal(seal{planFormat, id}) // two texts always encode
		return append(text, '\n')
	}
	id = strings.Repeat("0", hex.EncodedLen(sha256.Size))
	if _, err := f.Write(head()); err != nil {
		return "", err
	}
	sum := sha256.New()
	if err := a.writeBody(io.MultiWriter(f, sum), s, sc, p, overrides); err != nil {
		return "", err
	}
	id = hex.EncodeToString(sum.Sum(nil))
	_, err = f.WriteAt(head(), 0)
	return id, err
}

// writeBody writes what the ID of a plan file is taken of.
func (a *app) writeBody(to io.Writer, s *session, sc scope, p *engine.Planned, overrides []planner.Override) error {
	host, _ := os.Hostname() // "" is then what is known
	made := making{
		Version: build(), Name: s.config.Name, Header: s.header(), Configuration: s.config.Digest, Commit: a.revision(s.config),
		Who: who(), Host: host, At: time.Now().UTC(),
		Lab: s.lab != nil, LowerTTL: p.Later != nil, scope: sc,
		Refusals: withoutSecrets(p), Overrides: overrides, Shrunk: s.engine.Taken(),
		Read: p.Read(), RoundTrips: p.RoundTrips, Estimate: a.estimate(s, p.Plan, 0, false), Changes: planner.Digest(p.Plan),
	}
	writing := planner.Writing{Redact: render.Redact(p.Plan), Steps: s.engine.Steps}
	enc := json.NewEncoder(to)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(made); err != nil {
		return err
	}
	return enc.Encode(writing.Write(p.Plan, s.graph(p)))
}

// withoutSecrets are the refusals of a plan, fit to be written down.
func withoutSecrets(p *engine.Planned) []planner.Refusal {
	redact, all := render.Redact(p.Plan), slices.Clone(p.Refusals)
	for i := range all {
		all[i].Text = redact(all[i].Text)
	}
	return all
}
