package check

import (
	"context"
	"strings"
	"time"

	"hybrid/providers"
)

// fakeHosts are hosts that say what a test tells them.
type fakeHosts struct {
	hosts    map[string][]string // by provider block; none where it is not there
	unusable map[string]error    // blocks that cannot be used at all
	openings map[string]openedAs // by host; one that is not there is open after 3 s
	says     map[string]saidBy   // "fe01 Get-Module", or "fe01 Get-ItemProperty v4.0.30319" by the end of the path; * stands for all hosts
}

type openedAs struct {
	providers.Opening
	err error
}

// saidBy is what a cmdlet gives: rows, or an error.
type saidBy struct {
	rows [][]any
	err  error
}

func (f fakeHosts) Hosts(provider string) ([]string, error) {
	return f.hosts[provider], f.unusable[provider]
}

func (f fakeHosts) Opening(_ context.Context, _, host string) (providers.Opening, error) {
	if o, ok := f.openings[host]; ok {
		return o.Opening, o.err
	}
	return providers.Opening{PowerShell: "5.1", Started: time.Second, Greeted: 2 * time.Second, Ready: 3 * time.Second}, nil
}

// said is what a host was told to say; false where nobody told it.
func (f fakeHosts) said(host string, c Cmdlet) (saidBy, bool) {
	path, _ := c.Params["Path"].(string)
	end := path[strings.LastIndex(path, `\`)+1:]
	for _, who := range []string{host, "*"} {
		for _, what := range []string{c.Name + " " + end, c.Name} {
			if s, ok := f.says[who+" "+what]; ok {
				return s, true
			}
		}
	}
	return saidBy{}, false
}

// refusing is a cmdlet that ran and failed.
func refusing(cmdlet, kind, text string) saidBy {
	return saidBy{err: &providers.RefusalError{Cmdlet: cmdlet, Kind: kind, Text: text}}
}

// missing is a cmdlet that a host does not have.
func missing(host, cmdlet, endpoint string) saidBy {
	return saidBy{err: &providers.NoCmdletError{Host: host, Cmdlet: cmdlet, Endpoint: endpoint}}
}
