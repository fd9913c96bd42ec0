package main

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/rogpeppe/go-internal/testscript"

	"hybrid/internal/journal"
	"hybrid/internal/powershell"
)

// A call is what one step issues, in the words of the journal.
type call struct{ address, text string }

// issued SCRIPT DIR holds the calls of a script, one by one and in order, against those that the run in the journal of a
// folder has issued. Users of one block are taken side by side, so that their order is not told by the journal.
func issued(ts *testscript.TestScript, neg bool, args []string) {
	only(ts, neg, args, 2, "issued SCRIPT DIR")
	planned, err := scriptCalls(ts.ReadFile(args[0]))
	ts.Check(err)
	done := journalCalls(ts, ts.MkAbs(args[1]))
	settle(planned)
	settle(done)
	if len(done) == 0 {
		ts.Fatalf("the run has issued nothing")
	}
	for n := range max(len(planned), len(done)) {
		if n >= len(planned) || n >= len(done) || planned[n] != done[n] {
			ts.Fatalf("call %d of %d and %d:\n  script:  %v\n  journal: %v", n+1, len(planned), len(done), from(planned, n), from(done, n))
		}
	}
	ts.Logf("%d calls are the same", len(done))
}

func from(calls []call, n int) any {
	if n < len(calls) {
		return fmt.Sprintf("%q", calls[n])
	}
	return "none"
}

// settle brings the users of each block into one order.
func settle(calls []call) {
	block := func(c call) string { before, _, _ := strings.Cut(c.address, `["sip:`); return before }
	for at := 0; at < len(calls); {
		end := at
		for end < len(calls) && block(calls[end]) == block(calls[at]) {
			end++
		}
		slices.SortStableFunc(calls[at:end], func(a, b call) int { return strings.Compare(a.address, b.address) })
		at = end
	}
}

// journalCalls are the commands of the one run in a journal.
func journalCalls(ts *testscript.TestScript, dir string) []call {
	files, err := filepath.Glob(filepath.Join(dir, "*.jsonl"))
	ts.Check(err)
	if len(files) != 1 {
		ts.Fatalf("there are %d runs in %s, not one", len(files), dir)
	}
	past, err := journal.Read(files[0])
	ts.Check(err)
	var calls []call
	for _, entry := range past.Entries {
		for _, command := range entry.Commands {
			calls = append(calls, call{entry.Address, command})
		}
	}
	return calls
}

// scriptCalls reads what a script issues. It knows exactly the forms in which scripts are written.
func scriptCalls(script string) ([]call, error) {
	_, body, ok := strings.Cut(script, "\ntry {\n")
	if !ok {
		return nil, fmt.Errorf("the script has no steps")
	}
	var calls []call
	var table [][]string
	next := 1
	lines := strings.Split(body, "\n")
	for at := 0; at < len(lines); at++ {
		line := lines[at]
		switch {
		case line == "$table = @'":
			table = nil
			for at++; lines[at] != "'@"; at++ {
				table = append(table, strings.Split(lines[at], "\t"))
			}
		case strings.HasPrefix(line, "Invoke-Step "):
			words, rest := scriptArguments(strings.TrimPrefix(line, "Invoke-Step "), nil)
			if rest != "{" || lines[at+2] != "}" || words[0] != strconv.Itoa(next) {
				return nil, fmt.Errorf("a step is written in a way that is not known, or is not step %d: %s", next, line)
			}
			c, err := callText(strings.TrimSpace(lines[at+1]), nil)
			if err != nil {
				return nil, err
			}
			calls = append(calls, call{words[2], c})
			next, at = next+1, at+2
		case strings.HasPrefix(line, "Invoke-Rows "):
			var code []string
			for ; lines[at] != "})"; at++ {
				if lines[at+1] == "    param($cell)" {
					code = append(code, strings.TrimSpace(lines[at+2]))
				}
			}
			for _, row := range table {
				if row[0] != strconv.Itoa(next) {
					return nil, fmt.Errorf("a row is not step %d: %q", next, row)
				}
				for _, c := range code {
					t, err := callText(c, row)
					if err != nil {
						return nil, err
					}
					calls = append(calls, call{row[1], t})
					next++
				}
			}
		case strings.HasPrefix(line, "Invoke-ByHand "):
			words, _ := scriptArguments(strings.TrimPrefix(line, "Invoke-ByHand "), nil)
			if words[0] != strconv.Itoa(next) {
				return nil, fmt.Errorf("not step %d: %s", next, line)
			}
			next++
		}
	}
	return calls, nil
}

// callText is the code of one step in the words of the journal.
func callText(code string, row []string) (string, error) {
	switch name, rest, _ := strings.Cut(code, " "); name {
	case "Invoke-Nsupdate":
		words, left := scriptArguments(rest, row)
		if left != "" || len(words) != 3 {
			return "", fmt.Errorf("an update is written in a way that is not known: %s", code)
		}
		return words[2], nil
	case "Invoke-GraphPatch":
		words, left := scriptArguments(rest, row)
		if left != "" || len(words) != 5 {
			return "", fmt.Errorf("a request is written in a way that is not known: %s", code)
		}
		return request(words)
	}
	code = strings.TrimSuffix(strings.TrimPrefix(code, "Wait-SyncCycle; "), "; Show-SyncResults")
	bare, ok := strings.CutSuffix(code, " -ErrorAction:Stop")
	if !ok {
		return "", fmt.Errorf("an error would not end the step: %s", code)
	}
	return unbound(bare, row), nil
}

// request is a request to Graph as the journal shows it: certificates shortened, keys that stay by their ids alone.
func request(words []string) (string, error) {
	body := words[1]
	for _, id := range strings.Split(words[4], "\n") {
		if id != "" {
			body = strings.Replace(body, `{"keyId":"`+id+`"}`, `{"keyId":"`+id+`", as it is}`, 1)
		}
	}
	if !json.Valid([]byte(words[1])) {
		return "", fmt.Errorf("no JSON is sent: %s", words[1])
	}
	key := regexp.MustCompile(`"key":"([^"]{25,})"`)
	body = key.ReplaceAllStringFunc(body, func(m string) string {
		k := key.FindStringSubmatch(m)[1]
		return fmt.Sprintf(`"key":"%s… (%d characters)"`, k[:12], len(k))
	})
	return "PATCH /" + words[0] + " " + body, nil
}

var (
	quotedForm = regexp.MustCompile(`^'(?:[^']|'')*'`)
	sumForm    = regexp.MustCompile(`^\(''(?:\+(?:'(?:[^']|'')*'|\[char\]0x[0-9A-F]+))+\)`)
	cellForm   = regexp.MustCompile(`^\(\$cell\[([0-9]+)\]\)`)
	askedForm  = regexp.MustCompile(`^\(Get-Asked ('(?:[^']|'')*')\)`)
	secretForm = regexp.MustCompile(`^\(Read-Secret '(?:[^']|'')*'\)`)
)

// literalAt reads the text at the beginning of code, as PowerShell would, and what of code it takes up; 0 where there is
// none.
func literalAt(code string, row []string) (value string, length int) {
	if m := sumForm.FindString(code); m != "" {
		return sum(m), len(m)
	}
	if m := quotedForm.FindString(code); m != "" {
		return strings.ReplaceAll(m[1:len(m)-1], "''", "'"), len(m)
	}
	if m := cellForm.FindStringSubmatch(code); m != nil {
		n, _ := strconv.Atoi(m[1])
		return row[n], len(m[0])
	}
	return "", 0
}

func sum(expression string) string {
	var units []uint16
	for _, part := range regexp.MustCompile(`'(?:[^']|'')*'|\[char\]0x[0-9A-F]+`).FindAllString(expression, -1) {
		if code, ok := strings.CutPrefix(part, "[char]0x"); ok {
			n, _ := strconv.ParseUint(code, 16, 16)
			units = append(units, uint16(n))
		} else {
			units = append(units, utf16.Encode([]rune(strings.ReplaceAll(part[1:len(part)-1], "''", "'")))...)
		}
	}
	return string(utf16.Decode(units))
}

// unbound is a call with its texts as the journal quotes them.
func unbound(code string, row []string) string {
	var b strings.Builder
	for code != "" {
		if value, length := literalAt(code, row); length > 0 {
			b.WriteString(powershell.Quote(value))
			code = code[length:]
		} else if m := askedForm.FindStringSubmatch(code); m != nil {
			b.WriteString("(Get-Credential -Credential:" + m[1] + ")")
			code = code[len(m[0]):]
		} else if m := secretForm.FindString(code); m != "" {
			b.WriteString("(sensitive)")
			code = code[len(m):]
		} else {
			b.WriteByte(code[0])
			code = code[1:]
		}
	}
	return b.String()
}

// scriptArguments reads arguments that are bare words, texts, and arrays of texts, which become one with line feeds, up to a
// brace.
func scriptArguments(code string, row []string) (values []string, rest string) {
	for code = strings.TrimLeft(code, " "); code != "" && code[0] != '{'; code = strings.TrimLeft(code, " ") {
		value, length := literalAt(code, row)
		switch inner, array := strings.CutPrefix(code, "@("); {
		case array:
			var items []string
			for inner[0] != ')' {
				item, n := literalAt(inner, row)
				if n == 0 {
					return values, code
				}
				items, inner = append(items, item), strings.TrimPrefix(inner[n:], ",")
			}
			value, length = strings.Join(items, "\n"), len(code)-len(inner)+1
		case length == 0:
			value, _, _ = strings.Cut(code, " ")
			length = len(value)
		}
		values, code = append(values, value), code[length:]
	}
	return values, code
}

func TestACallIsReadAsItIsWritten(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]string{
		`Set-It -Identity:'it''s' -Enabled:$true -ErrorAction:Stop`:                                     `Set-It -Identity:'it''s' -Enabled:$true`,
		`Set-It -Identity:(''+'M'+[char]0xFC+'ller') -ErrorAction:Stop`:                                 `Set-It -Identity:'Müller'`,
		`Move-It -Identity:($cell[2]) -Credential:(Get-Asked 'a@b.c') -ErrorAction:Stop`:                `Move-It -Identity:'x y' -Credential:(Get-Credential -Credential:'a@b.c')`,
		`Invoke-Nsupdate 'dns' 'a.example.' @('update delete a.example. IN A','send')`:                  "update delete a.example. IN A\nsend",
		`Invoke-GraphPatch 'p(1)' '{"keyCredentials":[{"keyId":"1"}]}' @() @('1') @('1')`:               `PATCH /p(1) {"keyCredentials":[{"keyId":"1", as it is}]}`,
		`Wait-SyncCycle; Start-ADSyncSyncCycle -PolicyType:'Delta' -ErrorAction:Stop; Show-SyncResults`: `Start-ADSyncSyncCycle -PolicyType:'Delta'`,
	} {
		if got, err := callText(code, []string{"1", "a", "x y"}); err != nil || got != want {
			t.Errorf("%s\nis read as %s (%v)", code, got, err)
		}
	}
	if _, err := callText("Set-It -Identity:'x'", nil); err == nil {
		t.Error("a call whose error ends nothing passes")
	}
}
