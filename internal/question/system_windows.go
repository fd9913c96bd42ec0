package question

import (
	"errors"
	"fmt"
	"net"
	"slices"
	"unsafe"

	"golang.org/x/sys/windows"
)

// System gives the resolvers that this machine asks, as host:port: those of each interface that is up, in Windows' order.
func System() ([]string, error) {
	adapters, err := adapters()
	if err != nil {
		return nil, fmt.Errorf("which resolvers this machine asks cannot be read: %w", err)
	}
	var all []string
	for a := adapters; a != nil; a = a.Next {
		if a.OperStatus != windows.IfOperStatusUp {
			continue
		}
		for server := a.FirstDnsServerAddress; server != nil; server = server.Next {
			ip := server.Address.IP()
			if at := net.JoinHostPort(ip.String(), "53"); ip.IsGlobalUnicast() && !slices.Contains(all, at) {
				all = append(all, at)
			}
		}
	}
	return all, nil
}

// adapters asks with more room until the answer fits.
func adapters() (*windows.IpAdapterAddresses, error) {
	for size := uint32(15 << 10); ; {
		buffer := make([]byte, size)
		first := (*windows.IpAdapterAddresses)(unsafe.Pointer(&buffer[0]))
		err := windows.GetAdaptersAddresses(windows.AF_UNSPEC, windows.GAA_FLAG_INCLUDE_PREFIX, 0, first, &size)
		if !errors.Is(err, windows.ERROR_BUFFER_OVERFLOW) || int(size) <= len(buffer) {
			return first, err
		}
	}
}
