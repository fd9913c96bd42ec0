package lab

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Setting is something about the far end that a rehearsal changes by name.
type Setting struct {
	Name string // "sync.takes"
	Doc  string
	Get  func(*Estate) string
	Set  func(e *Estate, text string) error // refuses a text that is no such value
}

// Settings are all settings, in the order in which they are listed.
func Settings() []Setting {
	return slices.Concat([]Setting{
		ofSync("sync.by_cycle", "changes in Active Directory reach the tenant by synchronisation cycles only: true, false", func(s *Sync) any { return &s.ByCycle }),
		ofSync("sync.takes", "how long a cycle takes; 0s stands for 150ms", func(s *Sync) any { return &s.Takes }),
		ofSync("sync.arrives", "how long after a cycle its changes are in the tenant", func(s *Sync) any { return &s.Arrives }),
		ofSync("sync.staging", "the server is in staging mode, and cycles export nothing: true, false", func(s *Sync) any { return &s.Staging }),
		ofSync("sync.suspended", "the scheduler is suspended, and no cycle starts: true, false", func(s *Sync) any { return &s.Suspended }),
		ofSync("sync.export_errors", "SIP addresses whose export fails, with commas between; * for all", func(s *Sync) any { return &s.ExportErrors }),
		ofSync("sync.no_module", "the host has no module ADSync: true, false", func(s *Sync) any { return &s.Absent }),
		syncBusy(),
		ofReplication("replication.lag", "how long a write to the Central Management store takes to every replica", func(r *Replication) any { return &r.Lag }),
		ofReplication("replication.stuck", "FQDNs of replicas that get nothing, with commas between", func(r *Replication) any { return &r.Stuck }),
		ofReplication("replication.users", "how long a change of a user takes to the domain controller that is read from", func(r *Replication) any { return &r.Users }),
		ofTenant("tenant.shared", "the tenant shares its SIP address space (otherwise fault 510): true, false", func(t *Tenant) any { return &t.SharedSipAddressSpace }),
		ofTenant("tenant.provisioning_delay", "how long after a licence is given a user can be homed online (until then fault 507)", func(t *Tenant) any { return &t.ProvisioningDelay }),
		ofTenant("tenant.sharing_delay", "how long after the address space is shared moves are possible (until then fault 510)", func(t *Tenant) any { return &t.SharingDelay }),
		ofTenant("tenant.unlicensed", "SIP addresses of users without a licence (fault 507), with commas between", func(t *Tenant) any { return &t.Unlicensed }),
		ofTenant("tenant.unsynced", "SIP addresses of users whose attributes never arrive (fault 506), with commas between", func(t *Tenant) any { return &t.Unsynced }),
		ofTenant("tenant.roleless", "the application that signs in to the tenant has no role, and its cmdlets are refused: true, false", func(t *Tenant) any { return &t.Roleless }),
		tenantRefuses(),
		ofLimits("limit.operations", "how many sessions may be at work at once; others are refused (WS-Management 2150859174); 0 is no limit", func(l *Limits) any { return &l.Operations }),
		ofEnds("dns.silent", "name servers and resolvers at which nothing listens, by host or address, with commas between", func(n *Ends) *[]string { return &n.Silent }, anyHost),
		ofEnds("dns.behind", "name servers and resolvers that go on answering with what the zones hold now, with commas between", func(n *Ends) *[]string { return &n.Behind }, anyHost),
		ofEnds("tls.shows", "what is wrong with the ends that clients and partners call, as HOST=DEFECT with commas between: "+strings.Join(defects, ", "), func(n *Ends) *[]string { return &n.Shows }, checkShown),
		ofEnds("discovery.answers", "what is wrong with autodiscover, as HOST=FAULT with commas between, * for all hosts: "+faultNames(), func(n *Ends) *[]string { return &n.Answers }, checkAnswer),
		cloudPasswords(),
		ofServers("servers.builds", "builds of hosts, as HOST=BUILD with commas between; others have "+healthyBuild, func(s *Servers) *[]string { return &s.Builds }),
		ofServers("servers.versions", "versions of pools in the topology, as POOL=VERSION with commas between; others have 8, which is 2019", func(s *Servers) *[]string { return &s.Versions }),
		ofServers("servers.stopped", "services that do not run, as HOST=SERVICE with commas between: fe01.contoso.com=RTCSRV", func(s *Servers) *[]string { return &s.Stopped }),
		ofServers("servers.unsynced", "hosts whose User Replicator has not finished since its service was started, as HOST=old, where event 30024 is from before that, or HOST=never, where there is none", func(s *Servers) *[]string { return &s.Unsynced }),
		ofServers("servers.edges", "further Edge pools that federate, with commas between", func(s *Servers) *[]string { return &s.Edges }),
		ofServers("servers.certificates", "what is wrong with the certificates of the servers, as USE=DEFECT with commas between: "+strings.Join(assignedDefects, ", "), func(s *Servers) *[]string { return &s.Certificates }),
		ofServers("servers.rootless", "root authorities that the hosts' stores lack, with commas between", func(s *Servers) *[]string { return &s.Rootless }),
		ofServers("servers.closed", "ports that the servers cannot reach, as HOST=PORT with commas between: edge01.contoso.com=4443", func(s *Servers) *[]string { return &s.Closed }),
		ofServers("servers.mirrors", "states of the mirrors of users' databases, as POOL=STATE with commas between; others have none", func(s *Servers) *[]string { return &s.Mirrors }),
		graphUnconsented(),
		spelling(),
		watchAt(),
		watchSkips(),
	}, hindranceSettings(), windowsSettings(), forestSettings(), trustSettings())
}

// ofSync is a setting that is a field of Sync.
func ofSync(name, doc string, field func(*Sync) any) Setting {
	return Setting{
		Name: name, Doc: doc,
		Get: func(e *Estate) string { return settingText(field(&e.Sync)) },
		Set: func(e *Estate, text string) error {
			s := e.Sync
			if err := parseSetting(field(&s), text); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			e.SetSync(s)
			return nil
		},
	}
}

// ofTenant is a setting that is a field of Tenant.
func ofTenant(name, doc string, field func(*Tenant) any) Setting {
	return Setting{
		Name: name, Doc: doc,
		Get: func(e *Estate) string { return settingText(field(&e.Tenant)) },
		Set: func(e *Estate, text string) error {
			t := e.Tenant
			if err := parseSetting(field(&t), text); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			e.SetTenant(t)
			return nil
		},
	}
}

// ofReplication is a setting that is a field of Replication.
func ofReplication(name, doc string, field func(*Replication) any) Setting {
	return Setting{
		Name: name, Doc: doc,
		Get: func(e *Estate) string { return settingText(field(&e.Replication)) },
		Set: func(e *Estate, text string) error {
			r := e.Replication
			if err := parseSetting(field(&r), text); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			e.SetReplication(r)
			return nil
		},
	}
}

// ofLimits is a setting that is a field of Limits.
func ofLimits(name, doc string, field func(*Limits) any) Setting {
	return Setting{
		Name: name, Doc: doc,
		Get: func(e *Estate) string { return settingText(field(&e.Limits)) },
		Set: func(e *Estate, text string) error {
			l := e.Limits
			if err := parseSetting(field(&l), text); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			e.SetLimits(l)
			return nil
		},
	}
}

// graphUnconsented takes the consent to the application's permissions for Microsoft Graph away: it signs in, and every request
// is refused.
func graphUnconsented() Setting {
	const name = "graph.unconsented"
	return Setting{
		Name: name, Doc: "nobody has consented to the application's permissions for Microsoft Graph: true, false",
		Get: func(e *Estate) string { return strconv.FormatBool(e.Directory != nil && e.Directory.Unconsented) },
		Set: func(e *Estate, text string) error {
			if e.Directory == nil {
				return fmt.Errorf("%s: the configuration has no tenant in Entra: declare a service_principal first", name)
			}
			d := e.Directory.Clone()
			if err := parseSetting(&d.Unconsented, text); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			e.SetDirectory(d)
			return nil
		},
	}
}

// syncBusy keeps a connector running from now on, outside of any cycle.
func syncBusy() Setting {
	return Setting{
		Name: "sync.busy", Doc: "how much longer a connector is running outside of any cycle",
		Get: func(e *Estate) string {
			return max(0, e.Sync.BusyUntil.Sub(e.now())).Round(time.Millisecond).String()
		},
		Set: func(e *Estate, text string) error {
			var longer Duration
			if err := parseSetting(&longer, text); err != nil {
				return fmt.Errorf("sync.busy: %w", err)
			}
			s := e.Sync
			s.BusyUntil = e.now().Add(time.Duration(longer)).UTC()
			e.SetSync(s)
			return nil
		},
	}
}

func settingText(field any) string {
	switch v := field.(type) {
	case *bool:
		return strconv.FormatBool(*v)
	case *int:
		return strconv.Itoa(*v)
	case *Duration:
		return time.Duration(*v).String()
	case *[]string:
		return strings.Join(*v, ",")
	}
	panic(fmt.Sprintf("lab: no setting is a %T", field))
}

func parseSetting(field any, text string) error {
	switch v := field.(type) {
	case *bool:
		yes, err := strconv.ParseBool(text)
		if err != nil {
			return fmt.Errorf("%q is neither true nor false", text)
		}
		*v = yes
	case *int:
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 {
			return fmt.Errorf("%q is no number, such as 5", text)
		}
		*v = n
	case *Duration:
		d, err := time.ParseDuration(text)
		if err != nil || d < 0 {
			return fmt.Errorf("%q is no span of time, such as 500ms or 2m", text)
		}
		*v = Duration(d)
	case *[]string:
		*v = nil
		for item := range strings.SplitSeq(text, ",") {
			if item = strings.TrimSpace(item); item != "" {
				*v = append(*v, item)
			}
		}
	}
	return nil
}
