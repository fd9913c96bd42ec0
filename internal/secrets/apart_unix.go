//go:build unix

package secrets

import (
	"os/exec"
	"syscall"
)

// apart gives a program a session of its own, which has no terminal: what would ask there finds nobody. All that it starts ends
// with it.
func apart(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}
