package main

import (
	"os"

	"github.com/spf13/cobra"
	"golang.org/x/sys/windows"
)

// Who starts the program from Explorer is told nothing and made to wait by cobra, unless this is empty.
func init() { cobra.MousetrapHelpText = "" }

// paintable makes a console understand the sequences that set colours, and says whether it does: consoles before Windows 10 do
// not.
func paintable(f *os.File) bool {
	var mode uint32
	console := windows.Handle(f.Fd())
	if windows.GetConsoleMode(console, &mode) != nil {
		return false
	}
	return mode&windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING != 0 ||
		windows.SetConsoleMode(console, mode|windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING) == nil
}
