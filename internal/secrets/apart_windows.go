package secrets

import (
	"os/exec"
	"syscall"

	"golang.org/x/sys/windows"
)

// apart gives a program no console: what would ask there finds nobody.
func apart(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: windows.DETACHED_PROCESS, HideWindow: true}
}
