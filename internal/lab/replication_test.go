package lab

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// behind lists the replicas that are not up to date.
func (b *twoSides) replicasBehind() (fqdns []string) {
	b.t.Helper()
	for _, o := range b.does("Get-CsManagementStoreReplicationStatus", nil).objects {
		if !o.Is("UpToDate") {
			fqdns = append(fqdns, o.Text("ReplicaFqdn"))
		}
	}
	return fqdns
}

func TestReplicasFollowTheStoreAfterAWhile(t *testing.T) {
	t.Parallel()
	b := bothSides(t, false)
	if got := b.replicasBehind(); got != nil {
		t.Errorf("without a lag %v are behind", got)
	}
	set(t, b.estate(), "replication.lag", "1m0s")
	if got := b.replicasBehind(); got != nil {
		t.Errorf("before anything was written %v are behind", got)
	}
	b.does("Set-CsUser", params{"Identity": ada, "LineURI": "tel:+1"})
	if got := b.replicasBehind(); got != nil {
		t.Errorf("users are in Active Directory, and %v are behind", got)
	}
	b.does("Set-CsHostingProvider", params{"Identity": "LyncOnline", "IsLocal": false})
	if diff := cmp.Diff([]string{pool, "edge01.contoso.com"}, b.replicasBehind()); diff != "" {
		t.Error(diff)
	}
	b.fails("Move-CsUser", b.move(ownProvider), "InvalidOperation", `edge01.contoso.com has not got the hosting provider with the proxy FQDN "sipfed.online.lync.com"`)
	b.later(time.Minute)
	if got := b.replicasBehind(); got != nil {
		t.Errorf("after the lag %v are behind", got)
	}
	b.does("Move-CsUser", b.move(ownProvider))
	set(t, b.estate(), "replication.stuck", "edge01.contoso.com")
	b.does("Set-CsHostingProvider", params{"Identity": "LyncOnline", "IsLocal": false})
	b.later(time.Hour)
	if diff := cmp.Diff([]string{"edge01.contoso.com"}, b.replicasBehind()); diff != "" {
		t.Error(diff)
	}
	b.fails("Move-CsUser", b.move(pool), "InvalidOperation", "has not got the hosting provider")
	one := b.does("Get-CsManagementStoreReplicationStatus", params{"ReplicaFqdn": pool}).objects
	if len(one) != 1 || !one[0].Is("UpToDate") || one[0].Text("ProductVersion") == "" || one[0].Text("LastUpdateCreation") == "" {
		t.Errorf("%v", one)
	}
	b.fails("Get-CsManagementStoreReplicationStatus", params{"ReplicaFqdn": "x"}, "ObjectNotFound", `"x"`)
}
