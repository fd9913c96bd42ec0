package lab

import (
	"fmt"
	"slices"
	"strings"

	"hybrid/internal/cmdlets"
)

// stubModule writes a PowerShell module with the cmdlets that the lab simulates: the published parameter sets, types
// and enumerations, before a body that keeps objects in a table.
func (s *simulator) stubModule() []byte {
	var b strings.Builder
	b.WriteString(stubHead)
	s.enumerations(&b)
	fmt.Fprintf(&b, "\n$script:Objects = @{}\n%s", s.stubObjects())
	for _, c := range s.tables.Cmdlets() {
		if s.has(c.Name) {
			s.stubFunction(&b, c)
		}
	}
	return []byte(b.String())
}

const stubHead = `# Stands in for the module of the same name behind the lab's WS-Management. Made from the published parameter sets;
# objects are kept for as long as the session lasts.
Set-StrictMode -Version 2
`

// enumerations declares the types of which every value is known, without those that -Flags or PowerShell itself have.
func (s *simulator) enumerations(b *strings.Builder) {
	values := map[string][]string{}
	for _, c := range s.tables.Cmdlets() {
		for _, p := range c.Params() {
			if len(p.Values) > 0 && s.has(c.Name) {
				values[p.Type] = p.Values
			}
		}
	}
	for _, name := range sortedKeys(values) {
		fmt.Fprintf(b, "enum %s { %s }\n", name, strings.Join(values[name], "; "))
	}
}

func sortedKeys[V any](m map[string]V) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// stubObjects writes what the estate holds, users among it, as tables.
func (s *simulator) stubObjects() string {
	var b strings.Builder
	for _, noun := range sortedKeys(s.estate.objects) {
		for o := range s.estate.of(noun).all() {
			fmt.Fprintf(&b, "$script:Objects['%s|%s'] = %s\n", noun, psText(strings.ToLower(o.Text("Identity"))), psObject(o))
		}
	}
	for _, a := range s.estate.Accounts {
		if a.SIP != "" {
			fmt.Fprintf(&b, "$script:Objects['CsUser|%s'] = %s\n", psText(strings.ToLower(a.SIP)), psObject(a.object()))
		}
	}
	return b.String()
}

// psText doubles what PowerShell takes for a single quote.
func psText(text string) string {
	return strings.NewReplacer("'", "''", "\u2018", "\u2018\u2018", "\u2019", "\u2019\u2019", "\u201a", "\u201a\u201a", "\u201b", "\u201b\u201b").Replace(text)
}

func psObject(o Object) string {
	parts := make([]string, 0, len(o))
	for _, name := range sortedKeys(o) {
		parts = append(parts, name+" = "+psValue(o[name]))
	}
	return "[pscustomobject]@{ " + strings.Join(parts, "; ") + " }"
}

func psValue(v any) string {
	switch v := v.(type) {
	case nil:
		return "$null"
	case bool:
		return map[bool]string{true: "$true", false: "$false"}[v]
	case string:
		return "'" + psText(v) + "'"
	case []any:
		items := make([]string, len(v))
		for n := range v {
			items[n] = psValue(v[n])
		}
		return "@(" + strings.Join(items, ", ") + ")"
	case Object:
		return psObject(v)
	}
	return fmt.Sprint(v)
}

// stubFunction writes one cmdlet.
func (s *simulator) stubFunction(b *strings.Builder, c *cmdlets.Cmdlet) {
	verb, noun, _ := strings.Cut(c.Name, "-")
	fmt.Fprintf(b, "\nfunction %s {\n    [CmdletBinding(%s)]\n    param(\n", c.Name, stubBinding(c))
	var params []string
	for _, p := range c.Params() {
		if p.Name != "Confirm" && p.Name != "WhatIf" {
			params = append(params, stubParam(c, p))
		}
	}
	fmt.Fprintf(b, "%s\n    )\n%s}\n", strings.Join(params, ",\n"), stubBody(verb, noun, c))
}

func stubBinding(c *cmdlets.Cmdlet) string {
	var parts []string
	if c.HasParam("Confirm") {
		parts = append(parts, "SupportsShouldProcess = $true")
		if c.Name == "Move-CsUser" {
			parts = append(parts, "ConfirmImpact = 'High'")
		}
	}
	if set := c.DefaultSet(); len(c.Sets) > 1 {
		parts = append(parts, "DefaultParameterSetName = '"+set.Name+"'")
	}
	return strings.Join(parts, ", ")
}

func stubParam(c *cmdlets.Cmdlet, p *cmdlets.Param) string {
	var b strings.Builder
	b.WriteString("        ")
	for _, set := range c.Sets {
		if !p.In(set.Name) {
			continue
		}
		var parts []string
		if set.Name != "" {
			parts = append(parts, "ParameterSetName = '"+set.Name+"'")
		}
		if p.Mandatory(set.Name) {
			parts = append(parts, "Mandatory = $true")
		}
		fmt.Fprintf(&b, "[Parameter(%s)]", strings.Join(parts, ", "))
	}
	for _, alias := range p.Aliases {
		if !c.HasParam(alias) {
			fmt.Fprintf(&b, "[Alias('%s')]", alias)
		}
	}
	return b.String() + "[" + stubType(p) + "]$" + p.Name
}

// stubType is the type as a PowerShell without the server's assemblies has it.
func stubType(p *cmdlets.Param) string {
	if len(p.Values) > 0 {
		return p.Type
	}
	switch t := strings.ToLower(p.Type); {
	case t == "switchparameter":
		return "switch"
	case t == "boolean":
		return "bool"
	case t == "string", t == "string[]", t == "int32", t == "int64", t == "uint32", t == "uint64", t == "guid", t == "datetime", t == "pscredential":
		return t
	case t == "fqdn", strings.HasSuffix(t, "identity"), strings.HasSuffix(t, "idparameter"):
		return "string"
	}
	return "object"
}

// stubBody keeps objects in the table: enough for a session to write and read back.
func stubBody(verb, noun string, c *cmdlets.Cmdlet) string {
	body, name := stubRead(noun, c), ""
	switch {
	case verb == "Get":
		return body
	case verb == "New" && noun == "CsHybridApplicationEndpoint":
		body = stubNew
		name = "    $Identity = \"CN={$([guid]::NewGuid())},$OU\"\n"
	case verb == "New":
		body = stubNew
	case verb == "Enable" && noun == "CsUser":
		body = stubEnableUser
	case verb == "Remove", verb == "Disable" && noun == "CsUser":
		body = stubMissing + "    [void]$script:Objects.Remove($key)\n"
	case verb == "Enable", verb == "Disable":
		body = stubMissing + "    $script:Objects[$key].Enabled = $" + map[string]string{"Enable": "true", "Disable": "false"}[verb] + "\n"
	case verb == "Move":
		body = stubMissing + stubMove
	default:
		body = stubMissing + "    $o = $script:Objects[$key]\n" + stubCopy
	}
	guard := ""
	if c.HasParam("Confirm") {
		guard = "    if (-not $PSCmdlet.ShouldProcess([string]$Identity)) { return }\n"
	}
	return name + guard + "    $key = '" + noun + "|' + $(if ($Identity) { ([string]$Identity).ToLowerInvariant() } else { 'global' })\n" + strings.ReplaceAll(body, "NOUN", strings.TrimPrefix(noun, "Cs"))
}

// The bodies of the stub's functions. $key is the object's place in the table; NOUN stands for the noun.
const (
	stubMissing = "    if (-not $script:Objects.ContainsKey($key)) { throw \"Cannot find \"\"NOUN\"\" \"\"$Identity\"\" because it does not exist.\" }\n"
	stubCopy    = "    foreach ($name in @($PSBoundParameters.Keys)) {\n" +
		"        if ($name -notin 'Confirm', 'WhatIf', 'Force', 'ErrorAction', 'PassThru') { $o | Add-Member -Force -NotePropertyName $name -NotePropertyValue $PSBoundParameters[$name] }\n    }\n"
	stubNew = "    if ($script:Objects.ContainsKey($key)) { throw \"Cannot create \"\"NOUN\"\" \"\"$Identity\"\" because it exists already.\" }\n" +
		"    $o = [pscustomobject]@{}\n" + stubCopy + "    $script:Objects[$key] = $o\n    $o\n"
	stubEnableUser = "    $script:Objects['CsUser|' + ([string]$SipAddress).ToLowerInvariant()] = [pscustomobject]@{ Identity = $Identity; SipAddress = $SipAddress; Enabled = $true; DisplayName = $Identity\n" +
		"        HostingProvider = $(if ($RegistrarPool) { 'SRV:' } else { [string]$HostingProviderProxyFqdn }); RegistrarPool = $(if ($RegistrarPool) { [string]$RegistrarPool } else { $null }) }\n"
	stubMove = "    $o = $script:Objects[$key]\n    if ($script:Objects.ContainsKey('CsPool|' + ([string]$Target).ToLowerInvariant())) { $o.HostingProvider = 'SRV:'; $o.RegistrarPool = [string]$Target }\n" +
		"    else { $o.HostingProvider = [string]$Target; $o.RegistrarPool = $null }\n"
	// stubUserFilter makes a script block of a filter: the words before a comparison are properties.
	stubUserFilter = "    if ($Filter) {\n        $where = [ScriptBlock]::Create(([string]$Filter -replace '([A-Za-z]+)(?=\\s+-(eq|ne|like|notlike)\\b)', '$$_.$1'))\n        return $found | Where-Object $where\n    }\n"
)

// stubRead is the body of a Get-: one object, or all.
func stubRead(noun string, c *cmdlets.Cmdlet) string {
	one, filter := "", ""
	if c.HasParam("Identity") {
		one = "    if ($Identity) {\n    $key = 'STORE|' + ([string]$Identity).ToLowerInvariant()\n" + stubMissing + "        return $script:Objects[$key]\n    }\n"
	}
	store := noun
	if noun == "CsUser" || noun == "CsAdUser" {
		store, filter = "CsUser", stubUserFilter
	} else if c.HasParam("Filter") {
		filter = "    if ($Filter) { return $found | Where-Object { $_.Identity -like $Filter } }\n"
	}
	all := "    $found = foreach ($k in @($script:Objects.Keys | Sort-Object)) { if ($k.StartsWith('STORE|')) { $script:Objects[$k] } }\n" + filter + "    $found\n"
	return strings.NewReplacer("STORE", store, "NOUN", strings.TrimPrefix(noun, "Cs")).Replace(one + all)
}
