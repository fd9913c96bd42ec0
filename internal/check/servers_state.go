package check

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"
)

// What the state of the servers is read by.
const (
	pools           = "Get-CsPool"
	windowsService  = "Get-CsWindowsService"
	replicas        = "Get-CsManagementStoreReplicationStatus"
	processes       = "Get-Process"
	events          = "Get-WinEvent"
	frontEndProcess = "RTCSrv"
)

// stateChecks are those of whether servers run, and know what they should.
func stateChecks() []Check {
	moves := []string{"user_homing", "user"}
	return []Check{
		asked(Check{
			ID: "P-SVC", Title: "The services of the Front End Servers run", Kinds: moves,
			Reads:  "Get-CsPool for the Front End Servers; Get-CsWindowsService -ComputerName for each",
			Remedy: "Start-CsWindowsService on the server, and look into its event log Lync Server where it stops again.",
			Source: "Get-CsWindowsService's page", Run: running,
		}, pools, windowsService),
		asked(Check{
			ID: "P-CMS", Title: "All replicas of the Central Management store are up to date", Blocks: true,
			Kinds:  []string{"hosting_provider", "access_edge", "user_homing"},
			Reads:  replicas,
			Remedy: "Invoke-CsManagementStoreReplication, and wait. If an Edge Server stays behind, look whether the Front End Servers reach it at TCP port 4443.",
			Source: "domain notes: replication of the Central Management store", After: []string{"E-NET"}, Run: replicated,
		}, replicas),
		asked(Check{
			ID: "P-UREP", Title: "User Replicator has read all users since the Front End service was started", Kinds: moves,
			Reads:  "StartTime of Get-Process RTCSrv, and event 30024 of the log Lync Server by Get-WinEvent, on each host of the servers",
			Remedy: "Wait until event 30024 is in the log Lync Server, one for each domain with users. Until then moves fail with “the user is not provisioned”.",
			Source: "Microsoft, verifying user replication: event 30024; Understanding User Replicator: it runs in the Front End service", Run: usersRead,
		}, processes, events),
	}
}

// frontEnds are the pools with a registrar, and their computers.
func (e *Estate) frontEnds(ctx context.Context) (pool, computers []string, err error) {
	all, err := e.Cmdlet(ctx, "skype", Cmdlet{Name: pools})
	if err != nil {
		return nil, nil, err
	}
	for _, p := range all {
		for _, service := range told(p).texts("Services") {
			if strings.HasPrefix(service, "Registrar:") {
				pool, computers = append(pool, told(p).text("Identity")), append(computers, told(p).texts("Computers")...)
				break
			}
		}
	}
	if len(pool) == 0 {
		err = errNoPool
	}
	return pool, computers, err
}

// running is P-SVC.
func running(ctx context.Context, e *Estate) Result {
	_, computers, err := e.frontEnds(ctx)
	if err != nil {
		return Unread(err)
	}
	lists, errs := make([][]map[string]any, len(computers)), make([]error, len(computers))
	var wait sync.WaitGroup
	for n, computer := range computers {
		wait.Go(func() {
			lists[n], errs[n] = e.Cmdlet(ctx, "skype", Cmdlet{Name: windowsService, Params: map[string]any{"ComputerName": computer, "ExcludeActivityLevel": true}})
		})
	}
	wait.Wait()
	t := &trial{e: e}
	for n, computer := range computers {
		t.windowsServices(computer, lists[n], errs[n])
	}
	return t.result()
}

// services judges those of a computer. Two types of the cmdlet's objects are known, which call the same things otherwise.
func (t *trial) windowsServices(computer string, list []map[string]any, err error) {
	if err == nil && len(list) == 0 {
		err = fmt.Errorf("%s names none", windowsService)
	}
	if err != nil {
		t.unknown("the services of %s: %v", computer, err)
		return
	}
	var shown []string
	for _, service := range list {
		name, status := told(service).text("Name"), told(service).text("Status")
		if name == "" {
			name, status = told(service).text("ServiceName"), told(service).text("ServiceStatus")
		}
		shown = append(shown, name+" "+status)
		switch status {
		case "Running":
		case "":
			t.unknown("whether %s runs on %s", name, computer)
		default:
			t.fault(fmt.Sprintf("Start-CsWindowsService -Name %s -ComputerName %s; where it stops again, look into the event log Lync Server there.", name, computer),
				"%s on %s is %s", name, computer, strings.ToLower(status))
		}
	}
	t.seen = append(t.seen, t.e.Saw("services", strings.Join(shown, ", "), computer))
}

// replicated is P-CMS.
func replicated(ctx context.Context, e *Estate) Result {
	all, err := e.Cmdlet(ctx, "skype", Cmdlet{Name: replicas})
	if err == nil && len(all) == 0 {
		err = fmt.Errorf("%s names no replica", replicas)
	}
	if err != nil {
		return Unread(err)
	}
	t := &trial{e: e}
	for _, replica := range all {
		t.replica(told(replica))
	}
	return t.result()
}

// replica judges one. That it is up to date counts only where it has said so since the store was last written to.
func (t *trial) replica(r told) {
	name := r.text("ReplicaFqdn")
	current, known := r["UpToDate"].(bool)
	t.seen = append(t.seen, t.e.Saw(name,
		fmt.Sprintf("UpToDate %v, last report %s, last change %s", r["UpToDate"], r.moment("LastStatusReport"), r.moment("LastUpdateCreation")), "the Central Management store"))
	reported, reports := r.time("LastStatusReport")
	created, changes := r.time("LastUpdateCreation")
	do := fmt.Sprintf("Invoke-CsManagementStoreReplication -ReplicaFqdn %s, and wait. If it stays behind, look whether the Front End Servers reach it at TCP port 4443 (Edge) or its file share, and into the event log Lync Server there.", name)
	switch {
	case !known:
		t.unknown("whether %s is up to date", name)
	case !current:
		t.fault(do, "%s is behind the Central Management store", name)
	case !reports:
		t.unknown("when %s last reported", name)
	case changes && reported.Before(created):
		t.fault(do, "%s has not reported since the last change of the Central Management store", name)
	}
}

// usersRead is P-UREP.
func usersRead(ctx context.Context, e *Estate) Result {
	t := &trial{e: e}
	hosts := t.hosts("skype")
	t.ask(hosts, func(h host) func() {
		if h.endpoint { // two answers that need not be of the same server
			return func() { t.others(h, "(Get-Process "+frontEndProcess+").StartTime, and "+replicatorEvents) }
		}
		started, err := e.frontEndStart(ctx, h)
		if err != nil {
			return func() {
				t.unheardBy(h, "when the Front End service was started on "+h.name, err, "(Get-Process "+frontEndProcess+").StartTime")
			}
		}
		list, err := e.toldBy(ctx, h, Cmdlet{Name: events, Params: map[string]any{
			"LogName": "Lync Server", "FilterXPath": "*[System[(EventID=30024)]]", "MaxEvents": 50,
		}}, "TimeCreated", "Message")
		return func() { t.userReplicator(h, started, list, err) }
	})
	return t.orNoHosts(len(hosts))
}

// replicatorEvents shows by hand when User Replicator has finished.
const replicatorEvents = "Get-WinEvent -LogName 'Lync Server' -FilterXPath '*[System[(EventID=30024)]]'"

// frontEndStart is when the Front End service was started on a host.
func (e *Estate) frontEndStart(ctx context.Context, h host) (started time.Time, err error) {
	list, err := e.toldBy(ctx, h, Cmdlet{Name: processes, Params: map[string]any{"Name": frontEndProcess}}, "StartTime")
	for _, process := range list {
		if at, ok := process.time("StartTime"); ok {
			started = at
		}
	}
	if err == nil && started.IsZero() {
		err = fmt.Errorf("%s does not say when %s was started", processes, frontEndProcess)
	}
	return started, err
}

// userReplicator judges whether the event is there since the service was started.
func (t *trial) userReplicator(h host, started time.Time, list []told, err error) {
	t.seen = append(t.seen, t.e.Saw("StartTime of "+frontEndProcess, started.UTC().Format(time.RFC3339), h.name))
	if err != nil {
		t.unheardBy(h, "event 30024 on "+h.name, err, replicatorEvents)
		return
	}
	since := 0
	for _, event := range list {
		at, ok := event.time("TimeCreated")
		if ok && at.After(started) {
			since++
			t.seen = append(t.seen, t.e.Saw("event 30024", at.UTC().Format(time.RFC3339)+" "+firstLine(event.text("Message")), h.name))
		}
	}
	if since == 0 {
		t.fault("", "User Replicator has not finished on %s since the Front End service was started at %s: there is no event 30024", h.name, started.UTC().Format(time.RFC3339))
	}
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	return strings.TrimSpace(line)
}
