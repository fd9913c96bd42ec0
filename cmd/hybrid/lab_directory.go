package main

import (
	"strings"

	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/lab"
)

// directoryInLab leads a directory block to the lab's host. One that names no server stays so: what somebody has to do by
// hand is rehearsed by hand, with `hybrid lab run --sync`.
func directoryInLab(values map[string]cty.Value, e lab.Endpoints) {
	local, _ := values["transport"].Unmark()
	if values["sync_host"].IsNull() && (local.IsNull() || !strings.EqualFold(local.AsString(), "local")) {
		return
	}
	skypeInLab(values, e)
	values["sync_host"] = values["hosts"].Index(cty.NumberIntVal(0))
	delete(values, "hosts")
	delete(values, "endpoint")
	values["module"] = cty.NullVal(cty.String)
}
