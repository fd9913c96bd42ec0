package architecture_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

// writers are all places that make a file or a folder, and the mode that they say. Each is written down in docs/security.md; one that is
// new has to be added here, there, and to the story file_modes. What has no mode is made for its owner alone by the library
// (os.CreateTemp, os.MkdirTemp), or is opened to be added to.
var writers = []string{
	"cmd/hybrid/apply_checks_users.go MkdirAll 0o700",
	"cmd/hybrid/failed.go OpenFile 0o600",
	"cmd/hybrid/init.go CopyFS", // a template, the same for everybody: as the umask has it
	"cmd/hybrid/init.go OpenFile 0o644",
	"cmd/hybrid/lab.go MkdirAll 0o700",
	"cmd/hybrid/lab_snapshot.go MkdirAll 0o700",
	"cmd/hybrid/manual.go MkdirAll 0o755", // manual pages, the same for everybody
	"cmd/hybrid/manual.go WriteFile 0o644",
	"cmd/hybrid/offline.go WriteFile info.Mode().Perm()", // fmt: as the file was
	"cmd/hybrid/reference.go MkdirAll 0o755",             // pages about the language, the same for everybody
	"cmd/hybrid/reference.go WriteFile 0o644",
	"cmd/hybrid/saved_write.go CreateTemp",
	"internal/handout/file.go CreateTemp",
	"internal/handout/file.go OpenFile 0o600",
	"internal/importer/write.go MkdirAll folderMode",
	"internal/importer/write.go MkdirTemp",
	"internal/importer/write.go OpenFile fileMode",
	"internal/importer/write.go OpenRoot",
	"internal/journal/bucket/held.go MkdirAll 0o700",
	"internal/journal/bucket/held.go WriteFile 0o600",
	"internal/journal/bucket/mirror.go CreateTemp",
	"internal/journal/bucket/mirror.go MkdirAll 0o700",
	"internal/journal/lock.go OpenFile 0o600",
	"internal/journal/machine.go MkdirAll 0o700",
	"internal/journal/machine.go OpenFile 0o600",
	"internal/lab/changelog.go OpenFile 0o600",
	"internal/lab/lock.go OpenFile 0o600",
	"internal/lab/pwsh.go Mkdir 0o700",
	"internal/lab/pwsh.go MkdirTemp",
	"internal/lab/sessions.go WriteFile 0o600",
	"internal/lab/store.go CreateTemp",
	"internal/lab/store.go MkdirAll 0o700",
	"internal/lab/writes.go OpenFile 0o600",
}

// TestEveryFileThatIsWrittenIsKnown looks for whatever makes a file.
func TestEveryFileThatIsWrittenIsKnown(t *testing.T) {
	t.Parallel()
	makes := regexp.MustCompile(`os\.(WriteFile|OpenFile|Create|CreateTemp|MkdirTemp|Mkdir|MkdirAll|Chmod|Symlink|Link|OpenRoot|NewFile|CopyFS)\((.*)`)
	mode := regexp.MustCompile(`0o[0-7]{3}|folderMode|fileMode|info\.Mode\(\)\.Perm\(\)`)
	var found []string
	everyLine(t, func(path, line string) {
		if m := makes.FindStringSubmatch(line); m != nil {
			found = append(found, strings.TrimSpace(path+" "+m[1]+" "+mode.FindString(m[2])))
		}
	})
	slices.Sort(found)
	found = slices.Compact(found)
	if !slices.Equal(found, writers) {
		t.Errorf("what makes files is\n%s\nand known are\n%s", strings.Join(found, "\n"), strings.Join(writers, "\n"))
	}
}

// weak are the places that speak TLS older than 1.2, or do not believe in certificates by the usual rules, each with its reason.
var weak = map[string]string{
	"internal/handshake/handshake.go InsecureSkipVerify": "looks at what a server shows, and sends nothing",
	"internal/handshake/handshake.go VersionTLS10":       "says of servers that they are too old",
	"internal/trace/client.go InsecureSkipVerify":        "looks at certificates as well as following the path; a secret is sent to good ones only",
	"internal/trace/client.go VersionTLS10":              "names what is too old; a secret is sent over 1.2 and newer only",
	"internal/rest/trust.go InsecureSkipVerify":          "a pinned certificate, which is compared",
	"internal/wsman/certificate.go InsecureSkipVerify":   "a pinned certificate, which is compared",
	"internal/ldap/trust.go InsecureSkipVerify":          "a pinned certificate, which is compared",
	"internal/lab/tls_ends.go VersionTLS11":              "the lab's servers that are too old",
	"internal/lab/tls_ends.go VersionTLS10":              "the lab's servers that are too old",
}

// TestEveryTLSConfigurationIsOfToday finds every configuration of TLS: each says its lowest version, 1.2, unless it is one of those above.
func TestEveryTLSConfigurationIsOfToday(t *testing.T) {
	t.Parallel()
	weakens := regexp.MustCompile(`InsecureSkipVerify(:| =)|VersionSSL30|VersionTLS1[01]\b`)
	within, from := "", 0 // the literal that was begun, and how many lines ago
	found, literals := map[string]bool{}, 0
	everyLine(t, func(path, line string) {
		if code, _, _ := strings.Cut(line, "//"); weakens.MatchString(code) && !strings.Contains(code, "case ") && !strings.Contains(code, "< tls.") {
			for _, m := range weakens.FindAllString(code, -1) {
				found[path+" "+strings.Trim(m, ": =")] = true
			}
		}
		if strings.Contains(line, "tls.Config{") && !strings.Contains(line, "map[string]*tls.Config") {
			within, from = path+": "+strings.TrimSpace(line), 0
			literals++
		}
		if within != "" {
			if from++; strings.Contains(line, "MinVersion") {
				within = ""
			} else if from > 3 {
				t.Errorf("%s says no lowest version of TLS", within)
				within = ""
			}
		}
	})
	for at := range found {
		if weak[at] == "" {
			t.Errorf("%s: say why in the list of this test, and in docs/security.md", at)
		}
	}
	for at := range weak {
		if !found[at] {
			t.Errorf("%s is no more: take it off the list", at)
		}
	}
	if literals < 8 {
		t.Errorf("only %d configurations of TLS were found", literals)
	}
}

// everyLine gives each line of the program.
func everyLine(t *testing.T, visit func(path, line string)) {
	t.Helper()
	for _, file := range ofTheProgram(t) {
		for line := range strings.Lines(file.text) {
			visit(file.name, strings.TrimSuffix(line, "\n"))
		}
	}
}
