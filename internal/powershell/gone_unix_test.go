//go:build unix

package powershell

import (
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// gone waits until a process that was killed has ended, or is a zombie that nobody has reaped.
func gone(pid int) bool {
	for range 500 {
		if syscall.Kill(pid, 0) != nil {
			return true
		}
		stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
		if err == nil && strings.Contains(string(stat), ") Z ") {
			return true
		}
		time.Sleep(10 * time.Millisecond)
	}
	return false
}
