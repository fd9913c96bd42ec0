package lab

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Counts survive the program: writes at once, reads when it ends.
func TestCallsAreCounted(t *testing.T) {
	t.Parallel()
	b := bothSides(t, true)
	e, path := b.estate(), t.TempDir()+"/lab.json"
	e.ForgetCalls()
	if err := e.Save(path); err != nil {
		t.Fatal(err)
	}
	b.does("Get-CsUser", nil)
	b.does("Move-CsUser", b.move(ownProvider))
	b.fails("Move-CsUser", b.move(pool), "OperationStopped", "506")
	b.fails("Move-CsUser", params{"Confirm": false}, "InvalidArgument", "missing mandatory")
	b.does("Set-CsHostingProvider", params{"Identity": "LyncOnline", "Enabled": false, "WhatIf": true})
	b.online().does("New-CsEdgeAllowList", nil)
	b.adsync().does("Start-ADSyncSyncCycle", nil)
	want := Calls{Writes: map[string]int{"Move-CsUser": 2, "Start-ADSyncSyncCycle": 1}, Reads: map[string]int{"Get-CsUser": 1, "New-CsEdgeAllowList": 1}}
	if diff := cmp.Diff(want, e.Calls); diff != "" {
		t.Error(diff)
	}
	killed, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want.Writes, killed.Calls.Writes); diff != "" {
		t.Errorf("after the program was killed:\n%s", diff)
	}
	if err := e.Keep(path); err != nil {
		t.Fatal(err)
	}
	ended, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, ended.Calls); diff != "" {
		t.Errorf("after the program ended:\n%s", diff)
	}
	ended.ForgetCalls()
	if err := ended.Keep(path); err != nil {
		t.Fatal(err)
	}
	if again, err := Load(path); err != nil || len(again.Calls.Writes)+len(again.Calls.Reads) != 0 {
		t.Errorf("%v, %v", again.Calls, err)
	}
}
