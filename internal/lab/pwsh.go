package lab

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// realPowerShell decides what a command line runs where the lab has a PowerShell: that, with the same arguments and a
// stub module on its path.
func (l *Lab) realPowerShell(pwsh string, s *simulator) (func(line string) program, error) {
	folder, err := os.MkdirTemp("", "hybrid-lab-")
	if err != nil {
		return nil, fmt.Errorf("the lab's stub module: %w", err)
	}
	l.stub = folder
	module := filepath.Join(folder, "SkypeForBusiness")
	if err := errors.Join(os.Mkdir(module, 0o700), os.WriteFile(filepath.Join(module, "SkypeForBusiness.psm1"), s.stubModule(), 0o600)); err != nil {
		return nil, fmt.Errorf("the lab's stub module: %w", err)
	}
	return func(line string) program {
		words := strings.Fields(line)
		if len(words) == 0 || !isPowerShell(words[0]) {
			return unknownCommand(line)
		}
		return func(p *process) int { return runPowerShell(p, pwsh, words[1:], folder) }
	}, nil
}

// runPowerShell runs a PowerShell child process until it ends or is killed.
func runPowerShell(p *process, pwsh string, args []string, modules string) int {
	child := exec.CommandContext(p.ctx, pwsh, args...)
	child.Env = append(os.Environ(), "PSModulePath="+modules, "NO_COLOR=1")
	child.Stdout, child.Stderr = p.stream("stdout"), p.stream("stderr")
	child.Stdin = p.stdin
	err := child.Run()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &exit):
		return exit.ExitCode()
	}
	fmt.Fprintf(p.stream("stderr"), "%v\r\n", err)
	return 1
}

func (l *Lab) removeStub() error {
	if l.stub == "" {
		return nil
	}
	return os.RemoveAll(l.stub)
}
