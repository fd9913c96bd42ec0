package check

import (
	"context"
	"fmt"
)

// secondHop is C-HOP: whether cmdlets in a session reach a domain controller. A session that was signed in to over the network has
// no password that it could show others.
func secondHop(ctx context.Context, e *Estate) Result {
	t := &trial{e: e}
	hosts := t.hostsOf("skype")
	t.each(hosts, func(h windowsHost) func() {
		rows, err := e.askOn(ctx, h, Cmdlet{Name: "Get-ADDomain"}, "DNSRoot", "PDCEmulator")
		return func() { t.hop(h, rows, err) }
	})
	return t.orNoHosts(len(hosts))
}

func (t *trial) hop(h windowsHost, rows [][]any, err error) {
	refused := refusal(err)
	switch {
	case refused != nil:
		t.saw("Get-ADDomain", refused.Text, h)
		t.fault("", "a session on %s does not reach Active Directory: %s", h.place(), sentence(refused))
	case err != nil:
		t.unheard(h, err, "on the host, where the cmdlet is its own, Install-WindowsFeature RSAT-AD-PowerShell adds it; by hand, run nltest /dsgetdc:DOMAIN in a remote session there")
	case len(rows) == 0:
		t.unknown("Get-ADDomain gave nothing on %s", h.place())
	default:
		t.saw("Get-ADDomain", fmt.Sprintf("DNSRoot %s, PDCEmulator %s", cellText(rows[0][0]), cellText(rows[0][1])), h)
	}
}

// orNoHosts is the result, or that there are no hosts to look at.
func (t *trial) orNoHosts(hosts int) Result {
	if hosts == 0 && len(t.unread) == 0 {
		return Absent("no provider block that this is about works by sessions on hosts")
	}
	return t.result()
}
