// Package powershell drives the management shells of a host: one long-lived PowerShell a session, in which the host
// agent (agent/agent.ps1) takes requests over standard input; and pools of such sessions.
package powershell

import (
	_ "embed"
	"encoding/base64"
	"unicode/utf16"
)

//go:embed agent/agent.ps1
var agentScript []byte

// bootstrap is the script on the command line: it runs what its first line of input holds.
//
//go:embed agent/bootstrap.ps1
var bootstrap string

// Agent is the host agent's source. In base64 it is the first line of a session's input.
func Agent() []byte { return append([]byte(nil), agentScript...) }

// CommandLine starts a PowerShell that waits for the agent. It stays below 3,000 characters, since it passes through
// cmd.exe, and holds nothing of a configuration.
func CommandLine() (command string, args []string) {
	return "powershell.exe", []string{"-NoLogo", "-NoProfile", "-NonInteractive", "-EncodedCommand", encodeCommand(bootstrap)}
}

// encodeCommand is base64 of UTF-16LE, as powershell.exe -EncodedCommand takes it.
func encodeCommand(script string) string {
	units := utf16.Encode([]rune(script))
	raw := make([]byte, 0, 2*len(units))
	for _, unit := range units {
		raw = append(raw, byte(unit), byte(unit>>8))
	}
	return base64.StdEncoding.EncodeToString(raw)
}

// agentLine is the first line of input.
func agentLine() []byte {
	return append([]byte(base64.StdEncoding.EncodeToString(agentScript)), '\n')
}
