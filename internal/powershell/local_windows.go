package powershell

import (
	"os/exec"
	"strconv"
	"syscall"

	"golang.org/x/sys/windows"
)

// ownGroup puts the child at the head of a process group and gives it a console of its own that nobody sees. That keeps Ctrl-C,
// Ctrl-Break and the closing of this one's console from it: what is under way is to end in order.
func ownGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP | windows.CREATE_NO_WINDOW}
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
