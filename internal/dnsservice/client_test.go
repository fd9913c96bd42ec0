package dnsservice

import (
	"net/url"
	"testing"
)

// A link with the port that https has anyway leads to the same host; any other does not.
func TestSameHost(t *testing.T) {
	t.Parallel()
	base, _ := url.Parse("https://management.azure.com")
	for link, same := range map[string]bool{
		"https://management.azure.com/x": true, "https://management.azure.com:443/x": true, "https://MANAGEMENT.azure.com/x": true,
		"https://management.azure.com:8443/x": false, "https://management.azure.com.evil.example/x": false, "https://management.azure.com@evil.example/x": false,
		"https://evil.example:443/x": false,
	} {
		address, err := url.Parse(link)
		if err != nil || sameHost(address, base) != same {
			t.Errorf("%s: %v, want %v", link, !same, same)
		}
	}
}
