package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"hybrid/internal/config"
	"hybrid/schema"
)

// Every page of the reference has an example, and together they are a configuration that is valid and in canonical layout.
func TestExamplesOfTheReference(t *testing.T) {
	t.Parallel()
	systems, kinds := declarations()
	var all []string
	example := func(of, text string) {
		if text == "" {
			t.Errorf("there is no example of %s: give it an Example", of)
		}
		if formatted, _ := config.Format([]byte(text+"\n"), "example.hcl"); string(formatted) != text+"\n" {
			t.Errorf("the example of %s is not in canonical layout:\n%s", of, formatted)
		}
		all = append(all, text)
	}
	for _, s := range systems {
		example("provider "+s.Name, s.Example)
	}
	for _, k := range kinds {
		example(k.Name, k.Example)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "examples.hcl"), []byte(strings.Join(all, "\n\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	_, diags := config.Load(dir, config.Options{Systems: systems, Kinds: kinds, UnknownSecrets: true})
	for _, d := range diags {
		t.Errorf("%s", d)
	}
}

// compiled is the JSON Schema, held to its meta schema: compiling does that.
func compiled(t *testing.T) *jsonschema.Schema {
	t.Helper()
	systems, kinds := declarations()
	text, err := json.Marshal(schema.JSONSchema(kinds, systems))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("hybrid.json", unmarshalled(t, string(text))); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("hybrid.json")
	if err != nil {
		t.Fatalf("it is no JSON Schema: %v", err)
	}
	if s.DraftVersion != 2020 {
		t.Errorf("it is of draft %d", s.DraftVersion)
	}
	return s
}

func unmarshalled(t *testing.T, text string) any {
	t.Helper()
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader([]byte(text)))
	if err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return v
}

// What an editor takes is what the program takes, as far as a schema can say.
func TestTheSchemaTakesConfigurations(t *testing.T) {
	t.Parallel()
	s := compiled(t)
	systems, kinds := declarations()
	for name, c := range map[string]struct {
		text  string
		takes bool
	}{
		"a configuration": {`{"provider": {"skype": {"hosts": ["fe01.contoso.com"], "username": "svc", "password": "${env(\"HYBRID_PASSWORD\")}"}},
			"access_edge": {"routing": "dns_srv", "allow_outside_users": true},
			"hosting_provider": {"LyncOnline": {"proxy_fqdn": "sipfed.online.lync.com", "enabled": true, "enabled_shared_address_space": true, "hosts_ocs_users": true,
				"lifecycle": {"prevent_destroy": true}}},
			"user_homing": {"pilot": {"users": [{"sip_address": "sip:ada@contoso.com"}], "target": "pool01.contoso.com", "wave": {"batch": 10}}}}`, true},
		"no such argument": {`{"access_edge": {"rooting": "dns_srv"}}`, false},
		"no such value":    {`{"access_edge": {"routing": "carrier pigeon"}}`, false},
		"no such kind":     {`{"acces_edge": {}}`, false},
		"not a Boolean":    {`{"access_edge": {"allow_outside_users": [1]}}`, false},
		"no block":         {`{"access_edge": "dns_srv"}`, false},
	} {
		err := s.Validate(unmarshalled(t, c.text))
		if (err == nil) != c.takes {
			t.Errorf("%s: the schema says %v", name, err)
		}
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "main.hcl.json"), []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, diags := config.Load(dir, config.Options{Systems: systems, Kinds: kinds, UnknownSecrets: true}); diags.HasErrors() == c.takes {
			t.Errorf("%s: the program says %v", name, diags)
		}
	}
}
