package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
)

// An asking is an argument of a provider block that init asks for.
type asking struct{ attr, text string }

// asked are the arguments that init --from-live asks for, by system, without those that have a usual value; and the secrets that
// the block then takes from the environment.
var asked = []struct {
	system    string
	what      string
	questions []asking
	secrets   []string
}{
	{"skype", "the servers (Lync or Skype for Business Server)", []asking{
		{"hosts", "Front End Servers, separated by commas"},
		{"username", "account that signs in to them"},
		{"endpoint", "the pool's remote PowerShell, https://POOL/OcsPowershell, where one is used"},
		{"endpoint_username", "account that signs in there"},
	}, []string{"password", "endpoint_password"}},
	{"teams", "the tenant, through the MicrosoftTeams module", []asking{
		{"host", "Windows host with the module"},
		{"username", "account that signs in to it"},
		{"tenant_id", "id of the tenant"},
		{"client_id", "application that signs in to it"},
		{"certificate_thumbprint", "thumbprint of its certificate on the host"},
	}, []string{"password"}},
	{"entra", "the tenant's service principals, through Microsoft Graph", []asking{{"tenant_id", "id of the tenant"}, {"client_id", "application that signs in to it"}}, []string{"certificate"}},
	{"dns", "a name server", []asking{
		{"type", "rfc2136, or windows for its cmdlets"},
		{"server", "name server that takes dynamic updates"},
		{"host", "Windows DNS server"},
		{"username", "account that signs in to it"},
		{"zones", "zones, separated by commas"},
	}, []string{"password"}},
}

// fromLive is what init --from-live is told by flags.
type fromLive struct {
	importOptions
	providers []string
	set       []string
}

// blocks are the provider blocks that flags describe, or whoever sits at the terminal does.
func (a *app) blocks(f fromLive) ([]block, error) {
	blocks, err := flagged(f)
	if err != nil || len(blocks) > 0 {
		return blocks, err
	}
	if !terminal(a.in) {
		return nil, errors.New("there is no terminal to ask on: say which provider blocks to write, such as --provider skype --set skype.hosts=fe01.contoso.com --set skype.username=svc-hybrid")
	}
	return a.askBlocks(bufio.NewScanner(a.in))
}

// flagged reads --provider and --set.
func flagged(f fromLive) ([]block, error) {
	var blocks []block
	of := func(name string) *block {
		for n := range blocks {
			if blocks[n].name == name {
				return &blocks[n]
			}
		}
		blocks = append(blocks, block{name, map[string]string{}})
		return &blocks[len(blocks)-1]
	}
	for _, name := range f.providers {
		of(name)
	}
	for _, text := range f.set {
		path, value, ok := strings.Cut(text, "=")
		at := strings.LastIndex(path, ".")
		if !ok || at < 1 {
			return nil, fmt.Errorf("--set %q: write it as block.argument=value, such as skype.hosts=fe01.contoso.com", text)
		}
		of(path[:at]).values[path[at+1:]] = value
	}
	return blocks, nil
}

// askBlocks asks for one block after the other. An empty answer leaves an argument, or a block, out.
func (a *app) askBlocks(answers *bufio.Scanner) ([]block, error) {
	ask := func(text string) string {
		fmt.Fprint(a.err, text+": ")
		if !answers.Scan() {
			return ""
		}
		return strings.TrimSpace(answers.Text())
	}
	var blocks []block
	tenant := ""
	for _, s := range asked {
		answer := strings.ToLower(ask("Read " + s.what + "? (y/N)"))
		if answer != "y" && answer != "yes" {
			continue
		}
		b := block{s.system, map[string]string{}}
		if s.system == "dns" {
			b.name += "." + orElse(ask("  a name for it, such as external"), "external")
		}
		for _, q := range s.questions {
			if q.attr == "tenant_id" && tenant != "" {
				b.values[q.attr] = tenant
			} else if value := ask("  " + q.text); value != "" {
				b.values[q.attr] = value
			}
		}
		tenant = orElse(tenant, b.values["tenant_id"])
		blocks = append(blocks, b)
	}
	if len(blocks) == 0 {
		return nil, errors.New("no provider block was asked for, so there is nothing to read: nothing was written")
	}
	return blocks, answers.Err()
}

func orElse(text, other string) string {
	if text == "" {
		return other
	}
	return text
}

// initFromLive writes provider blocks and what is live behind them, all of it or nothing.
func (a *app) initFromLive(ctx context.Context, dir string, f fromLive) (err error) {
	if found, _ := filepath.Glob(filepath.Join(dir, "*.hcl*")); len(found) > 0 {
		return fmt.Errorf("%s exists already, and init overwrites nothing: add what is live to it with `hybrid import %s`, or choose another folder", found[0], dir)
	}
	blocks, err := a.blocks(f)
	if err != nil {
		return err
	}
	text, err := providersFile(blocks)
	if err != nil {
		return err
	}
	ctx = untilClosed(ctx) // not while somebody is asked: reading from a terminal does not end with a context
	t := &importTarget{app: a, vault: a.vault(ctx), dir: dir, carried: map[string][]byte{"providers.hcl": text}}
	c, diags := t.load(nil)
	if diags.HasErrors() {
		return &invalid{diags, sources(c)}
	}
	t.before = c
	err = a.importInto(ctx, c, t, f.importOptions)
	if written, _ := filepath.Glob(filepath.Join(dir, "*.hcl")); len(written) > 0 { // as well where something could not be read
		err = errors.Join(err, a.ignoreRuns(dir))
	}
	return err
}
