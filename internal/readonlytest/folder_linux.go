// Package readonlytest makes a folder one that may not be written to, for tests.
package readonlytest

import (
	"errors"
	"os"
	"runtime"
	"syscall"
	"testing"
)

// nobody is the user by whose rights root looks at files here.
const nobody = 65534

// Do takes the right to write to a folder from everybody until the test ends, does something, and gives its error. Root may write
// everywhere: so what is done runs on a thread of its own that gives up its user for the file system (setfsuid(2)) and ends with it.
// Goroutines that it starts keep the rights of the test.
func Do(t testing.TB, dir string, do func() error) error {
	t.Helper()
	if err := os.Chmod(dir, 0o555); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(dir, 0o700) })
	err := errors.New("it ended the test")
	done := make(chan struct{})
	go func() {
		defer close(done)      // t.Fatal would end the goroutine as well
		runtime.LockOSThread() // and never unlock it
		if os.Geteuid() == 0 {
			if err = syscall.Setfsuid(nobody); err != nil {
				return
			}
		}
		err = do()
	}()
	<-done
	return err
}
