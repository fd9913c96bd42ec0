package powershell

import (
	"os/exec"
	"strconv"
	"syscall"
)

// ownGroup puts the child at the head of a process group. That also keeps a console's Ctrl-C from it: what is under
// way is to end in order.
func ownGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP}
}

// killGroup kills the child and what it has started.
func killGroup(cmd *exec.Cmd) {
	if cmd.ProcessState != nil {
		return
	}
	if exec.Command("taskkill", "/T", "/F", "/PID", strconv.Itoa(cmd.Process.Pid)).Run() != nil {
		_ = cmd.Process.Kill()
	}
}
