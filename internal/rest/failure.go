// Package rest holds what clients of services over HTTPS have in common: whom they trust, when a request is sent again, and what a
// request without an answer means. A write that may have been done is a [LostError], and is never sent again before it was read.
package rest

import (
	"errors"
	"fmt"
	"net"
	"net/url"
)

// A LostError is a write that was sent, and of which nobody knows what became.
type LostError struct{ Err error }

func (e *LostError) Error() string { return e.Err.Error() }
func (e *LostError) Unwrap() error { return e.Err }

// Lost says whether a failed write may have been done all the same.
func Lost(err error) bool {
	var lost *LostError
	return errors.As(err, &lost)
}

// A CutError is a connection that ended, or was never made. A read may be sent again.
type CutError struct{ Err error }

func (e *CutError) Error() string { return e.Err.Error() }
func (e *CutError) Unwrap() error { return e.Err }

// Cut says whether a read ended with its connection.
func Cut(err error) bool {
	var cut *CutError
	return errors.As(err, &cut)
}

// Bare takes the method and address, which an error's sentence already has, off an error of net/http.
func Bare(err error) error {
	var address *url.Error
	if errors.As(err, &address) {
		err = address.Err
	}
	var name *net.DNSError
	if errors.As(err, &name) && name.IsNotFound {
		return fmt.Errorf("there is no host %q in DNS", name.Name)
	}
	var op *net.OpError
	if errors.As(err, &op) && op.Op == "dial" {
		return fmt.Errorf("no connection to %v: %w", op.Addr, op.Err)
	}
	return err
}
