# The host agent: one process per session, started by a bootstrap that reads this script from its first line
# of input. It then takes one JSON request a line and answers in marked lines, so that nothing a configuration
# holds is ever spliced into a script, and no secret ever stands in a command line.
# Written in the subset that Windows PowerShell 3 to 5.1 and PowerShell 7 share; free of the automatic
# variable for pipeline input, whose mere mention would make the host take over standard input.
param([IO.TextReader]$Requests)

Set-StrictMode -Version 2
$global:ErrorActionPreference = 'Stop'
$global:ProgressPreference    = 'SilentlyContinue'
$global:ConfirmPreference     = 'None'
# Before PowerShell 6 an array that passed through a pipeline is written as {"value":...,"Count":...} without this.
if ($PSVersionTable.PSVersion.Major -lt 6) { Remove-TypeData -TypeName System.Array -ErrorAction SilentlyContinue }

$Utf8    = New-Object Text.UTF8Encoding $false
$Answers = New-Object IO.StreamWriter ([Console]::OpenStandardOutput()), $Utf8, 65536
$Session = @{ Allowed = @{}; Remote = $null } # which commands may be called, and where they run

# PowerShell 7 makes a time of a text that looks like one, unless told otherwise (it can be since 7.5).
$AsWritten = @{}
if ((Get-Command ConvertFrom-Json).Parameters.ContainsKey('DateKind')) { $AsWritten['DateKind'] = 'String' }

# An answer is a line that starts with a mark: '#hybrid j ' and ASCII JSON, or '#hybrid z ' and base64 of gzipped
# UTF-8 JSON where it is long or not ASCII. Lines without one are a cmdlet talking to the console, which may have left
# its line open: hence the line feed in front. -Hold leaves an answer to be sent with the next, in one packet.
function Write-Answer([hashtable]$Answer, [switch]$Hold) {
    $json = ConvertTo-Json -InputObject $Answer -Compress -Depth 8
    if ($json.Length -lt 1024 -and $json -notmatch '[^\x20-\x7e]') {
        $Answers.Write("`n#hybrid j " + $json + "`n")
    } else {
        $bytes  = $Utf8.GetBytes($json)
        $packed = New-Object IO.MemoryStream
        $gzip   = New-Object IO.Compression.GZipStream $packed, ([IO.Compression.CompressionMode]::Compress)
        $gzip.Write($bytes, 0, $bytes.Length)
        $gzip.Close()
        $Answers.Write("`n#hybrid z " + [Convert]::ToBase64String($packed.ToArray()) + "`n")
    }
    if (-not $Hold) { $Answers.Flush() }
}

# {"$credential": {username, password}} becomes a PSCredential, {"$call": {cmdlet, parameters}} what another
# allowed cmdlet returns; other tables become hashtables.
function ConvertTo-Argument($Value) {
    if ($Value -is [Management.Automation.PSCustomObject]) {
        $names = @($Value.PSObject.Properties | ForEach-Object { $_.Name })
        if ($names.Count -eq 1 -and $names[0] -eq '$credential') {
            $secret = New-Object Security.SecureString
            foreach ($c in ([string]$Value.'$credential'.password).ToCharArray()) { $secret.AppendChar($c) }
            return New-Object Management.Automation.PSCredential ([string]$Value.'$credential'.username), $secret
        }
        if ($names.Count -eq 1 -and $names[0] -eq '$call') { return Invoke-Allowed $Value.'$call' }
        $table = @{}
        foreach ($p in $Value.PSObject.Properties) { $table[$p.Name] = ConvertTo-Argument $p.Value }
        return $table
    }
    if ($Value -is [DateTime]) { throw 'a text that looks like a time cannot be passed on as it is written by this PowerShell; 7.5 and later can' }
    if ($Value -is [array]) { return ,@($Value | ForEach-Object { ConvertTo-Argument $_ }) }
    return $Value
}

# Reduces a value to what JSON can say. An enumeration gives its name, also where it came through a remote session
# and is only a number that remembers its text; a time gives its ISO 8601 form in UTC, a length of time its constant
# form, [d.]hh:mm:ss. An instance of CIM, such as the data of a DNS record, gives its properties, without those that
# every instance has of its class and its origin.
function ConvertTo-Plain($Value, [int]$Depth) {
    if ($null -eq $Value -or $Value -is [string] -or $Value -is [bool]) { return $Value }
    $base = $Value.PSObject.BaseObject
    if ($base -is [enum]) { return $base.ToString() }
    if ($base -is [ValueType] -and $Value.PSObject.TypeNames[0] -like 'Deserialized.*') { return $Value.ToString() }
    if ($base -is [DateTime]) { return $base.ToUniversalTime().ToString('o') }
    if ($base.GetType().IsPrimitive -or $base -is [decimal] -or $base -is [string]) { return $base }
    if ($base -is [Collections.IDictionary]) {
        $table = @{}
        foreach ($k in $base.Keys) { $table[[string]$k] = ConvertTo-Plain $base[$k] ($Depth - 1) }
        return $table
    }
    if ($base -is [Collections.IEnumerable]) {
        $list = New-Object Collections.ArrayList
        foreach ($item in $base) { [void]$list.Add((ConvertTo-Plain $item ($Depth - 1))) }
        return ,$list.ToArray()
    }
    $instance = $base.GetType().FullName -eq 'Microsoft.Management.Infrastructure.CimInstance'
    if ($Depth -le 0 -or -not ($instance -or $base -is [Management.Automation.PSCustomObject])) { return $Value.ToString() }
    $table = @{}
    foreach ($p in $Value.PSObject.Properties) {
        if ($instance -and $p.Name -match '^(Cim(Class|InstanceProperties|SystemProperties)|PSComputerName)$') { continue }
        $table[$p.Name] = ConvertTo-Plain $p.Value ($Depth - 1)
    }
    return $table
}

# Runs one cmdlet of the list and yields its objects and warnings as they come. A pool's endpoint gets it as a
# bare command on its runspace: that is all a restricted endpoint permits, it costs a third of a proxy function's
# time, and only this way do warnings and error ids survive the journey.
function Invoke-Allowed($Call, [string[]]$Select) {
    $name = [string]$Call.cmdlet
    if (-not $Session.Allowed.ContainsKey($name)) { throw "cmdlet '$name' is not on the agent's list" }
    $arguments = @{ ErrorAction = 'Stop' }
    if ($Call.PSObject.Properties['parameters']) {
        foreach ($p in $Call.parameters.PSObject.Properties) { $arguments[$p.Name] = ConvertTo-Argument $p.Value }
    }
    if ($null -eq $Session.Remote) { & $Session.Allowed[$name] @arguments 3>&1; return }

    $pipeline = [powershell]::Create()
    $pipeline.Runspace = $Session.Remote.Runspace
    [void]$pipeline.AddCommand($name).AddParameters($arguments)
    if ($Select) { [void]$pipeline.AddCommand('Select-Object').AddParameter('Property', $Select) }
    $nothing = New-Object 'Management.Automation.PSDataCollection[psobject]'
    $nothing.Complete()
    $objects = New-Object 'Management.Automation.PSDataCollection[psobject]'
    try {
        $run = $pipeline.BeginInvoke($nothing, $objects)
        do {
            $ended = $run.AsyncWaitHandle.WaitOne(100)
            $pipeline.Streams.Warning.ReadAll()
            $objects.ReadAll()
        } until ($ended)
        [void]$pipeline.EndInvoke($run)
        if ($pipeline.Streams.Error.Count) { throw $pipeline.Streams.Error[0] }
    } finally { $pipeline.Dispose() }
}

# Sends what comes down the pipeline, 500 objects an answer. With $Select each object is a list of those
# properties' values, in that order, null where it lacks one; without, a table of all its properties.
function Write-Rows($Id, [string[]]$Select) {
    begin { $rows = New-Object Collections.ArrayList }
    process {
        $item = $_
        if ($item -is [Management.Automation.WarningRecord]) { Write-Answer @{ id = $Id; warning = $item.Message }; return }
        if ($null -eq $item) { return }
        $properties = $item.PSObject.Properties
        if ($Select) {
            $row = New-Object object[] $Select.Length
            for ($n = 0; $n -lt $Select.Length; $n++) {
                $p = $properties[$Select[$n]]
                if ($null -eq $p) { continue }
                $v = $p.Value
                if ($null -eq $v -or $v -is [string] -or $v -is [bool]) { $row[$n] = $v } else { $row[$n] = ConvertTo-Plain $v 3 }
            }
        } elseif ($item -is [string] -or $item.GetType().IsPrimitive) {
            $row = $item
        } else {
            $row = @{}
            foreach ($p in $properties) { $row[$p.Name] = ConvertTo-Plain $p.Value 3 }
        }
        [void]$rows.Add($row)
        if ($rows.Count -ge 500) { Write-Answer @{ id = $Id; rows = $rows.ToArray() }; $rows.Clear() }
    }
    end { if ($rows.Count) { Write-Answer @{ id = $Id; rows = $rows.ToArray() } -Hold } }
}

# Opens the session and fixes the list of what may be called: cmdlets of modules on this host, or of a pool's
# /OcsPowershell endpoint under an explicit credential, which spares the second hop.
function Open-Session($Open) {
    $names = [string[]]@($Open.cmdlets)
    if ($Open.PSObject.Properties['endpoint']) {
        $Session.Remote = New-PSSession -ConnectionUri ([string]$Open.endpoint) -Credential (ConvertTo-Argument $Open.credential)
        $pipeline = [powershell]::Create()
        $pipeline.Runspace = $Session.Remote.Runspace
        [void]$pipeline.AddCommand('Get-Command').AddParameter('Name', $names).AddParameter('ErrorAction', 'SilentlyContinue')
        foreach ($command in $pipeline.Invoke()) { $Session.Allowed[[string]$command.Name] = $true }
        $pipeline.Dispose()
    } else {
        foreach ($m in @($Open.modules)) { Import-Module -Name $m -DisableNameChecking -WarningAction SilentlyContinue }
        foreach ($name in $names) {
            $command = Get-Command -Name $name -CommandType Cmdlet, Function -ErrorAction SilentlyContinue | Select-Object -First 1
            if ($command) { $Session.Allowed[$name] = $command }
        }
    }
    @($Session.Allowed.Keys)
}

# What failed, also where it failed at the far end of a remote session and was wrapped on the way.
function ConvertTo-Failure($Record) {
    $exception = $Record.Exception
    while ($exception.InnerException -and $exception -isnot [Management.Automation.RemoteException]) { $exception = $exception.InnerException }
    if ($exception -is [Management.Automation.RemoteException] -and $exception.ErrorRecord) { $Record = $exception.ErrorRecord } else { $exception = $Record.Exception }
    @{ message = $exception.Message; kind = $Record.FullyQualifiedErrorId
       category = $Record.CategoryInfo.Category.ToString(); type = $exception.GetType().FullName }
}

Write-Answer @{
    hello = 1; pid = $PID; version = $PSVersionTable.PSVersion.ToString()
    language = $ExecutionContext.SessionState.LanguageMode.ToString()
}

while ($null -ne ($line = $Requests.ReadLine())) {
    if ($line -eq '') { continue }
    $id = $null
    $watch = [Diagnostics.Stopwatch]::StartNew()
    try {
        $request = ConvertFrom-Json -InputObject $line @AsWritten
        $id = $request.id
        if ($request.PSObject.Properties['open']) {
            Open-Session $request.open | Write-Rows $id
        } else {
            $select = $null
            if ($request.PSObject.Properties['select']) { $select = [string[]]@($request.select) }
            Invoke-Allowed $request $select | Write-Rows $id $select
        }
        Write-Answer @{ id = $id; done = $true; ms = $watch.ElapsedMilliseconds }
    } catch {
        Write-Answer @{ id = $id; done = $true; ms = $watch.ElapsedMilliseconds; error = (ConvertTo-Failure $_) }
    }
}
