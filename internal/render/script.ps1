Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'

# What follows until the parts are functions. A step is written down before it is begun and after it has ended, so that one
# of which nobody knows the end is not simply done once more.

# Read-Secret asks for a text that is not shown.
function Read-Secret([string] $What) {
    $secure = Read-Host -Prompt $What -AsSecureString
    [System.Net.NetworkCredential]::new('', $secure).Password
}

# Read-Known asks for what was not known when the plan was made.
function Read-Known([string] $What) {
    $given = Read-Host -Prompt ('Not known when the plan was made: {0}. hybrid plan shows it by now' -f $What)
    if ([string]::IsNullOrEmpty($given)) { throw "Nothing was given for $What." }
    $given
}

function Read-KnownBool([string] $What) {
    switch (Read-Known "$What (true or false)") {
        'true' { return $true }
        'false' { return $false }
    }
    throw "$What is true or false."
}

function Read-KnownList([string] $What) {
    , @((Read-Known "$What (with commas between)").Split(',') | ForEach-Object { $_.Trim() })
}

# Get-Asked gives the credential of an account. It is asked for once.
function Get-Asked([string] $UserName) {
    if (-not $Credentials.ContainsKey($UserName)) {
        if ($UserName -eq '') { $credential = Get-Credential -Message 'The account that the configuration names' }
        else { $credential = Get-Credential -UserName $UserName -Message "The password of $UserName" }
        if ($null -eq $credential) { throw "No credential was given for $UserName." }
        $Credentials[$UserName] = $credential
    }
    $Credentials[$UserName]
}

# Test-Part sees to it that what a part calls is there, and from the right module.
function Test-Part([string] $Part, [string[]] $Commands, [string] $From, [string] $NotFrom, [string] $Advice) {
    foreach ($name in $Commands) {
        $found = Get-Command -Name $name -ErrorAction SilentlyContinue | Select-Object -First 1
        if ($null -eq $found) { throw "For the part ${Part} there is no $name in this session. $Advice" }
        if ($From -ne '' -and $found.ModuleName -ne $From) { throw "For the part ${Part} $name would be that of the module '$($found.ModuleName)', not of $From. $Advice" }
        if ($NotFrom -ne '' -and $found.ModuleName -eq $NotFrom) { throw "For the part ${Part} $name would be that of the module ${NotFrom}: cmdlets of the same name do something else there. $Advice" }
    }
}

# Open-State reads which steps are done. While it is open nobody else can run the script.
function Open-State {
    if ([string]::IsNullOrEmpty($PSScriptRoot)) { throw 'Save this script as a file and run that: it keeps beside it which steps are done.' }
    $path = Join-Path $PSScriptRoot $StateName
    try {
        $script:State = [System.IO.FileStream]::new($path, [System.IO.FileMode]::OpenOrCreate, [System.IO.FileAccess]::ReadWrite, [System.IO.FileShare]::Read, 4096, [System.IO.FileOptions]::WriteThrough)
    } catch { throw "$path cannot be opened for writing. Either this script is being run already, or this account may not write there. ($($_.Exception.Message))" }
    $text = [System.IO.StreamReader]::new($State, [System.Text.Encoding]::ASCII).ReadToEnd()
    $lines = @($text.Split([char] 10))
    for ($n = 0; $n -lt $lines.Count - 1; $n++) {
        if ($lines[$n] -match '^(begun|done|elsewhere) ([0-9]+) [.]$') { $Known[[int] $Matches[2]] = $Matches[1] }
        elseif ($lines[$n] -notmatch '^(begun|done|elsewhere)?[ 0-9.]*$' -and $lines[$n] -notmatch '^[a-z]+$') { throw "$path is damaged in line $($n + 1). Find out which steps are done before anything is run again." }
    }
    if ($lines[-1] -ne '') { Write-Line '' } # the last line was not written to its end: it does not count
}

function Write-Line([string] $Line) {
    $bytes = [System.Text.Encoding]::ASCII.GetBytes($Line + "`n")
    [void] $State.Seek(0, [System.IO.SeekOrigin]::End)
    $State.Write($bytes, 0, $bytes.Length)
    $State.Flush($true)
}

function Write-State([string] $Word, [int] $Number) {
    Write-Line ('{0} {1} .' -f $Word, $Number)
    $Known[$Number] = $Word
}

# Stop-Here ends the run where a person has to decide or to go elsewhere.
function Stop-Here([string] $Why) {
    Write-Host ''
    Write-Host $Why
    exit 3
}

# Enter-Step says whether a step is to be run now.
function Enter-Step([int] $Number, [string] $Part, [string] $Address, [string] $Text) {
    if ($List) { Write-Host ('{0} of {1}  {2}  {3}' -f $Number, $Steps, $Part, $Address); Write-Host ('    ' + $Text.Trim()); return $false }
    $was = ''
    if ($Known.ContainsKey($Number)) { $was = $Known[$Number] }
    if ($was -eq 'done' -or $was -eq 'elsewhere') { return $false }
    if ($Selected -notcontains $Part) {
        if ($Number -le $DoneElsewhere) { Write-State 'elsewhere' $Number; return $false }
        Stop-Here "Step $Number of $Steps comes next, and is of the part ${Part}, which runs $($Places[$Part]). Run the script there with -Only $Part, and then here once more: with -DoneElsewhere and the number of the last step that was done there, unless it was run from this very folder."
    }
    if ($was -eq 'begun') {
        if ($script:Answer -eq '') {
            Stop-Here "Step $Number of $Steps ($Address) was begun, and nobody knows whether it was carried out. Look at what is live first. Then run this once more, with -Resume done where it was, or with -Resume again where it was not:`n    $($Text.Trim())"
        }
        $done = $script:Answer -eq 'done'
        $script:Answer = ''
        if ($done) { Write-State 'done' $Number; return $false }
    }
    Write-Host ('{0} of {1}  {2}' -f $Number, $Steps, $Address)
    $true
}

function Invoke-Step([int] $Number, [string] $Part, [string] $Address, [scriptblock] $Issue, [string[]] $Cell = @()) {
    if (-not (Enter-Step $Number $Part $Address ([string] $Issue))) { return }
    Write-State 'begun' $Number
    try { & $Issue $Cell | Out-Host } catch {
        Write-Host "Step $Number of $Steps ($Address) has failed, and nothing after it was begun. Look at what is live; then run this once more, with -Resume again once the cause is removed, or with -Resume done where it was carried out all the same."
        throw
    }
    Write-State 'done' $Number
}

# Invoke-Rows runs steps for each row of a table: number, address, and what differs from row to row.
function Invoke-Rows([string] $Part, [string] $Table, [scriptblock[]] $Issues) {
    foreach ($line in $Table.Split([char] 10)) {
        $cell = $line.TrimEnd([char] 13).Split([char] 9)
        for ($n = 0; $n -lt $Issues.Count; $n++) { Invoke-Step ([int] $cell[0] + $n) $Part $cell[1] $Issues[$n] $cell }
    }
}

# Invoke-ByHand asks a person to do something, or to see to it that it has come about.
function Invoke-ByHand([int] $Number, [string] $Part, [string] $Address, [string] $Text) {
    if (-not (Enter-Step $Number $Part $Address ('by hand: ' + $Text))) { return }
    Write-State 'begun' $Number
    Write-Host ('    By hand: ' + $Text)
    if ((Read-Host -Prompt 'Type done when that is so; anything else stops here') -ne 'done') { Stop-Here "Step $Number of $Steps ($Address) is still to be done by hand. Run this once more, with -Resume again." }
    Write-State 'done' $Number
}

$Credentials = @{}
$Known = @{}
$State = $null
$Answer = [string] $Resume
$Only = @($Only | ForEach-Object { $_.Split(',') } | ForEach-Object { $_.Trim() } | Where-Object { $_ -ne '' })
