package lab

import (
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
)

// syncModule is the module on the host of directory synchronisation, in sessions of its own.
const syncModule = "ADSync"

// syncRules are its nouns. Property names and error texts are those that administrators have posted.
func syncRules() map[string]rules {
	return map[string]rules{
		"ADSyncSyncCycle":          {verbs: map[string]handler{"Start": startCycle}, only: []string{"Start"}},
		"ADSyncScheduler":          {verbs: map[string]handler{"Get": getScheduler, "Set": setScheduler}, only: []string{"Get", "Set"}},
		"ADSyncConnectorRunStatus": {verbs: map[string]handler{"Get": getRunStatus}, only: []string{"Get"}},
		"ADSyncRunProfileResult":   {verbs: map[string]handler{"Get": getRunResults}, only: []string{"Get"}},
	}
}

// startCycle is Start-ADSyncSyncCycle. Its Success says that a cycle has begun, not that one has ended.
func startCycle(c *call) error {
	s := c.estate.Sync
	now := c.estate.now()
	switch {
	case s.Suspended:
		return c.syncError("Scheduler is suspended. Close the configuration wizard, or set SchedulerSuspended to False.")
	case s.running(now):
		return c.syncError("Sync is already running. Cannot start a new run till this one completes.")
	case now.Before(s.BusyUntil):
		return c.syncError("Connector: %s is busy.", c.estate.cloudConnector())
	}
	c.estate.beginCycle(c.policy())
	c.objects = []Object{{"Result": "Success"}}
	return nil
}

// policy is the type of cycle that is asked for, or the scheduler's next.
func (c *call) policy() string {
	policy := c.text("PolicyType")
	if policy == "" || policy == "Unspecified" {
		policy = c.estate.Sync.NextPolicy
	}
	if policy == "" {
		policy = deltaPolicy
	}
	return policy
}

// syncError is an error as the service behind the cmdlets throws it: with the .NET type before it and its stack behind.
func (c *call) syncError(format string, args ...any) *Failure {
	text := "System.InvalidOperationException: " + fmt.Sprintf(format, args...) +
		"\r\n   at Microsoft.MetadirectoryServices.Scheduler.Scheduler.StartSyncCycle(String overridePolicy, Boolean interactiveMode)"
	return &Failure{Message: text, Kind: text + ",Microsoft.IdentityManagement.PowerShell.Cmdlet.StartADSyncSyncCycle", Category: "WriteError", Type: "System.InvalidOperationException"}
}

// cloudConnector and forestConnector are the two connectors.
func (e *Estate) cloudConnector() string {
	name, _, _ := strings.Cut(e.defaultSipDomain(), ".")
	return name + ".onmicrosoft.com - AAD"
}

func (e *Estate) forestConnector() string { return e.defaultSipDomain() }

func getScheduler(c *call) error {
	s, now := c.estate.Sync, c.estate.now()
	next := now.Add(30 * time.Minute)
	if latest := s.latest(); latest != nil {
		next = latest.Began.Add(30 * time.Minute)
	}
	policy := s.NextPolicy
	if policy == "" {
		policy = deltaPolicy
	}
	c.objects = []Object{{
		"AllowedSyncCycleInterval": "00:30:00", "CurrentlyEffectiveSyncCycleInterval": "00:30:00", "CustomizedSyncCycleInterval": nil,
		"NextSyncCyclePolicyType": policy, "NextSyncCycleStartTimeInUTC": netTime(next), "PurgeRunHistoryInterval": "7.00:00:00",
		"SyncCycleEnabled": !s.Disabled, "MaintenanceEnabled": true, "StagingModeEnabled": s.Staging, "SchedulerSuspended": s.Suspended,
		"SyncCycleInProgress": s.running(now),
	}}
	return nil
}

// netTime is a DateTime as the host agent writes it.
func netTime(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.0000000Z") }

// setScheduler is Set-ADSyncScheduler. Intervals are not kept: the lab starts no cycles by itself.
func setScheduler(c *call) error {
	for _, param := range []string{"CustomizedSyncCycleInterval", "PurgeRunHistoryInterval", "MaintenanceEnabled"} {
		if c.given(param) {
			return c.unsimulated(param)
		}
	}
	s := c.estate.Sync
	if c.given("SyncCycleEnabled") {
		s.Disabled = !c.on("SyncCycleEnabled")
	}
	if c.given("SchedulerSuspended") {
		s.Suspended = c.on("SchedulerSuspended")
	}
	if c.given("NextSyncCyclePolicyType") {
		s.NextPolicy = c.text("NextSyncCyclePolicyType")
	}
	c.estate.SetSync(s)
	return nil
}

// getRunStatus gives the connector that is running, and nothing where none is.
func getRunStatus(c *call) error {
	s, now := c.estate.Sync, c.estate.now()
	if s.running(now) || now.Before(s.BusyUntil) {
		c.objects = []Object{{"RunState": "Busy", "ConnectorName": c.estate.cloudConnector()}}
	}
	return nil
}

// getRunResults gives the runs of the cycles that have ended, the latest first: the import of the forest, and the export
// to the tenant unless the server is in staging mode.
func getRunResults(c *call) error {
	for _, param := range []string{"RunHistoryId", "ConnectorId", "RunProfileId", "RunNumber", "RunStepDetails", "StepNumber"} {
		if c.given(param) {
			return c.unsimulated(param)
		}
	}
	e := c.estate
	for n := len(e.Sync.Cycles) - 1; n >= 0; n-- {
		cycle := e.Sync.Cycles[n]
		if e.now().Before(cycle.Ends) {
			continue
		}
		if cycle.Result != "" {
			c.objects = append(c.objects, cycle.run(e.cloudConnector(), "Export", cycle.Result, 2*n+2))
		}
		c.objects = append(c.objects, cycle.run(e.forestConnector(), cycle.Policy+" Import", "success", 2*n+1))
	}
	if wanted, ok := c.params["NumberRequested"].(int64); ok && wanted > 0 {
		c.objects = c.objects[:min(int(wanted), len(c.objects))]
	}
	return nil
}

// run is one run of one connector.
func (cycle *Cycle) run(connector, profile, result string, number int) Object {
	id := func(name string) string { return uuid.NewSHA1(uuid.NameSpaceDNS, []byte(name)).String() }
	return Object{
		"RunHistoryId": id(connector + profile + netTime(cycle.Began)), "ConnectorId": id(connector), "ConnectorName": connector,
		"RunProfileId": id(connector + profile), "RunProfileName": profile, "RunNumber": int64(number), "Username": `NT SERVICE\ADSync`,
		"IsRunComplete": true, "Result": result, "CurrentStepNumber": int64(1), "TotalSteps": int64(1),
		"StartDate": netTime(cycle.Began), "EndDate": netTime(cycle.Ends), "RunStepResults": []any{Object{"StepNumber": int64(1), "StepResult": result}},
	}
}
