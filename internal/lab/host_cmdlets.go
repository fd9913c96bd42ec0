package lab

import (
	"maps"
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
	params  []string // that the lab takes, where no published table says so
	windows bool     // it comes with Windows or its tools, whatever module the session is about, and not with a pool's endpoint
	run     func(*hostCall) error
}

// hostCmdlets are those, by name in lower case: of the servers' module, and of Windows.
func hostCmdlets() map[string]hostCmdlet {
	windows := func(run func(*hostCall) error, params ...string) hostCmdlet {
		return hostCmdlet{params: params, windows: true, run: run}
	}
	return map[string]hostCmdlet{
		"get-csserverpatchversion": {run: getServerPatchVersion},
		"get-cswindowsservice":     {run: getWindowsService},
		"get-cscertificate":        {run: getAssignedCertificates},

		"get-addomain":       windows(getADDomain),
		"get-adforest":       windows(getADForest),
		"get-adobject":       windows(getADObject, "LDAPFilter", "Server", "Properties", "ResultPageSize"),
		"get-childitem":      windows(getChildItem, "Path"),
		"get-date":           windows(getDate, "Format"),
		"get-item":           windows(getLimit, "Path"),
		"get-itemproperty":   windows(getItemProperty, "Path"),
		"get-module":         windows(getModule, "ListAvailable", "Name"),
		"get-process":        windows(getProcess, "Name"),
		"get-winevent":       windows(getEvents, "LogName", "FilterXPath", "MaxEvents"),
		"test-netconnection": windows(testConnection, "ComputerName", "Port"),
	}
}

// Cmdlets names all that some host of the lab could be asked for, and the two that faults name besides: "DNS update" and "new session".
func Cmdlets() ([]string, error) {
	tables, err := cmdlets.Load()
	if err != nil {
		return nil, err
	}
	names := []string{dnsUpdate, newSession}
	for _, c := range tables.Cmdlets() {
		names = append(names, c.Name)
	}
	return slices.AppendSeq(names, maps.Keys(hostCmdlets())), nil
}

// ofHost finds a cmdlet that tells of the host; nil where the session has none of that name.
func (h *host) ofHost(cmdlet string) *hostCmdlet {
	found, ok := hostCmdlets()[strings.ToLower(cmdlet)]
	switch {
	case !ok, found.windows && h.endpoint:
		return nil
	case !found.windows && (h.console != nil || h.simulator.module != serversModule):
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
		if of.windows && !slices.Contains(of.params, param) {
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
