# Stubs of the cmdlets that scripts call: they record how they were called, one line of JSON a call.
function Write-Call([string] $Name, $Given) {
    $values = @(foreach ($value in $Given) { , (ConvertTo-Recorded $value) })
    Add-Content -LiteralPath $env:HYBRID_CALLS -Value (ConvertTo-Json -InputObject ([ordered] @{ cmdlet = $Name; given = $values }) -Compress -Depth 6)
}
function ConvertTo-Recorded($Value) {
    if ($Value -is [pscredential]) { return @{ credential = $Value.UserName } }
    if ($Value -is [array]) { return , @(foreach ($item in $Value) { , (ConvertTo-Recorded $item) }) }
    , $Value
}
function Read-Host([string] $Prompt, [switch] $AsSecureString) {
    if ($AsSecureString) { return ConvertTo-SecureString -String 'c2VjcmV0' -AsPlainText -Force }
    'done'
}
function Get-Credential([string] $UserName, [string] $Message) {
    [pscredential]::new($UserName, (ConvertTo-SecureString -String 'x' -AsPlainText -Force))
}
function Start-Sleep { }
function Get-MgContext { 'signed in' }
function Get-ADSyncScheduler { [pscustomobject] @{ SyncCycleInProgress = $false } }
function Get-ADSyncConnectorRunStatus { }
function Get-ADSyncRunProfileResult { }
function Invoke-MgGraphRequest([string] $Method, [string] $Uri, [string] $Body, [string] $ContentType, [string] $OutputType) {
    if ($Method -eq 'GET') { return $env:HYBRID_PRINCIPAL }
    Write-Call 'Invoke-MgGraphRequest' @($Method, $Uri, $Body)
}
