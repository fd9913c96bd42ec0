package lab

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"path"
	"strings"
	"unicode/utf16"
)

// simulated decides what a command line runs: the bootstrap of a host agent starts the simulated host, anything else
// fails as in PowerShell.
func simulated(s *simulator, login Login) func(line string) program {
	return func(line string) program {
		if isBootstrap(encodedCommand(line)) {
			return host{simulator: s, login: login}.program
		}
		return unknownCommand(line)
	}
}

// isBootstrap says whether a script is one that reads another from its standard input and runs it.
func isBootstrap(script string) bool {
	return strings.Contains(script, "OpenStandardInput") && strings.Contains(script, "[ScriptBlock]::Create") && strings.Contains(script, "ReadLine")
}

// encodedCommand gives the script of `powershell.exe … -EncodedCommand BASE64`, "" where it is no such command line.
// PowerShell takes any beginning of the option's name that is its own, and ec.
func encodedCommand(line string) string {
	words := strings.Fields(line)
	if len(words) == 0 || !isPowerShell(words[0]) {
		return ""
	}
	for n, word := range words[:len(words)-1] {
		option := strings.ToLower(strings.TrimLeft(word, "-/"))
		if word[0] != '-' && word[0] != '/' || option == "" || option != "ec" && !strings.HasPrefix("encodedcommand", option) {
			continue
		}
		return decodeScript(strings.Trim(words[n+1], `"`))
	}
	return ""
}

func isPowerShell(program string) bool {
	name := strings.ToLower(path.Base(strings.ReplaceAll(strings.Trim(program, `"`), `\`, "/")))
	name = strings.TrimSuffix(name, ".exe")
	return name == "powershell" || name == "pwsh"
}

// decodeScript decodes base64 of UTF-16LE.
func decodeScript(text string) string {
	data, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return ""
	}
	units := make([]uint16, len(data)/2)
	for n := range units {
		units[n] = binary.LittleEndian.Uint16(data[2*n:])
	}
	return string(utf16.Decode(units))
}

// unknownCommand fails with PowerShell's text for what it does not know.
func unknownCommand(line string) program {
	word, _, _ := strings.Cut(strings.TrimSpace(line), " ")
	return func(p *process) int {
		fmt.Fprintf(p.stream("stderr"), "%s : The term '%s' is not recognized as the name of a cmdlet, function, script file, or operable program. "+
			"Check the spelling of the name, or if a path was included, verify that the path is correct and try again.\r\n"+
			"    + CategoryInfo          : ObjectNotFound: (%s:String) [], CommandNotFoundException\r\n"+
			"    + FullyQualifiedErrorId : CommandNotFoundException\r\n", word, word, word)
		return 1
	}
}
