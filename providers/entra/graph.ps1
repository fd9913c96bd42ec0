# Invoke-GraphPatch sends one change of a service principal. Graph replaces lists as a whole: nothing is sent where keys or
# names are not those that the plan has read, and keys that are to stay are sent as they are read right before.
function Invoke-GraphPatch([string] $Path, [string] $Body, [string[]] $Names, [string[]] $Keys, [string[]] $Kept) {
    $request = ConvertFrom-GraphJson $Body
    $lists = @($request.PSObject.Properties | ForEach-Object { $_.Name } | Where-Object { $_ -ne 'accountEnabled' })
    if ($lists.Count -gt 0) {
        $live = ConvertFrom-GraphJson (Invoke-MgGraphRequest -Method GET -Uri ('v1.0/' + $Path + '?$select=id,servicePrincipalNames,keyCredentials') -OutputType Json -ErrorAction Stop)
        $entries = @($live.keyCredentials | Where-Object { $null -ne $_ })
        if ($lists -contains 'servicePrincipalNames') { Test-Same $Path 'names' $Names @($live.servicePrincipalNames) }
        if ($lists -contains 'keyCredentials') { Test-Same $Path 'keys' $Keys @($entries | ForEach-Object { $_.keyId }) }
    }
    if ($Kept.Count -gt 0) {
        $request.keyCredentials = @(foreach ($entry in @($request.keyCredentials)) {
            if ($Kept -contains $entry.keyId) { $entries | Where-Object { $_.keyId -eq $entry.keyId } } else { $entry }
        })
        $Body = ConvertTo-Json -InputObject $request -Depth 10 -Compress
    }
    Invoke-MgGraphRequest -Method PATCH -Uri ('v1.0/' + $Path) -Body $Body -ContentType 'application/json' -ErrorAction Stop
}

# Test-Same holds what is live against what the plan has read.
function Test-Same([string] $Path, [string] $What, [string[]] $Planned, [string[]] $Live) {
    $other = @($Live | Where-Object { $Planned -notcontains $_ }) + @($Planned | Where-Object { $Live -notcontains $_ })
    if ($other.Count -gt 0) { throw "The $What of $Path are not those that the plan has read: $($other -join ', '). Nothing was changed. Plan again." }
}

# ConvertFrom-GraphJson leaves dates as they are written, where this PowerShell can.
function ConvertFrom-GraphJson([string] $Json) {
    if ((Get-Command ConvertFrom-Json).Parameters.ContainsKey('DateKind')) { return ConvertFrom-Json -InputObject $Json -DateKind String }
    ConvertFrom-Json -InputObject $Json
}

# Test-Graph sees to it that this session is signed in.
function Test-Graph([string] $Advice) {
    if ($null -eq (Get-MgContext)) { throw "This session is not signed in to Microsoft Graph. $Advice" }
}
