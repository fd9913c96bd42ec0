//go:build !windows

package main

import "os"

// paintable says whether a terminal understands the sequences that set colours: TERM tells of those that do not.
func paintable(*os.File) bool { return true }
