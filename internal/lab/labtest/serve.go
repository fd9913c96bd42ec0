// Package labtest starts the program's lab as a process of its own, for tests and measurements of the program.
package labtest

import (
	"bufio"
	"errors"
	"io"
	"os/exec"
	"regexp"
	"strings"
)

// Placeholders are the variables of a configuration that leads to a lab before it serves, as the environment gives them: a port, a
// password and a fingerprint that are nobody's.
func Placeholders() []string {
	return []string{"HYBRID_VAR_port=1", "HYBRID_VAR_password=x", "HYBRID_VAR_fingerprint=" + strings.Repeat("00:", 31) + "00"}
}

// told is what `hybrid lab serve` prints of its listener and how to sign in there.
var told = regexp.MustCompile(`127\.0\.0\.1:(\d+)/wsman|(password|fingerprint) +(\S+)`)

// Serve starts a `hybrid lab serve`, waits until it serves, and gives the variables that lead a configuration there, in the form of
// [Placeholders]. What it prints later is dropped. To end the process, if there is one, is the caller's, after an error too.
func Serve(lab *exec.Cmd) (variables []string, err error) {
	out, err := lab.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := lab.Start(); err != nil {
		return nil, err
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if strings.HasPrefix(lines.Text(), "Serving") {
			go func() { _, _ = io.Copy(io.Discard, out) }() // so that it never waits for a reader
			return variables, nil
		}
		if found := told.FindStringSubmatch(lines.Text()); found != nil && found[1] != "" {
			variables = append(variables, "HYBRID_VAR_port="+found[1])
		} else if found != nil {
			variables = append(variables, "HYBRID_VAR_"+found[2]+"="+found[3])
		}
	}
	return nil, errors.New("the lab ended before it served")
}
