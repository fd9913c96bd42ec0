package main

import (
	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/lab"
)

// directoryInLab leads a directory block to the lab's host, which has the module under its own name. Where no server is
// named cycles are run by hand, in the lab as well: `hybrid lab run --sync`.
func directoryInLab(values map[string]cty.Value, e lab.Endpoints) {
	if values["sync_host"].IsNull() && !isLocal(values) {
		return
	}
	skypeInLab(values, e)
	for _, name := range []string{"endpoint", "hosts"} { // which only servers have
		delete(values, name)
	}
	values["module"] = cty.NullVal(cty.String)
	values["sync_host"] = cty.StringVal(e.WinRM.Host)
}

func isLocal(values map[string]cty.Value) bool {
	transport, _ := values["transport"].Unmark()
	return transport.IsKnown() && !transport.IsNull() && transport.AsString() == "local"
}
