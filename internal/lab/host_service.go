package lab

import (
	"strconv"
	"strings"
	"time"
)

// healthyBuild is that of a host of which nothing else is set.
const healthyBuild = "7.0.2046.396"

// products are the names of the versions by what their builds begin with.
var products = map[string]string{"7.0.2046": "Skype for Business Server 2019", "6.0.9319": "Skype for Business Server 2015", "5.0.8308": "Lync Server 2013"}

// getServerPatchVersion is Get-CsServerPatchVersion: a row a component, each as old as the update that last touched it.
func getServerPatchVersion(c *hostCall) error {
	build := setOf(c.estate.Servers.Builds, c.host)
	if build == "" {
		build = healthyBuild
	}
	name := "Skype for Business Server Subscription Edition"
	for begins, product := range products {
		if strings.HasPrefix(build, begins+".") {
			name = product
		}
	}
	c.objects = append(c.objects,
		Object{"ComponentName": name + ", Web Components Server", "Version": build},
		Object{"ComponentName": name + ", Core Components", "Version": build},
		Object{"ComponentName": name + ", Core Management Server", "Version": build[:strings.LastIndex(build, ".")] + ".0"})
	return nil
}

// getWindowsService is Get-CsWindowsService.
func getWindowsService(c *hostCall) error {
	host := c.text("ComputerName")
	if host == "" {
		host = c.host
	}
	services := []string{"REPLICA", "RTCCLSAGT", "RTCSRV", "RTCCAA", "RTCIMMCU"}
	if c.estate.isEdge(host) {
		services = []string{"REPLICA", "RTCCLSAGT", "RTCSRV", "RTCDATAPROXY", "RTCMEDIARELAY"}
	}
	for _, name := range services {
		status := "Running"
		for _, item := range c.estate.Servers.Stopped {
			if strings.EqualFold(item, host+"="+name) {
				status = "Stopped"
			}
		}
		if wanted := c.text("Name"); wanted == "" || strings.EqualFold(wanted, name) {
			c.objects = append(c.objects, Object{"Name": name, "Status": status, "RoleName": []any{}})
		}
	}
	return nil
}

// serviceStart is when the servers' services were started: a week before the estate's clock began.
func (e *Estate) serviceStart() time.Time { return NewEstate().Clock.AddDate(0, 0, -7) }

// getProcess is Get-Process, for that of the Front End service.
func getProcess(c *hostCall) error {
	if !strings.EqualFold(c.text("Name"), "RTCSrv") {
		return c.fail("ObjectNotFound", "NoProcessFoundForGivenName", "Cannot find a process with the name %q. Verify the process name and call the cmdlet again.", c.text("Name"))
	}
	if setOf(c.estate.Servers.Stopped, c.host) == "RTCSRV" {
		return c.fail("ObjectNotFound", "NoProcessFoundForGivenName", "Cannot find a process with the name %q. Verify the process name and call the cmdlet again.", c.text("Name"))
	}
	c.objects = append(c.objects, Object{"ProcessName": "RTCSrv", "Id": int64(4242), "StartTime": netTime(c.estate.serviceStart())})
	return nil
}

// getEvents is Get-WinEvent, for the event that User Replicator writes when it has read a domain for the first time.
func getEvents(c *hostCall) error {
	if c.text("LogName") != "Lync Server" || !strings.Contains(c.text("FilterXPath"), "EventID=30024") {
		return c.unsimulated("LogName and -FilterXPath of anything but event 30024 of the log Lync Server")
	}
	written := c.estate.serviceStart().Add(4 * time.Minute)
	switch setOf(c.estate.Servers.Unsynced, c.host) {
	case "":
	case "never":
		f := c.fail("ObjectNotFound", "NoMatchingEventsFound", "No events were found that match the specified selection criteria.")
		f.Kind = "NoMatchingEventsFound,Microsoft.PowerShell.Commands.GetWinEventCommand"
		return f
	default:
		written = c.estate.serviceStart().AddDate(0, -1, 0)
	}
	domain := c.estate.defaultSipDomain()
	c.objects = append(c.objects, Object{
		"Id": int64(30024), "LogName": "Lync Server", "ProviderName": "LS User Replicator Service", "TimeCreated": netTime(written), "MachineName": c.host,
		"Message": "User Replicator has completed initial synchronization of domain " + domain + " (DN: DC=" + strings.ReplaceAll(domain, ".", ",DC=") + ") and the database.",
	})
	return nil
}

// testConnection is Test-NetConnection: what the host can reach.
func testConnection(c *hostCall) error {
	host, port := c.text("ComputerName"), strconv.FormatInt(c.number("Port"), 10)
	open := true
	for _, item := range c.estate.Servers.Closed {
		if strings.EqualFold(item, host+"="+port) {
			open = false
		}
	}
	c.objects = append(c.objects, Object{"ComputerName": host, "RemoteAddress": "10.20.0.21", "RemotePort": c.number("Port"), "TcpTestSucceeded": open})
	return nil
}
