package entra

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/graph"
	"hybrid/internal/rest"
	"hybrid/planner"
	"hybrid/providers"
)

// Apply changes one service principal: it is read, compared with what the plan was made from, changed and read back.
func (p *provider) Apply(ctx context.Context, c planner.Change) error {
	todo, err := commands(c)
	if err != nil || len(todo) == 0 {
		return err
	}
	patch := todo[0].(Patch)
	now, err := p.get(ctx, patch.AppID)
	if err != nil {
		return fmt.Errorf("%w; nothing was changed", err)
	}
	if err := conflict(patch, plainMap(c.Before), now); err != nil {
		return err
	}
	body, err := patch.body(func(k Key) (json.RawMessage, error) { return now.raw(k.ID) }, false)
	if err != nil {
		return err
	}
	if err := providers.Leave(ctx); err != nil {
		return err
	}
	if err := p.graph.Patch(ctx, patch.Path(), body); err != nil {
		if rest.Lost(err) {
			return &providers.DoubtError{Err: err}
		}
		return explainKeys(err)
	}
	return p.shown(ctx, patch)
}

// raw is the entry of a key as it came.
func (p *principal) raw(id string) (json.RawMessage, error) {
	for _, entry := range p.Keys {
		var c credential
		if json.Unmarshal(entry, &c) == nil && strings.EqualFold(c.KeyID, id) {
			return entry, nil
		}
	}
	return nil, fmt.Errorf("the key %s is no longer there; nothing was changed", id)
}

func (p *principal) keyIDs() []string {
	var ids []string
	for _, entry := range p.Keys {
		var c credential
		_ = json.Unmarshal(entry, &c) // an entry without an id counts as one with ""
		ids = append(ids, strings.ToLower(c.KeyID))
	}
	slices.Sort(ids)
	return ids
}

// conflict says what somebody else has changed since the plan was made, of the lists that are about to be replaced.
func conflict(patch Patch, before map[string]cty.Value, now *principal) error {
	var what []string
	if patch.Keys != nil {
		var planned []string
		for _, key := range keysOf(before["key_credential"]) {
			planned = append(planned, strings.ToLower(text(key.GetAttr("key_id"))))
		}
		what = append(what, differences("key", planned, now.keyIDs())...)
	}
	if patch.Names != nil {
		what = append(what, differences("name", namesOf(before["names"]), slices.Sorted(slices.Values(now.Names)))...)
	}
	if len(what) == 0 {
		return nil
	}
	return fmt.Errorf("the service principal %s was changed by somebody else after the plan was made: %s; nothing was changed; run plan again",
		patch.AppID, strings.Join(what, ", "))
}

// differences says which entries have come and gone.
func differences(of string, before, now []string) []string {
	var what []string
	for _, entry := range now {
		if !slices.Contains(before, entry) {
			what = append(what, "the "+of+" "+entry+" has come")
		}
	}
	for _, entry := range before {
		if !slices.Contains(now, entry) {
			what = append(what, "the "+of+" "+entry+" has gone")
		}
	}
	return what
}

// explainKeys adds what to do to refusals that concern keys.
func explainKeys(err error) error {
	var refused *graph.Error
	if !errors.As(err, &refused) || refused.Status != http.StatusBadRequest {
		return err
	}
	switch {
	case strings.Contains(refused.Message, "end date is invalid"):
		return fmt.Errorf("%w; the certificate is valid for longer than the tenant's policy for applications permits: have one made with a shorter life", err)
	case strings.Contains(refused.Message, "is not allowed") && strings.Contains(refused.Message, "KeyId"):
		return fmt.Errorf("%w; an existing key was changed meanwhile: run plan again", err)
	}
	return err
}

// shown reads back until the change shows. Graph accepts a list without a condition, so that two writers at the same
// moment can undo one another: what was there and is lost is an error that names it.
func (p *provider) shown(ctx context.Context, patch Patch) error {
	var now *principal
	for _, pause := range p.pauses {
		if err := graph.Wait(ctx, pause); err != nil {
			return &providers.DoubtError{Err: err}
		}
		live, err := p.get(ctx, patch.AppID)
		if err != nil {
			return &providers.DoubtError{Err: fmt.Errorf("reading back: %w", err)}
		}
		if now = live; patch.holds(now) {
			return nil
		}
	}
	if lost := patch.lost(now); len(lost) > 0 {
		return fmt.Errorf("the service principal %s was changed by somebody else at the same moment, and of what was to stay there is gone: %s; run plan again, and look at the directory's audit log for who it was",
			patch.AppID, strings.Join(lost, ", "))
	}
	p.log.Warn("the change was accepted and does not show yet", "application", patch.AppID)
	return nil // what is read next says what shows
}

// holds says whether a principal is as the patch leaves it.
func (patch Patch) holds(now *principal) bool {
	if patch.Enabled != nil && (now.Enabled == nil || *now.Enabled != *patch.Enabled) {
		return false
	}
	if patch.Names != nil && len(differences("name", patch.Names, now.Names)) > 0 {
		return false
	}
	return patch.Keys == nil || len(differences("key", patch.keyIDs(), now.keyIDs())) == 0
}

func (patch Patch) keyIDs() []string {
	ids := make([]string, len(patch.Keys))
	for n, k := range patch.Keys {
		ids[n] = strings.ToLower(k.ID)
	}
	return ids
}

// lost are the entries that were to stay and are gone.
func (patch Patch) lost(now *principal) []string {
	var lost []string
	ids := now.keyIDs()
	for _, k := range patch.Keys {
		if !k.New && !slices.Contains(ids, strings.ToLower(k.ID)) {
			lost = append(lost, "the key "+k.ID)
		}
	}
	return lost
}
