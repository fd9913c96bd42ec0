package shell

import (
	"cmp"
	"crypto/x509"
	"errors"
	"fmt"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/bounded"
	"hybrid/internal/kerberos"
	"hybrid/internal/powershell"
	"hybrid/internal/wsman"
	"hybrid/providers"
)

// What holds where a provider block says nothing.
const (
	DefaultTimeout  = 300 * time.Second // a Move-CsUser with many contacts takes minutes
	DefaultSessions = 8
)

// Arguments are those of a provider block, null where unset.
type Arguments struct{ values map[string]cty.Value }

// ArgumentsOf reads what a provider block says.
func ArgumentsOf(s providers.Settings) Arguments { return Arguments{s.Values.AsValueMap()} }

// Text is an argument that is a text, "" where it is unset.
func (a Arguments) Text(name string) string { return TextOf(a.values[name]) }

func (a Arguments) int(name string) int {
	v, _ := a.values[name].Unmark()
	if !Tells(v) {
		return 0
	}
	n, _ := v.AsBigFloat().Int64()
	return int(n)
}

func (a Arguments) seconds(name string) time.Duration {
	return time.Duration(a.int(name)) * time.Second
}

// readBack is how long servers that are behind are waited for; 0 where the block has no such argument.
func (a Arguments) readBack() time.Duration {
	v, has := a.values["read_back"]
	if !has {
		return 0
	}
	return DurationOf(v, usualReadBack)
}

// Local says whether PowerShell runs on this machine.
func (a Arguments) Local() bool { return a.Text("transport") == "local" }

// Nobody says whether sessions on a host are wanted and no account signs in to it. By Kerberos a cache of tickets may, and by
// certificate the account that the host maps it to. What is not known yet is somebody.
func (a Arguments) Nobody() bool {
	name, _ := a.values["username"].Unmark()
	return !a.Local() && name.IsKnown() && TextOf(name) == "" && !IsText(a.values["auth"], "kerberos") && !IsText(a.values["auth"], "certificate")
}

// Hosts are the hosts' names.
func (a Arguments) Hosts() []string { return a.texts("hosts") }

// texts is an argument that is a list of texts.
func (a Arguments) texts(name string) []string {
	v, _ := a.values[name].UnmarkDeep()
	if !Tells(v) {
		return nil
	}
	var names []string
	for it := v.ElementIterator(); it.Next(); {
		_, name := it.Element()
		names = append(names, TextOf(name))
	}
	return names
}

// hosts are where sessions run, and who signs in to them by Kerberos, if anybody does.
func (a Arguments) hosts(s providers.Settings, log hclog.Logger) ([]powershell.Host, *kerberos.Identity, error) {
	if a.Local() {
		return []powershell.Host{powershell.Local("")}, nil, nil
	}
	names := a.Hosts()
	if len(names) == 0 {
		return nil, nil, errors.New(`hosts is missing: name the Windows hosts with the management shell, such as ["fe01.contoso.com"]`)
	}
	ca, err := a.authorities(s.Dir)
	if err != nil {
		return nil, nil, err
	}
	signIn, identity, err := a.signIn(s.Dir)
	if err != nil {
		return nil, nil, err
	}
	var hosts []powershell.Host
	for _, name := range names {
		dial := ""
		if s.Listener != nil {
			dial = s.Listener(name)
		}
		host, err := powershell.WinRM(wsman.Options{
			Host: name, Port: a.int("port"), Dial: dial,
			CA: ca, Fingerprint: a.Text("fingerprint"), ServerName: a.Text("server_name"),
			SignIn: signIn, Log: log,
		})
		if err != nil {
			return nil, nil, err
		}
		hosts = append(hosts, host)
	}
	return hosts, identity, nil
}

// authorities reads the CA file, if there is one.
func (a Arguments) authorities(dir string) ([]byte, error) {
	name := a.Text("ca_file")
	if name == "" {
		return nil, nil
	}
	pem, err := bounded.PEM(within(dir, name))
	if err != nil {
		return nil, fmt.Errorf("ca_file: %w", err)
	}
	if !x509.NewCertPool().AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("ca_file: %s holds no certificate in PEM (lines between BEGIN CERTIFICATE and END CERTIFICATE)", name)
	}
	return pem, nil
}

// size is how many sessions there may be at once.
func (a Arguments) size(s providers.Settings) int {
	most := cmp.Or(a.int("sessions"), DefaultSessions)
	if s.Parallel > 0 {
		return min(s.Parallel, most)
	}
	return most
}

// Place is where the first session goes.
func (a Arguments) Place() string {
	if names := a.Hosts(); !a.Local() && len(names) > 0 {
		return names[0]
	}
	return "this machine"
}

// ArgumentsOfBlock reads what the values of a provider block say that are not null.
func ArgumentsOfBlock(block cty.Value) Arguments {
	plain, _ := block.UnmarkDeep()
	return Arguments{plain.AsValueMap()}
}
