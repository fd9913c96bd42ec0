package main

import (
	"os"
	"syscall"
)

// peak is the most memory that a process had resident at once, in bytes (getrusage(2): ru_maxrss, which Linux counts in KiB).
func peak(p *os.ProcessState) int64 {
	usage, ok := p.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	return usage.Maxrss * 1024
}
