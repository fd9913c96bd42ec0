//go:build unix

package powershell

import (
	"os/exec"
	"syscall"
)

// ownGroup puts the child at the head of a process group. That also keeps a terminal's Ctrl-C from it: what is under
// way is to end in order.
func ownGroup(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// killGroup kills the child and what it has started. A group that is gone is none.
func killGroup(cmd *exec.Cmd) { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
