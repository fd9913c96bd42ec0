package lab

import (
	"errors"
	"strings"
	"testing"
	"time"

	"hybrid/internal/powershell"
)

func TestACycleIsSeenWhileItRuns(t *testing.T) {
	t.Parallel()
	b := bothSides(t, true)
	host := b.adsync()
	scheduler := func(property string) any {
		return host.does("Get-ADSyncScheduler", nil).objects[0][property]
	}
	if scheduler("SyncCycleInProgress") != false || len(host.does("Get-ADSyncConnectorRunStatus", nil).objects) != 0 {
		t.Error("busy before anything runs")
	}
	host.does("Start-ADSyncSyncCycle", params{"PolicyType": "Initial"})
	status := host.does("Get-ADSyncConnectorRunStatus", nil).objects
	if scheduler("SyncCycleInProgress") != true || len(status) != 1 || status[0].Text("RunState") != "Busy" || status[0].Text("ConnectorName") != "contoso.onmicrosoft.com - AAD" {
		t.Errorf("%v", status)
	}
	host.fails("Start-ADSyncSyncCycle", nil, "WriteError", "Sync is already running")
	if runs := host.does("Get-ADSyncRunProfileResult", nil).objects; len(runs) != 0 {
		t.Errorf("results before the end: %v", runs)
	}
	b.later(usualCycle)
	runs := host.does("Get-ADSyncRunProfileResult", params{"NumberRequested": 1}).objects
	if scheduler("SyncCycleInProgress") != false || len(runs) != 1 || runs[0].Text("RunProfileName") != "Export" || runs[0].Text("Result") != "success" || !runs[0].Is("IsRunComplete") {
		t.Errorf("%v", runs)
	}
	host.fails("Start-ADSyncSyncCycle", params{"PolicyType": "Full"}, "InvalidData", "Full")
}

func TestWhatKeepsACycleFromStarting(t *testing.T) {
	t.Parallel()
	b := bothSides(t, true)
	host := b.adsync()
	set(t, b.estate(), "sync.busy", "1m")
	host.fails("Start-ADSyncSyncCycle", nil, "WriteError", "Connector: contoso.onmicrosoft.com - AAD is busy.")
	b.later(time.Minute)
	host.does("Set-ADSyncScheduler", params{"SchedulerSuspended": true})
	host.fails("Start-ADSyncSyncCycle", nil, "WriteError", "Scheduler is suspended")
	host.does("Set-ADSyncScheduler", params{"SchedulerSuspended": false, "SyncCycleEnabled": false, "NextSyncCyclePolicyType": "Initial"})
	if o := host.does("Get-ADSyncScheduler", nil).objects[0]; o.Is("SyncCycleEnabled") || o.Text("NextSyncCyclePolicyType") != "Initial" {
		t.Errorf("%v", o)
	}
	host.does("Start-ADSyncSyncCycle", nil)
	if got := b.estate().Sync.latest().Policy; got != "Initial" {
		t.Errorf("a cycle of type %s", got)
	}
}

// In staging mode a cycle succeeds and exports nothing; with errors of export some users are left out.
func TestCyclesThatDoNotExport(t *testing.T) {
	t.Parallel()
	b := bothSides(t, true)
	host := b.adsync()
	b.does("Move-CsUser", b.move(ownProvider))
	cycle := func() (exports []string) {
		t.Helper()
		host.does("Start-ADSyncSyncCycle", nil)
		b.later(time.Second)
		for _, run := range host.does("Get-ADSyncRunProfileResult", params{"NumberRequested": 2}).objects {
			if run.Text("RunProfileName") == "Export" {
				exports = append(exports, run.Text("Result"))
			}
		}
		return exports
	}
	set(t, b.estate(), "sync.staging", "true")
	if exports := cycle(); exports != nil || host.does("Get-ADSyncScheduler", nil).objects[0]["StagingModeEnabled"] != true {
		t.Errorf("staging: %v", exports)
	}
	b.shows(ada, Object{"OnPremHostingProvider": onServers})
	set(t, b.estate(), "sync.staging", "false")
	set(t, b.estate(), "sync.export_errors", ada)
	if exports := cycle(); len(exports) != 1 || exports[0] != "completed-export-errors" {
		t.Errorf("failing: %v", exports)
	}
	b.shows(ada, Object{"OnPremHostingProvider": onServers})
	set(t, b.estate(), "sync.export_errors", "")
	if exports := cycle(); len(exports) != 1 || exports[0] != "success" {
		t.Errorf("at last: %v", exports)
	}
	b.shows(ada, Object{"OnPremHostingProvider": ownProvider})
}

// The module is off the module path, and a host without Microsoft Entra Connect has none.
func TestTheSyncModule(t *testing.T) {
	t.Parallel()
	l := start(t, Seed(tenantNeeds(), SeedOptions{}))
	open := func(module string) error {
		s, err := powershell.Start(t.Context(), winRM(t, l), powershell.Open{Modules: []string{module}, Cmdlets: []string{"Start-ADSyncSyncCycle"}}, powershell.SessionOptions{})
		if err == nil {
			t.Cleanup(func() { _ = s.Close() })
			err = s.Call(t.Context(), command("Start-ADSyncSyncCycle", "PolicyType", "Delta"), powershell.CallOptions{})
		}
		return err
	}
	if err := open("ADSync"); err != nil {
		t.Error(err)
	}
	var missing *powershell.MissingError
	if err := open("SkypeForBusiness"); !errors.As(err, &missing) {
		t.Errorf("%v", err)
	}
	if err := l.Change(func(e *Estate) error { set(t, e, "sync.no_module", "true"); return nil }); err != nil {
		t.Fatal(err)
	}
	if err := open(`C:\Program Files\Microsoft Azure AD Sync\Bin\ADSync`); err == nil || !strings.Contains(err.Error(), "has no PowerShell module") {
		t.Errorf("%v", err)
	}
}

func set(t *testing.T, e *Estate, name, value string) {
	t.Helper()
	for _, s := range Settings() {
		if s.Name == name {
			if err := s.Set(e, value); err != nil {
				t.Fatal(err)
			}
			if got := s.Get(e); got != value && name != "sync.busy" {
				t.Errorf("%s is %q after setting it to %q", name, got, value)
			}
			return
		}
	}
	t.Fatalf("no setting %s", name)
}

func TestSettingsRefuseWhatTheyAreNot(t *testing.T) {
	t.Parallel()
	for _, s := range Settings() {
		if err := s.Set(NewEstate(), "maybe, -1"); err == nil && !strings.Contains(s.Doc, "commas") {
			t.Errorf("%s takes anything", s.Name)
		}
	}
}
