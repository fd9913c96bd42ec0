# Set-NameServer remembers a name server, and asks for the secret of its key.
function Set-NameServer([string] $Part, [string] $Server, [string] $Port, [string] $Algorithm, [string] $KeyName, [string[]] $Zones) {
    if ($Server -eq '') { $Server = Read-Known "The name server of $Part" }
    $lines = @('server {0} {1}' -f $Server, $Port)
    if ($KeyName -ne '') {
        $secret = (Read-Secret "The secret of the key $KeyName, in base64").Trim()
        if ($secret -notmatch '^[A-Za-z0-9+/=]+$') { throw "What was given as the secret of the key $KeyName is not base64." }
        $lines += 'key {0}:{1} {2}' -f $Algorithm, $KeyName, $secret
    }
    $NameServers[$Part] = @{ Lines = $lines; Zones = $Zones }
}

# Invoke-Nsupdate sends one update, over TCP. Nothing of it stands on a command line: a secret there is seen by others.
function Invoke-Nsupdate([string] $Part, [string] $Owner, [string[]] $Update) {
    $OutputEncoding = New-Object System.Text.ASCIIEncoding
    $server = $NameServers[$Part]
    $zone = ''
    foreach ($name in $server.Zones) {
        $below = $Owner.ToLowerInvariant() -eq $name -or $Owner.ToLowerInvariant().EndsWith('.' + $name)
        if ($below -and $name.Length -gt $zone.Length) { $zone = $name }
    }
    $lines = @($server.Lines)
    if ($zone -ne '') { $lines += 'zone ' + $zone }
    $lines + $Update | & nsupdate -v
    if ($LASTEXITCODE -ne 0) { throw "nsupdate has failed (exit code $LASTEXITCODE). NXRRSET, YXRRSET, NXDOMAIN or YXDOMAIN mean that the records are not as the plan has read them: nothing was changed." }
}

$NameServers = @{}
