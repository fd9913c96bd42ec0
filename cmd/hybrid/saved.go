package main

import (
	"bufio"
	"bytes"
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
	"hybrid/internal/estimate"
	"hybrid/internal/render"
	"hybrid/planner"
)

// planFormat is the format of saved plans that this program writes and reads.
const planFormat = "hybrid-plan-2"

// mostPlan is how large a plan file may be, in bytes: one of 100,000 users has some 100 MB.
const mostPlan = 2 << 30

// A plan file is three lines of JSON: a seal, what is known of the plan's making, and the plan. The ID in the seal is the
// SHA-256 of the other two, which anybody can hold against it: tail -n +2 saturday.plan | sha256sum.
type seal struct {
	Format string `json:"format"`
	ID     string `json:"id"`
}

// making is what is known of how a saved plan was made.
type making struct {
	Version       string    `json:"version"`          // of the program
	Name          string    `json:"name"`             // of the configuration
	Header        string    `json:"header,omitempty"` // where it leads: "contoso (skype fe01.contoso.com)"
	Configuration string    `json:"configuration"`    // its digest
	Commit        *revision `json:"commit,omitempty"` // nil where the configuration is in no repository, or git is not there
	Who           string    `json:"who,omitempty"`
	Host          string    `json:"host,omitempty"`
	At            time.Time `json:"at"` // when live state had been read, UTC

	Lab      bool `json:"lab,omitempty"`       // made of the lab's estate, and good for nothing else
	LowerTTL bool `json:"lower_ttl,omitempty"` // only of TTLs, ahead of the plan proper
	scope

	Refusals  []planner.Refusal  `json:"refusals,omitempty"`  // the guards that the plan does not pass
	Overrides []planner.Override `json:"overrides,omitempty"` // those that are set aside with it
	Shrunk    []engine.Shrunk    `json:"shrunk,omitempty"`    // lists that are taken for the truth though they are shorter than at the last run

	Read       []engine.Read      `json:"read"` // what was read, by source
	RoundTrips int64              `json:"round_trips,omitempty"`
	Estimate   *estimate.Estimate `json:"estimate,omitempty"`
	Changes    string             `json:"approves"` // their digest: that of the approval
}

// saved is a plan file that has been read.
type saved struct {
	seal
	making
	plan             *planner.Plan
	nodes            []*planner.Node
	steps            func(planner.Change) planner.Steps
	planner.Approval // what the plan approves
}

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
		return "", fmt.Errorf("the plan is not saved: %w.\nName a file with --out in a folder that is there, that you may write to, and that has room", err)
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
		return "", fmt.Errorf("the plan is not saved: %w.\nName a file with --out in a folder that is there, that you may write to, and that has room", errors.Join(err, os.Remove(part)))
	}
	return path, nil
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
	f, err := os.CreateTemp(dir, s.config.Name+".plan.*.part")
	if err != nil {
		return "", "", err
	}
	id, err = a.writeSealed(f, s, sc, p, overrides)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return "", "", errors.Join(err, os.Remove(f.Name()))
	}
	return f.Name(), id, nil
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
		Version: build(), Name: s.config.Name, Header: s.header(), Configuration: s.config.Digest, Commit: revisionOf(s.config),
		Who: who(), Host: host, At: time.Now().UTC(),
		Lab: s.lab != nil, LowerTTL: p.Later != nil, scope: sc,
		Refusals: withoutSecrets(p), Overrides: overrides, Shrunk: s.engine.Taken(),
		Read: p.Read(), RoundTrips: p.RoundTrips, Estimate: a.estimate(s, p.Plan, 0), Changes: planner.Digest(p.Plan),
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

// isPlan says whether an argument is a saved plan rather than a folder.
func isPlan(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return !errors.Is(err, fs.ErrNotExist)
}

func readPlan(path string) (*saved, error) {
	content, err := bounded.File(path, mostPlan)
	if bounded.TooLarge(err) {
		return nil, fmt.Errorf("%w: it is not a saved plan", err)
	}
	if err != nil {
		return nil, err
	}
	return parsePlan(content, path)
}

// parsePlan reads a plan file. What was changed after it was made is refused before anything in it is believed.
func parsePlan(content []byte, path string) (*saved, error) {
	if how := mangled(content); how != "" {
		return nil, refuse("%s is not as it was written: %s. Nobody need have meant to change it; send it as it is, packed or as an attachment, and tell git that it is no text (`*.plan -text` in .gitattributes).", path, how)
	}
	head, body, _ := bytes.Cut(content, []byte("\n"))
	var file saved
	if err := json.Unmarshal(head, &file.seal); err != nil || file.Format == "" {
		return nil, fmt.Errorf("%s is not a saved plan; `hybrid plan --out FILE` writes one", path)
	}
	if file.Format != planFormat {
		return nil, fmt.Errorf("%s is of the format %s, and this version reads %s: plan again with this version", path, file.Format, planFormat)
	}
	if sum := sha256.Sum256(body); file.ID != hex.EncodeToString(sum[:]) {
		return nil, refuse("%s was changed after it was made, or did not arrive whole. Plan again.", path)
	}
	if err := file.open(body); err != nil {
		return nil, fmt.Errorf("%s was made by another build of hybrid (%s), and this one cannot read it: %w. Plan again", path, file.Version, err)
	}
	return &file, nil
}

// mangled says what programs that carry texts have done to a plan file; "" where they have done nothing that shows.
func mangled(content []byte) string {
	switch {
	case bytes.HasPrefix(content, []byte("\xff\xfe{\x00")), bytes.HasPrefix(content, []byte("\xfe\xff\x00{")):
		return "it has become UTF-16, as redirecting in Windows PowerShell makes it"
	case bytes.HasPrefix(content, []byte("\xef\xbb\xbf{\"format\":\"hybrid-plan-")):
		return "a byte order mark was put before it, as editors and Windows PowerShell do"
	case bytes.HasPrefix(content, []byte(`{"format":"hybrid-plan-`)) && bytes.HasSuffix(content, []byte("\r\n")):
		return "its lines end as those of Windows, as git or a mail program makes them"
	}
	return ""
}

// open reads what the seal is of.
func (f *saved) open(body []byte) error {
	dec := json.NewDecoder(bufio.NewReader(bytes.NewReader(body)))
	dec.DisallowUnknownFields()
	dec.UseNumber()
	var written planner.Written
	if err := errors.Join(dec.Decode(&f.making), dec.Decode(&written)); err != nil {
		return err
	}
	if _, err := dec.Token(); err != io.EOF {
		return fmt.Errorf("something follows the plan")
	}
	_, kinds := declarations()
	var err error
	issue := &engine.Engine{Systems: systems()}
	if f.plan, f.nodes, f.steps, err = written.Plan(kinds, issue.Steps); err != nil {
		return err
	}
	if f.Approval = planner.Approve(f.plan); f.Digest != f.making.Changes {
		return fmt.Errorf("its changes are not those that were planned")
	}
	return nil
}

// refuse is a refusal before anything was done.
func refuse(format string, args ...any) error {
	return &engine.Refused{Reasons: []string{fmt.Sprintf(format, args...)}}
}

// fits refuses a saved plan that another build has made, or that is of another configuration or estate.
func (f *saved) fits(s *session) error {
	switch {
	case f.Version != build():
		return refuse("the plan was made by hybrid %s, and this is hybrid %s, which may do it otherwise. Plan again with this version, or apply with that one.", f.Version, build())
	case f.Lab && s.lab == nil:
		return refuse("the plan was made in the lab and says nothing about the real estate. Plan without --lab.")
	case !f.Lab && s.lab != nil:
		return refuse("the plan was made of the real estate, not of the lab. Leave out --lab, or plan with it.")
	case f.Configuration != s.config.Digest:
		return refuse("the configuration is not the one that was planned%s: its files, or the values of its variables, have changed. %sApply with the files, --var and --var-file that it was planned with, or plan again.", f.Commit.from(), f.elsewhere(s))
	}
	return nil
}

// elsewhere says that a saved plan was made in a folder of another name, which may as well hold the same; otherwise it is empty.
func (f *saved) elsewhere(s *session) string {
	if f.Name == s.config.Name {
		return ""
	}
	return fmt.Sprintf("The plan is of %s, and this is %s. ", f.Name, s.config.Name)
}

// origin says in a sentence who made a plan, when, and of what.
func (f *saved) origin() string {
	text := "Planned " + f.At.Format("2006-01-02 15:04 MST")
	if f.Who != "" {
		text += " by " + f.Who
	}
	if f.Host != "" {
		text += " on " + f.Host
	}
	return fmt.Sprintf("%s%s; plan %.12s.", text, f.Commit.from(), f.ID)
}
