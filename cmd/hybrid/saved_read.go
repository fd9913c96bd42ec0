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
	"os"

	"hybrid/internal/bounded"
	"hybrid/internal/engine"
	"hybrid/planner"
)

// isPlan says whether an argument is a saved plan rather than a folder.
func isPlan(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
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
		return errors.New("something follows the plan")
	}
	_, kinds := declarations()
	var err error
	issue := &engine.Engine{Systems: systems()}
	if f.plan, f.nodes, f.steps, err = written.Plan(kinds, issue.Steps); err != nil {
		return err
	}
	if f.Approval = planner.Approve(f.plan); f.Digest != f.making.Changes {
		return errors.New("its changes are not those that were planned")
	}
	return nil
}
