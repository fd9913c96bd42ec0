package dnsservice

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"hybrid/internal/rest"
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

// blanks are read without end.
type blanks struct{}

func (blanks) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

// What a change did is not known where its answer was given up for its size; a reading has just failed.
func TestAChangeWhoseAnswerIsTooLargeIsInDoubt(t *testing.T) {
	t.Parallel()
	c := &client{title: "Route 53"}
	for method, lost := range map[string]bool{http.MethodGet: false, http.MethodPost: true} {
		_, err := c.answer(request{method: method, doing: "changing a.contoso.com A"}, &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(blanks{})})
		if err == nil || rest.Lost(err) != lost || !strings.Contains(err.Error(), "the answer of Route 53 is larger than ") {
			t.Errorf("%s: %v, and lost is %v", method, err, rest.Lost(err))
		}
	}
}
