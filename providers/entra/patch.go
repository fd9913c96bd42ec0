package entra

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"hybrid/planner"
	"hybrid/providers"
	"hybrid/schema"
)

// A Patch is the change of one service principal: PATCH /servicePrincipals/{id}. Keys that stay are sent as they are read
// right before.
type Patch struct {
	AppID    string
	ObjectID string // "" where it is not known: the application id then says which
	Enabled  *bool
	Names    []string // all of them; nil leaves them as they are
	Keys     []Key    // all of them; nil leaves them as they are
	// Sensitive says that what is set must not be shown.
	Sensitive bool
}

// A Key is an entry of the list that is sent.
type Key struct {
	ID    string
	New   bool   // otherwise it is there, and stays as it is
	Name  string // the certificate's subject
	Start string
	End   string
	Key   string // DER in base64
}

// Path is the address below Graph's version.
func (p Patch) Path() string {
	if p.ObjectID == "" {
		return "servicePrincipals(appId='" + p.AppID + "')"
	}
	return "servicePrincipals/" + p.ObjectID
}

// String is the request as a reviewer sees it, certificates shortened.
func (p Patch) String() string {
	if p.Sensitive {
		return "PATCH /" + p.Path() + " (sensitive)"
	}
	body, err := p.body(func(k Key) (json.RawMessage, error) {
		return json.RawMessage(`{"keyId":"` + k.ID + `","as it is":true}`), nil
	}, true)
	if err != nil {
		return "PATCH /" + p.Path() + " (" + err.Error() + ")"
	}
	return "PATCH /" + p.Path() + " " + strings.ReplaceAll(string(body), `,"as it is":true}`, `, as it is}`)
}

// newEntry is an entry of keyCredentials for a new key.
type newEntry struct {
	KeyID       string `json:"keyId"`
	Type        string `json:"type"`
	Usage       string `json:"usage"`
	DisplayName string `json:"displayName,omitempty"`
	Start       string `json:"startDateTime"`
	End         string `json:"endDateTime"`
	Key         string `json:"key"`
}

// body is the JSON that is sent; kept gives the entry of a key that stays.
func (p Patch) body(kept func(Key) (json.RawMessage, error), short bool) ([]byte, error) {
	var body struct {
		Enabled *bool              `json:"accountEnabled,omitempty"`
		Names   []string           `json:"servicePrincipalNames,omitempty"`
		Keys    *[]json.RawMessage `json:"keyCredentials,omitempty"`
	}
	body.Enabled, body.Names = p.Enabled, p.Names
	if p.Keys != nil {
		entries := make([]json.RawMessage, 0, len(p.Keys))
		for _, k := range p.Keys {
			entry, err := k.entry(kept, short)
			if err != nil {
				return nil, err
			}
			entries = append(entries, entry)
		}
		body.Keys = &entries
	}
	return json.Marshal(body)
}

func (k Key) entry(kept func(Key) (json.RawMessage, error), short bool) (json.RawMessage, error) {
	if !k.New {
		return kept(k)
	}
	e := newEntry{KeyID: k.ID, Type: "AsymmetricX509Cert", Usage: "Verify", DisplayName: k.Name, Start: k.Start, End: k.End, Key: k.Key}
	if short && len(e.Key) > 24 {
		e.Key = fmt.Sprintf("%s… (%d characters)", e.Key[:12], len(e.Key))
	}
	return json.Marshal(e)
}

// commands translates a change. It is pure.
func commands(c planner.Change) ([]providers.Command, error) {
	switch c.Action {
	case planner.NoOp, planner.Unknown:
		return nil, nil
	case planner.Create:
		return nil, fmt.Errorf("the tenant has no service principal of the application %s, and hybrid creates none: an administrator makes one with New-MgServicePrincipal -AppId %s, or the subscription that brings it is missing", c.Identity, c.Identity)
	case planner.Update:
		p, err := patchOf(c)
		if err != nil {
			return nil, err
		}
		return []providers.Command{p}, nil
	case planner.Delete, planner.Replace:
		return nil, fmt.Errorf("hybrid deletes no service principals, and %s stays: take the block out, and its keys and names are left alone", c.Identity)
	}
	return nil, fmt.Errorf("%s: a service principal knows no %s", c.Address, c.Action)
}

func patchOf(c planner.Change) (Patch, error) {
	before, after := plainMap(c.Before), plainMap(c.After)
	p := Patch{AppID: c.Identity, ObjectID: text(before["object_id"])}
	if p.ObjectID == "" {
		p.ObjectID = text(after["object_id"])
	}
	for _, path := range c.Paths {
		name := planner.AttrName(path)
		p.Sensitive = p.Sensitive || sensitive(c.Before, name) || sensitive(c.After, name)
		if v := after[name]; v.IsNull() || !v.IsWhollyKnown() {
			return Patch{}, fmt.Errorf("%s of %s is not known yet", name, c.Address)
		}
		switch name {
		case "account_enabled":
			enabled := after[name].True()
			p.Enabled = &enabled
		case "names":
			p.Names = namesOf(after[name])
		case "key_credential":
			keys, err := keysFor(keysOf(before[name]), keysOf(after[name]))
			if err != nil {
				return Patch{}, err
			}
			p.Keys = keys
		}
	}
	return p, nil
}

// sensitive says whether an attribute of an object must not be shown.
func sensitive(object cty.Value, name string) bool {
	object, _ = object.Unmark()
	return !object.IsNull() && object.IsKnown() && schema.IsSensitive(object.GetAttr(name))
}

// keysFor is the list that leads from one set of keys to another.
func keysFor(before, after []cty.Value) ([]Key, error) {
	keys := make([]Key, 0, len(after))
	for _, v := range after {
		k := Key{ID: text(v.GetAttr("key_id"))}
		if !slices.ContainsFunc(before, func(b cty.Value) bool { return text(b.GetAttr("key_id")) == k.ID }) {
			k.New, k.Key = true, text(v.GetAttr("certificate"))
			k.Name, k.Start, k.End = text(v.GetAttr("display_name")), text(v.GetAttr("start_date")), text(v.GetAttr("end_date"))
			if k.Key == "" {
				return nil, fmt.Errorf("the certificate of the key %s is not known, so it cannot be brought back", k.ID)
			}
		}
		keys = append(keys, k)
	}
	return keys, nil
}

func plainMap(v cty.Value) map[string]cty.Value {
	v, _ = v.UnmarkDeep()
	if v.IsNull() || !v.IsKnown() {
		return nil
	}
	return v.AsValueMap()
}

func namesOf(v cty.Value) []string {
	if v == cty.NilVal || v.IsNull() || !v.IsKnown() {
		return nil
	}
	var names []string
	for _, name := range v.AsValueSlice() {
		names = append(names, text(name))
	}
	slices.Sort(names)
	return names
}
