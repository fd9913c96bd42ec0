package lab

import (
	"slices"
	"strings"

	"hybrid/internal/cmdlets"
)

// A hostCall is a call whose answer depends on the host that it runs on.
type hostCall struct {
	*call
	host string // as clients call it: "fe01.contoso.com"
}

// A hostCmdlet is a cmdlet that tells of the host that it runs on.
type hostCmdlet struct {
	params []string // that the lab takes, where no published table says so
	run    func(*hostCall) error
}

// hostCmdlets are those, by name in lower case: of the servers' module, and of Windows.
func hostCmdlets() map[string]hostCmdlet {
	return map[string]hostCmdlet{
		"get-csserverpatchversion": {run: getServerPatchVersion},
		"get-cswindowsservice":     {run: getWindowsService},
		"get-cscertificate":        {run: getAssignedCertificates},
		"get-childitem":            {params: []string{"Path"}, run: getStore},
		"get-process":              {params: []string{"Name"}, run: getProcess},
		"get-winevent":             {params: []string{"LogName", "FilterXPath", "MaxEvents"}, run: getEvents},
		"test-netconnection":       {params: []string{"ComputerName", "Port"}, run: testConnection},
	}
}

// ofHost finds a cmdlet that tells of the host; nil where the session has none of that name.
func (h *host) ofHost(cmdlet string) *hostCmdlet {
	found, ok := hostCmdlets()[strings.ToLower(cmdlet)]
	if !ok || h.simulator.module != serversModule {
		return nil
	}
	return &found
}

// onHost carries out a cmdlet that tells of the host.
func (h *host) onHost(name string, params map[string]any) (output, error) {
	of := h.ofHost(name)
	published := h.simulator.tables.Cmdlet(name)
	if published != nil {
		bound, failed := published.Bind(params)
		if failed != nil {
			return output{}, bindFailure(failed)
		}
		params = bound.Params
	} else {
		published = &cmdlets.Cmdlet{Name: name}
	}
	verb, noun, _ := strings.Cut(published.Name, "-")
	c := &hostCall{host: h.process.shell.host, call: &call{estate: h.simulator.estate, cmdlet: published, verb: verb, noun: noun, params: params}}
	for param := range params {
		if len(of.params) > 0 && !slices.Contains(of.params, param) {
			return output{}, c.unsimulated(param)
		}
	}
	err := c.estate.Do(func() error {
		c.count()
		return of.run(c)
	})
	return c.output, err
}

// number is a parameter that is a whole number, however it came over the wire.
func (c *call) number(name string) int64 {
	switch v := c.params[name].(type) {
	case int64:
		return v
	case float64:
		return int64(v)
	case int:
		return int64(v)
	}
	return 0
}
