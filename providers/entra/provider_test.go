package entra

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/graph"
	labgraph "hybrid/internal/lab/graph"
	"hybrid/planner"
	"hybrid/providers"
)

func TestAKeyIsAddedAndWhatOthersHavePutThereStays(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	theirs := e.strangers()
	ours := public(t, "lync-oauth")
	c := e.settle(e.want(keys(map[string]string{"certificate": ours.pem})))
	live := e.live().Keys
	if len(live) != 2 || live[0] != theirs {
		t.Fatalf("somebody else's key is not as it was: %+v", live)
	}
	got := live[1]
	if got.KeyID != keyID(ours.Certificate) || *got.Key != ours.base64() || got.DisplayName != "CN=lync-oauth" || got.Usage != "Verify" || got.End != moment(ours.NotAfter) {
		t.Fatalf("the key is %+v", got)
	}
	todo, _ := commands(c)
	text := todo[0].String()
	mustSay(t, errors.New(text), `PATCH /servicePrincipals/11111111-0000-4000-8000-000000000004 {"keyCredentials":[{"keyId":"22222222-0000-4000-8000-000000000001", as it is},`, `characters)"}]}`)
	if strings.Contains(text, ours.base64()) {
		t.Errorf("the whole certificate stands in the text: %s", text)
	}
	if e.writes() != 1 {
		t.Errorf("%d writes", e.writes())
	}
}

func TestTheUndoTakesTheKeyOutAgain(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	theirs := e.strangers()
	ours := public(t, "lync-oauth")
	c := e.settle(e.want(keys(map[string]string{"certificate": ours.base64()}))).Reverse()
	c.Before = e.plan(e.want(nil)).Before
	if err := e.provider.Apply(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	if live := e.live().Keys; len(live) != 1 || live[0] != theirs {
		t.Fatalf("%+v", live)
	}
}

func TestAKeyIsRotated(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	e.strangers()
	old, fresh := public(t, "lync-oauth"), public(t, "lync-oauth")
	e.settle(e.want(keys(map[string]string{"certificate": old.pem})))
	c := e.settle(e.want(keys(map[string]string{"certificate": old.pem, "ensure": "absent"}, map[string]string{"certificate": fresh.pem})))
	ids := []string{}
	for _, k := range e.live().Keys {
		ids = append(ids, k.KeyID)
	}
	if !slices.Equal(ids, []string{"22222222-0000-4000-8000-000000000001", keyID(fresh.Certificate)}) {
		t.Fatalf("keys %v", ids)
	}
	if notes := strings.Join(c.Notes, "\n"); !strings.Contains(notes, "what still signs with the key CN=lync-oauth, thumbprint "+thumbprint(old.Certificate)) {
		t.Errorf("notes %q", notes)
	}
}

func TestAKeyIsRemovedByItsID(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	theirs := e.strangers()
	c := e.settle(e.want(keys(map[string]string{"key_id": strings.ToUpper(theirs.KeyID), "ensure": "absent"})))
	if len(e.live().Keys) != 0 {
		t.Fatalf("%+v", e.live().Keys)
	}
	undo, err := commands(c.Reverse())
	if err != nil || !strings.Contains(undo[0].String(), `"keyId":"22222222-0000-4000-8000-000000000001","type":"AsymmetricX509Cert"`) {
		t.Fatalf("the undo is %v, %v", undo, err)
	}
}

func TestNamesAreAddedToThoseThatAreThere(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	name := skypeOnline + "/lync.contoso.com"
	e.settle(e.want(map[string]cty.Value{"names": cty.SetVal([]cty.Value{cty.StringVal(name)}), "account_enabled": cty.True}))
	if got := e.live().Names; !slices.Equal(got, []string{skypeOnline, name}) {
		t.Fatalf("names %v", got)
	}
	upper := e.want(map[string]cty.Value{"names": cty.SetVal([]cty.Value{cty.StringVal(strings.ToUpper(name))})})
	if c := e.plan(upper); c.Action != planner.NoOp {
		t.Errorf("the case of a name is a difference: %s", c.Action)
	}
}

func TestAnAccountIsEnabled(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	e.Change(func(d *labgraph.Directory) { d.Principal(skypeOnline).Enabled = false })
	e.settle(e.want(map[string]cty.Value{"account_enabled": cty.True}))
	if !e.live().Enabled {
		t.Fatal("it is not")
	}
}

func TestAConflictingWriterIsNoticedBeforeTheWrite(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	o := e.want(keys(map[string]string{"certificate": public(t, "lync-oauth").pem}))
	c := e.plan(o)
	e.fault(labgraph.Fault{Kind: labgraph.Stranger, Method: "GET", Times: 1})
	err := e.provider.Apply(t.Context(), c)
	mustSay(t, err, "was changed by somebody else after the plan was made: the key ", " has come; nothing was changed; run plan again")
	if e.writes() != 0 || len(e.live().Keys) != 1 || providers.InDoubt(err) {
		t.Fatalf("%d writes, keys %+v", e.writes(), e.live().Keys)
	}
}

func TestAWriteWaitsForLeave(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	c := e.plan(e.want(keys(map[string]string{"certificate": public(t, "lync-oauth").pem})))
	err := e.provider.Apply(providers.Asking(t.Context(), func() string { return "the run was stopped" }), c)
	if !providers.Withdrawn(err) || e.writes() != 0 {
		t.Fatalf("%d writes: %v", e.writes(), err)
	}
}

func TestANameThatSomebodyElseAddedIsAConflict(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	c := e.plan(e.want(map[string]cty.Value{"names": cty.SetVal([]cty.Value{cty.StringVal("https://lync.contoso.com/")})}))
	e.Change(func(d *labgraph.Directory) {
		p := d.Principal(skypeOnline)
		p.Names = append(p.Names, "https://other/")
	})
	mustSay(t, e.provider.Apply(t.Context(), c), "the name https://other/ has come")
	if e.writes() != 0 {
		t.Fatal("it was written all the same")
	}
}

func TestAKeyThatIsLostToARaceIsNamed(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	theirs := e.strangers()
	c := e.plan(e.want(keys(map[string]string{"certificate": public(t, "lync-oauth").pem})))
	e.fault(labgraph.Fault{Kind: labgraph.Overwritten, Times: 1})
	mustSay(t, e.provider.Apply(t.Context(), c), "at the same moment, and of what was to stay there is gone: the key "+theirs.KeyID)
}

func TestAConnectionThatEndsAfterTheWriteIsInDoubt(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	o := e.want(keys(map[string]string{"certificate": public(t, "lync-oauth").pem}))
	c := e.plan(o)
	e.fault(labgraph.Fault{Kind: labgraph.CutAfter, Times: 1})
	err := e.provider.Apply(t.Context(), c)
	if !providers.InDoubt(err) || e.writes() != 1 {
		t.Fatalf("%d writes, in doubt %t: %v", e.writes(), providers.InDoubt(err), err)
	}
	if left := e.plan(o); left.Action != planner.NoOp {
		t.Fatalf("reading shows %s", left.Action)
	}
}

func TestAConnectionThatEndsBeforeTheWriteIsInDoubtToo(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	o := e.want(keys(map[string]string{"certificate": public(t, "lync-oauth").pem}))
	c := e.plan(o)
	e.fault(labgraph.Fault{Kind: labgraph.Cut, Method: "PATCH", Times: 1})
	if err := e.provider.Apply(t.Context(), c); !providers.InDoubt(err) || e.writes() != 1 {
		t.Fatalf("%d writes: %v", e.writes(), err)
	}
	if left := e.plan(o); left.Action != planner.Update {
		t.Fatalf("reading shows %s", left.Action)
	}
}

func TestThrottlingIsWaitedFor(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	o := e.want(keys(map[string]string{"certificate": public(t, "lync-oauth").pem}))
	e.fault(labgraph.Fault{Kind: labgraph.Throttle, Method: "GET", Times: 1, RetryAfter: 1})
	c := e.plan(o)
	e.fault(labgraph.Fault{Kind: labgraph.Throttle, Method: "PATCH", Times: 1, RetryAfter: 1})
	started := time.Now()
	if err := e.provider.Apply(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	if e.writes() != 2 || time.Since(started) < time.Second {
		t.Fatalf("%d writes after %s", e.writes(), time.Since(started))
	}
}

func TestAMissingPermissionIsNamed(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	c := e.plan(e.want(keys(map[string]string{"certificate": public(t, "lync-oauth").pem})))
	e.Change(func(d *labgraph.Directory) { d.Clients[0].Permissions = []string{"Application.Read.All"} })
	e.provider = e.open() // with a token that has no more than that
	mustSay(t, e.provider.Apply(t.Context(), c), "403 Authorization_RequestDenied", "Application.ReadWrite.All")
}

func TestSigningInThatFailsIsExplained(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	other := public(t, "another")
	for name, c := range map[string]struct {
		change func(*labgraph.Directory)
		want   string
	}{
		"no application": {func(d *labgraph.Directory) { d.Clients[0].ID = exchangeOnline }, "AADSTS700016"},
		"no certificate": {func(d *labgraph.Directory) { d.Clients[0].ID = application; d.Clients[0].Certificate = other.base64() }, "register the certificate with the application"},
	} {
		e.Change(c.change)
		o := e.want(nil)
		listing := e.open().Read(t.Context(), e.kind, []planner.Object{o})
		mustSay(t, listing.Err, "provider entra: signing in to Entra: AADSTS", c.want)
		if t.Failed() {
			t.Log(name)
		}
	}
}

func TestAPrincipalThatIsNotThereIsNotCreated(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	e.Change(func(d *labgraph.Directory) { d.Principals = d.Principals[1:] })
	c := e.plan(e.want(map[string]cty.Value{"account_enabled": cty.True}))
	if c.Action != planner.Create || len(c.Notes) == 0 {
		t.Fatalf("%s, notes %v", c.Action, c.Notes)
	}
	mustSay(t, e.provider.Apply(t.Context(), c), "New-MgServicePrincipal -AppId "+skypeOnline)
	if e.writes() != 0 {
		t.Fatal("something was written")
	}
}

func TestAPrincipalIsNotDeleted(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	o := e.want(nil)
	o.Absent = true
	c := e.plan(o)
	mustSay(t, e.provider.Apply(t.Context(), c), "hybrid deletes no service principals")
}

func TestAllPrincipalsAreNeverListed(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	mustSay(t, e.provider.Read(t.Context(), e.kind, nil).Err, "take the exclusive block out")
}

func TestAGraphThatFailsIsNoAbsence(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	e.fault(labgraph.Fault{Kind: labgraph.Forbidden})
	o := e.want(nil)
	listing := e.provider.Read(t.Context(), e.kind, []planner.Object{o})
	mustSay(t, listing.Err, "Application.Read.All")
	if c := planner.Check(&o, listing); c.Action != planner.Unknown {
		t.Fatalf("planned %s", c.Action)
	}
}

func TestPoliciesOfTheTenantAreExplained(t *testing.T) {
	t.Parallel()
	err := explainKeys(&graph.Error{Status: 400, Message: "Key credential end date is invalid."})
	mustSay(t, err, "have one made with a shorter life")
}
