package shell

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/zclconf/go-cty/cty"

	"hybrid/schema"
)

// ListenerAttrs are the arguments of a provider block that say how the WinRM listeners of its hosts are reached.
func ListenerAttrs() []schema.Attr {
	return []schema.Attr{
		{
			Name: "port", Type: cty.Number, Default: cty.NumberIntVal(5986), Check: CheckCount(1, 65535),
			Doc: "The port of the WinRM listener, which must be one for HTTPS.",
		},
		{
			Name: "https", Type: cty.Bool, Default: cty.True, Check: checkHTTPS,
			Doc: "Only `true`: hybrid speaks WinRM over TLS alone. Over HTTP Windows wants every message sealed by Kerberos or NTLM, which no well-kept library for Go does, and unsealed the network could read all of it.",
		},
		{
			Name: "ca_file", Type: cty.String,
			Doc: "A file with the certificates, in PEM, of the authorities that the hosts' certificates come from, relative to the configuration. Without it those that this machine trusts.",
		},
		{
			Name: "fingerprint", Type: cty.String, Check: CheckFingerprint,
			Doc: "The SHA-256 fingerprint of the hosts' certificate: no other is accepted, and without `ca_file` it alone decides. Where each host has a certificate of its own, use `ca_file`.",
		},
		{
			Name: "server_name", Type: cty.String, Check: CheckFQDN,
			Doc: "The name that the hosts' certificate bears, where it is not the host's.",
		},
	}
}

// SessionAttrs are the arguments that bound the sessions of a provider block, of which there are usually so many.
func SessionAttrs(usual int) []schema.Attr {
	return []schema.Attr{
		{
			Name: "timeout", Type: cty.Number, Default: cty.NumberIntVal(300), Check: CheckCount(1, 86400),
			Doc: "How long one cmdlet may take, in seconds. One that takes longer is given up, and what became of it is read before anything else is done.",
		},
		{
			Name: "sessions", Type: cty.Number, Default: cty.NumberIntVal(int64(usual)), Check: CheckCount(1, 100),
			Doc: "How many PowerShell sessions may be open at once, over all hosts. They are opened when they are needed. Windows permits an account 30 on a host (`MaxShellsPerUser`), Windows Server 2008 R2 only 5.",
		},
	}
}

// usualReadBack is how long what was carried out and does not show is read again where a block does not say: domain
// controllers of a site have one another's changes after 15 seconds, and those of another site after 15 minutes or more.
const usualReadBack = 5 * time.Minute

// ReadBackAttr is the argument that says how long a provider block has patience with servers that are behind.
func ReadBackAttr() schema.Attr {
	return schema.Attr{
		Name: "read_back", Type: cty.String, Default: cty.StringVal("5m"), Check: CheckDuration,
		Doc: "How long to go on reading what was carried out without an error and does not show: a domain controller, or a replica of the store, may be behind. It is waited for as long as something is missing, and only that is read again. `\"0s\"` looks once.",
	}
}

// CheckHosts accepts a list of names or addresses without ports.
func CheckHosts(v cty.Value) error {
	if v.LengthInt() == 0 {
		return errors.New("The list is empty: name at least one host.")
	}
	for it := v.ElementIterator(); it.Next(); {
		_, host := it.Element()
		if err := CheckHost(host); err != nil {
			return err
		}
	}
	return nil
}

// CheckHost accepts a name or an address without port.
func CheckHost(v cty.Value) error {
	name := TextOf(v)
	if strings.Count(name, ":") == 1 || strings.ContainsAny(name, "/[] \t") || name == "" {
		return fmt.Errorf("%q is no host: write its name or address alone; the port has an argument of its own.", name)
	}
	return nil
}

// CheckFingerprint accepts 32 bytes in hex, with or without colons.
func CheckFingerprint(v cty.Value) error {
	hex := strings.ReplaceAll(strings.ToLower(v.AsString()), ":", "")
	if len(hex) == 40 && strings.Trim(hex, "0123456789abcdef") == "" {
		return errors.New("This is a SHA-1 thumbprint, as Windows shows it: write the SHA-256 fingerprint of the certificate.")
	}
	if len(hex) != 64 || strings.Trim(hex, "0123456789abcdef") != "" {
		return fmt.Errorf("%q is no SHA-256 fingerprint: write its 64 hexadecimal digits, with or without colons.", v.AsString())
	}
	return nil
}
