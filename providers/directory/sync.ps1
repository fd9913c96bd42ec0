# Wait-SyncCycle waits until no synchronisation is under way.
function Wait-SyncCycle {
    while ((Get-ADSyncScheduler -ErrorAction Stop).SyncCycleInProgress -or @(Get-ADSyncConnectorRunStatus -ErrorAction Stop).Count -gt 0) {
        Write-Host 'A synchronisation is under way; waiting.'
        Start-Sleep -Seconds 10
    }
}

# Show-SyncResults shows how the last run profiles have ended.
function Show-SyncResults {
    Start-Sleep -Seconds 10
    Wait-SyncCycle
    Get-ADSyncRunProfileResult -NumberRequested 10 -ErrorAction Stop | Select-Object ConnectorName, RunProfileName, Result, EndDate | Format-Table -AutoSize
}
