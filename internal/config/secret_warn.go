package config

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"runtime"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
)

// fetching says whether a source may be asked for a secret: any, until files are sealed, and then those that have been asked.
func (f *files) fetching(key string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.sealed {
		return f.fetched[key]
	}
	f.fetched[key] = true
	return true
}

// remark keeps what a program said beside the secret.
func (f *files) remark(who, said string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if said != "" {
		f.remarks[who] = said
	}
}

// warnOfSecrets tells what programs said that were asked for secrets, and which files of secrets others can read.
func (l *loader) warnOfSecrets() {
	for _, who := range slices.Sorted(maps.Keys(l.files.remarks)) {
		l.remarkOn("A program that gave a secret said something", fmt.Sprintf("secret_command: %q said: %s.", who, strings.TrimSuffix(l.files.remarks[who], ".")))
	}
	for _, name := range l.files.open() {
		l.remarkOn("A file of secrets is open to others", fmt.Sprintf("%s holds a secret, and every user of this machine can read or change it: chmod 600 %s.", name, name))
	}
}

// remarkOn warns of what no one line is the cause of.
func (l *loader) remarkOn(summary, detail string) {
	l.diags = append(l.diags, &hcl.Diagnostic{Severity: hcl.DiagWarning, Summary: summary, Detail: detail})
}

// open lists the files of secrets that others may read or write than their owner and the group, as they lie from here. Windows goes by lists that Go
// does not read.
func (f *files) open() (names []string) {
	if runtime.GOOS == "windows" {
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(f.secret)) {
		info, err := os.Stat(f.at(name))
		if f.secret[name] && err == nil && othersMay(info.Mode()) {
			names = append(names, f.at(name))
		}
	}
	return names
}

func othersMay(mode fs.FileMode) bool { return mode.Perm()&0o006 != 0 }
