package lab

import (
	"strings"
	"time"
)

// Names of properties and texts of errors are those that Windows PowerShell 5.1 shows.

// source is the class of the cmdlet, as error ids name it.
func (c *hostCall) source() string {
	class := strings.ReplaceAll(c.name(), "-", "")
	if strings.HasPrefix(c.name(), "Get-AD") {
		return "Microsoft.ActiveDirectory.Management.Commands." + class
	}
	return "Microsoft.PowerShell.Commands." + class + "Command"
}

// getADDomain is Get-ADDomain.
func getADDomain(c *hostCall) error {
	domain := c.estate.defaultSipDomain()
	if err := c.reaches(domain); err != nil {
		return err
	}
	name, _, _ := strings.Cut(domain, ".")
	c.objects = []Object{{"DNSRoot": domain, "Forest": domain, "NetBIOSName": strings.ToUpper(name), "DistinguishedName": domainDN(domain), "PDCEmulator": "dc01." + domain}}
	return nil
}

// getModule is Get-Module -ListAvailable, of the tenant's module alone. A module that is not there is no object and no error.
func getModule(c *hostCall) error {
	if !strings.EqualFold(c.text("Name"), teamsModule) || c.params["ListAvailable"] != true {
		return nil
	}
	for _, version := range c.estate.Windows.teamsModules(c.host) {
		c.objects = append(c.objects, Object{
			"Name": teamsModule, "Version": version, "ModuleType": "Script",
			"ModuleBase": `C:\Program Files\WindowsPowerShell\Modules\MicrosoftTeams\` + version,
		})
	}
	return nil
}

// registry are the keys of a host that there are, by their path in lower case.
func (e *Estate) registry(host string) map[string]Object {
	net := Object{"SchUseStrongCrypto": int64(1), "SystemDefaultTlsVersions": int64(1), "PSChildName": "v4.0.30319"}
	if lists(e.Windows.NoTLS12, host) {
		net = Object{"PSChildName": "v4.0.30319"}
	}
	keys := map[string]Object{
		`hklm:\software\microsoft\.netframework\v4.0.30319`:             net,
		`hklm:\software\wow6432node\microsoft\.netframework\v4.0.30319`: net,
		`hklm:\software\microsoft\windows nt\currentversion`:            {"CurrentVersion": "6.3", "ProductName": "Windows Server 2019 Standard", "CurrentBuild": "17763"},
	}
	if lists(e.Windows.TLS12, host) {
		keys[`hklm:\system\currentcontrolset\control\securityproviders\schannel\protocols\tls 1.2\client`] = Object{"Enabled": int64(0), "DisabledByDefault": int64(1), "PSChildName": "Client"}
	}
	return keys
}

// getItemProperty is Get-ItemProperty on keys of the registry.
func getItemProperty(c *hostCall) error {
	key, there := c.estate.registry(c.host)[strings.ToLower(c.text("Path"))]
	if !there {
		return c.noPath()
	}
	c.objects = []Object{key}
	return nil
}

// noPath is the error of a path at which there is nothing.
func (c *hostCall) noPath() error {
	return &Failure{
		Message: "Cannot find path '" + strings.Replace(c.text("Path"), "HKLM:", "HKEY_LOCAL_MACHINE", 1) + "' because it does not exist.",
		Kind:    "PathNotFound," + c.source(), Category: "ObjectNotFound", Type: "System.Management.Automation.ItemNotFoundException",
	}
}

// getLimit is Get-Item on the drive WSMan.
func getLimit(c *hostCall) error {
	if !strings.EqualFold(c.text("Path"), `WSMan:\localhost\MaxEnvelopeSizekb`) {
		return c.noPath()
	}
	c.objects = []Object{{"Name": "MaxEnvelopeSizekb", "Value": "500", "Type": "System.String"}}
	return nil
}

// getLimits is Get-ChildItem on the drive WSMan.
func getLimits(c *hostCall) error {
	if !strings.EqualFold(c.text("Path"), `WSMan:\localhost\Shell`) {
		return c.noPath()
	}
	for _, limit := range [][2]string{
		{"AllowRemoteShellAccess", "true"},
		{"IdleTimeout", "7200000"},
		{"MaxConcurrentUsers", "2147483647"},
		{"MaxShellRunTime", "2147483647"},
		{"MaxProcessesPerShell", "2147483647"},
		{"MaxMemoryPerShellMB", "2147483647"},
		{"MaxShellsPerUser", "2147483647"},
	} {
		c.objects = append(c.objects, Object{"Name": limit[0], "Value": limit[1], "Type": "System.String"})
	}
	return nil
}

// getChildItem is Get-ChildItem, on the drives WSMan and Cert.
func getChildItem(c *hostCall) error {
	if strings.HasPrefix(strings.ToLower(c.text("Path")), `wsman:`) {
		return getLimits(c)
	}
	return getStore(c)
}

// getDate is Get-Date -Format o, by the host's clock.
func getDate(c *hostCall) error {
	if c.text("Format") != "o" {
		return c.unsimulated("Format of anything but o")
	}
	c.texts = []string{netDate(c.estate.now(), offset(c.estate.Trust.Hosts))}
	return nil
}

// netDate is when a moment was by a clock that is so far ahead, as Get-Date -Format o writes it.
func netDate(t time.Time, ahead time.Duration) string {
	return t.Add(ahead).Format("2006-01-02T15:04:05.0000000-07:00")
}
