package skype

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/powershell"
	"hybrid/providers"
	"hybrid/providers/shell"
	"hybrid/schema"
)

// replicas is the cmdlet that tells which servers have the latest changes of the Central Management store.
const replicas = "Get-CsManagementStoreReplicationStatus"

// Behind names the servers that have not got the latest changes of the Central Management store yet. An Edge Server learns
// of a hosting provider in no other way, so users must not be moved before.
func (p *provider) Behind(ctx context.Context) ([]string, error) {
	var behind []string
	seen := false
	err := p.Call(ctx, powershell.Command{Cmdlet: replicas}, powershell.CallOptions{Object: func(props map[string]any) error {
		name, _ := props["ReplicaFqdn"].(string)
		current, told := props["UpToDate"].(bool)
		if !told || name == "" {
			return fmt.Errorf("%s does not tell whether %q is up to date", replicas, name)
		}
		seen = true
		if !current {
			behind = append(behind, strings.ToLower(name))
		}
		return nil
	}})
	if err == nil && !seen {
		err = errors.New(replicas + " lists no server")
	}
	slices.Sort(behind)
	return behind, err
}

// replicationAttr says how long moves wait for the Central Management store.
func replicationAttr() schema.Attr {
	return schema.Attr{
		Name: "replication_timeout", Type: cty.String, Settings: true, Default: cty.StringVal("15m"), Check: shell.CheckDuration,
		Doc: "How long to wait before the first move until every server has the latest changes of the Central Management store (`" + replicas + "`): an Edge Server that does not know the hosting provider yet cuts moved users off. `\"0s\"` does not wait, for a deployment in which some server is never up to date.",
	}
}

// replicationPatience is the block's replication_timeout.
func replicationPatience(v map[string]cty.Value) time.Duration {
	return shell.DurationOf(v["replication_timeout"], 15*time.Minute)
}

// asksReplicas says whether some kind behind a provider waits for the Central Management store.
func asksReplicas(s providers.Settings) bool {
	return !s.ReadOnly && slices.ContainsFunc(kinds(), func(k *schema.Kind) bool {
		return k.Replicated != nil && (s.Kinds == nil || slices.Contains(s.Kinds, k.Name))
	})
}
