// Package socket says what the errors of sockets mean, on Windows as elsewhere.
package socket

import (
	"errors"
	"slices"
	"syscall"
)

// Windows has numbers of its own (Winsock 2, WinSock2.h), which package syscall does not take for the others'. No other system
// has an error of these numbers.
const (
	windowsNetUnreachable  = syscall.Errno(10051)
	windowsAborted         = syscall.Errno(10053)
	windowsReset           = syscall.Errno(10054)
	windowsRefused         = syscall.Errno(10061)
	windowsHostUnreachable = syscall.Errno(10065)
)

// Refused says whether nothing listens at the far end, or something refuses connections in its place.
func Refused(err error) bool { return is(err, syscall.ECONNREFUSED, windowsRefused) }

// Reset says whether the far end, or something on the way, has broken the connection off.
func Reset(err error) bool {
	return is(err, syscall.ECONNRESET, windowsReset, windowsAborted)
}

// Unreachable says whether there is no way to the far end.
func Unreachable(err error) bool {
	return is(err, syscall.EHOSTUNREACH, syscall.ENETUNREACH, windowsHostUnreachable, windowsNetUnreachable)
}

func is(err error, numbers ...syscall.Errno) bool {
	var number syscall.Errno
	return errors.As(err, &number) && slices.Contains(numbers, number)
}
