package directory

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/powershell"
	"hybrid/planner"
	"hybrid/providers"
	"hybrid/providers/shell"
)

// server is a server with Entra Connect: what its cmdlets return next.
type server struct {
	t         *testing.T
	scheduler map[string]any
	running   int      // so many looks until nothing runs
	foreign   int      // so many starts are refused since a connector is busy
	takes     int      // so many looks until a cycle that was started has ended
	looked    func()   // called when it is looked at what is under way; nil does nothing
	results   []string // of the run profiles of the cycle
	ended     int      // cycles that have ended
	others    string   // how the run profile of somebody else's cycle ends, once nothing runs before a start
	late      int      // so many looks until a cycle that was started shows as under way
	lost      error    // instead of the answer to a start
	deaf      bool     // a start whose answer is lost has no effect
	fails     map[string]error
	calls     []string
	working   int
	begun     bool
}

func (s *server) Calls() int64 { return int64(len(s.calls)) }
func (s *server) Close() error { return nil }

func (s *server) Call(_ context.Context, c powershell.Command, o powershell.CallOptions) error {
	s.calls = append(s.calls, c.String())
	if err := s.fails[c.Cmdlet]; err != nil {
		return err
	}
	switch c.Cmdlet {
	case "Get-ADSyncScheduler":
		s.scheduler["SyncCycleInProgress"] = s.inProgress()
		return o.Object(s.scheduler)
	case "Get-ADSyncConnectorRunStatus":
		return nil
	case "Start-ADSyncSyncCycle":
		return s.start(o)
	case "Get-ADSyncRunProfileResult":
		return s.history(o)
	}
	s.t.Errorf("called %s", c)
	return nil
}

func (s *server) inProgress() bool {
	if s.running > 0 {
		s.running--
		return true
	}
	if !s.begun {
		return false
	}
	if s.late > 0 {
		s.late--
		return false
	}
	if s.working++; s.working <= s.takes {
		if s.looked != nil {
			s.looked()
		}
		return true
	}
	if s.working == s.takes+1 {
		s.ended++
	}
	return false
}

func (s *server) start(o powershell.CallOptions) error {
	if s.foreign > 0 {
		s.foreign--
		return &powershell.CmdletError{Cmdlet: "Start-ADSyncSyncCycle", Message: "System.InvalidOperationException: Connector: contoso.onmicrosoft.com - AAD is busy."}
	}
	if s.begun && s.lost == nil {
		s.t.Error("a cycle was started twice")
	}
	s.begun = s.begun || !s.deaf
	if s.lost != nil {
		return s.lost
	}
	return o.Object(map[string]any{"Result": "Success"})
}

func (s *server) history(o powershell.CallOptions) error {
	if err := o.Object(map[string]any{"RunHistoryId": "old", "ConnectorName": "contoso.com", "RunProfileName": "Export", "Result": "completed-export-errors", "IsRunComplete": true}); err != nil {
		return err
	}
	if s.others != "" && s.running == 0 {
		if err := o.Object(map[string]any{"RunHistoryId": "others", "ConnectorName": "contoso.com", "RunProfileName": "Export", "Result": s.others, "IsRunComplete": true}); err != nil {
			return err
		}
	}
	for n, result := range s.results {
		if s.ended == 0 {
			break
		}
		if err := o.Object(map[string]any{"RunHistoryId": n, "ConnectorName": "contoso.onmicrosoft.com - AAD", "RunProfileName": "Export", "Result": result, "IsRunComplete": true}); err != nil {
			return err
		}
	}
	return nil
}

func healthy(t *testing.T) *server {
	return &server{t: t, results: []string{"success"}, scheduler: map[string]any{"SyncCycleEnabled": true, "StagingModeEnabled": false, "SchedulerSuspended": false}}
}

// opened is a provider whose sessions end at the server.
func (s *server) opened() *provider {
	values := map[string]cty.Value{}
	for name, t := range block().Type().AttributeTypes() {
		values[name] = cty.NullVal(t)
	}
	p, err := shell.Open(providers.Settings{Name: "directory", Values: cty.ObjectVal(values)}, shell.Options{Place: "sync01", Pool: s})
	if err != nil {
		s.t.Fatal(err)
	}
	return &provider{Provider: p, host: "sync01", mostPause: time.Millisecond}
}

// wanted is a block with these arguments, and the change that runs it.
func wanted(host string, arguments map[string]cty.Value) (planner.Object, planner.Change) {
	values := map[string]cty.Value{"identity": cty.StringVal("entra")}
	for name, t := range directorySync().Type().AttributeTypes() {
		if _, ok := values[name]; !ok {
			values[name] = cty.NullVal(t)
		}
	}
	for name, v := range arguments {
		values[name] = v
	}
	o := planner.Object{Address: planner.Address{Kind: "directory_sync", Labels: []string{"entra"}}, Kind: directorySync(), Identity: "entra", Want: cty.ObjectVal(values)}
	live := found(o, host).Value
	return o, planner.Change{Address: o.Address, Kind: o.Kind, Action: planner.Run, Before: live, After: live}
}

func TestACycle(t *testing.T) {
	t.Parallel()
	lost := &powershell.LostError{Sent: true, Host: "sync01", Err: errors.New("connection reset")}
	tests := map[string]struct {
		server    func(*server)
		arguments map[string]cty.Value
		want      string // in the error; "" for none
		doubt     bool
		starts    int
	}{
		"runs":                      {func(s *server) { s.takes = 3 }, nil, "", false, 1},
		"another one is waited for": {func(s *server) { s.running = 3 }, nil, "", false, 1},
		"another one fails":         {func(s *server) { s.running, s.others = 3, "completed-export-errors" }, nil, "", false, 1},
		"another one ends, and this one shows late": {func(s *server) {
			s.running, s.others, s.late, s.takes, s.results = 3, "success", 2, 3, []string{"no-start-connection"}
		}, nil, "no-start-connection", false, 1},
		"a busy connector":           {func(s *server) { s.foreign = 2 }, nil, "", false, 3},
		"ends with errors":           {func(s *server) { s.results = []string{"success", "completed-export-errors"} }, nil, "Export of contoso.onmicrosoft.com - AAD: completed-export-errors", false, 1},
		"errors that are accepted":   {func(s *server) { s.results = []string{"completed-export-errors"} }, map[string]cty.Value{"accept": cty.SetVal([]cty.Value{cty.StringVal("completed-export-errors")})}, "", false, 1},
		"no connection to the cloud": {func(s *server) { s.results = []string{"no-start-connection"} }, nil, "no-start-connection", false, 1},
		"is refused": {func(s *server) {
			s.fails = map[string]error{"Start-ADSyncSyncCycle": &powershell.CmdletError{Message: "Access is denied."}}
		}, nil, "Access is denied.", false, 1},
		"the answer is lost":  {func(s *server) { s.lost = lost }, nil, "", false, 1},
		"lost without effect": {func(s *server) { s.lost, s.deaf = lost, true }, nil, "the answer was lost", true, 1},
		"never ends":          {func(s *server) { s.takes = 1 << 30 }, map[string]cty.Value{"timeout": cty.StringVal("30ms")}, "the cycle has not ended, and the time to wait for it is over", false, 1},
		"never begins":        {func(s *server) { s.running = 1 << 30 }, map[string]cty.Value{"timeout": cty.StringVal("30ms")}, "another synchronisation is under way", false, 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := healthy(t)
			test.server(s)
			_, c := wanted("sync01", test.arguments)
			err := s.opened().Apply(t.Context(), c)
			if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
				t.Errorf("got %v", err)
			}
			if providers.InDoubt(err) != test.doubt {
				t.Errorf("in doubt: %v", err)
			}
			if n := strings.Count(strings.Join(s.calls, "\n"), "Start-ADSyncSyncCycle -PolicyType:'Delta'"); n != test.starts {
				t.Errorf("started %d times", n)
			}
		})
	}
}

// A cycle that must not be begun any more is not started, and the end of somebody else's is not waited for.
func TestACycleWaitsForLeave(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		running, asked int // looks until nothing runs, and how often leave is given
	}{
		"at once": {0, 0}, "right before the start": {0, 1}, "while another one runs": {1 << 30, 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := healthy(t)
			s.running = test.running
			left := test.asked
			_, c := wanted("sync01", nil)
			err := s.opened().Apply(providers.Asking(t.Context(), func() string {
				if left--; left < 0 {
					return "the run was stopped"
				}
				return ""
			}), c)
			if !providers.Withdrawn(err) || providers.InDoubt(err) || strings.Contains(strings.Join(s.calls, "\n"), "Start-ADSyncSyncCycle") {
				t.Errorf("%v, called %v", err, s.calls)
			}
		})
	}
}

// Whoever stops waiting is not told that the time was over.
func TestACycleThatIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	s := healthy(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	s.takes, s.looked = 1<<30, cancel
	_, c := wanted("sync01", nil)
	if err := s.opened().Apply(ctx, c); err == nil || !strings.Contains(err.Error(), "waiting for it was broken off") {
		t.Errorf("got %v", err)
	}
}

func TestAServerThatCarriesNothing(t *testing.T) {
	t.Parallel()
	missing := &powershell.MissingError{Host: "fe01", Modules: []string{"ADSync"}, NoModule: true}
	for name, test := range map[string]struct {
		server func(*server)
		want   string
	}{
		"staging":       {func(s *server) { s.scheduler["StagingModeEnabled"] = true }, "it is in staging mode"},
		"suspended":     {func(s *server) { s.scheduler["SchedulerSuspended"] = true }, "the configuration wizard is open"},
		"disabled":      {func(s *server) { s.scheduler["SyncCycleEnabled"] = false }, "Set-ADSyncScheduler -SyncCycleEnabled $true"},
		"no such thing": {func(s *server) { s.fails = map[string]error{"Get-ADSyncScheduler": missing} }, "sync01 has no PowerShell module ADSync, so it is no server with Entra Connect"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := healthy(t)
			test.server(s)
			o, _ := wanted("", nil)
			listing := s.opened().Read(t.Context(), o.Kind, []planner.Object{o})
			if listing.Err == nil || !strings.Contains(listing.Err.Error(), test.want) {
				t.Errorf("got %v", listing.Err)
			}
		})
	}
}

func TestByHand(t *testing.T) {
	t.Parallel()
	p, err := open(providers.Settings{Name: "directory", Values: cty.NullVal(block().Type())})
	if err != nil {
		t.Fatal(err)
	}
	o, c := wanted("", nil)
	listing := p.Read(t.Context(), o.Kind, []planner.Object{o})
	if f := listing.Objects[o.LiveID()]; listing.Err != nil || !f.Value.GetAttr("host").IsNull() {
		t.Errorf("listed %+v", listing)
	}
	if err := p.Apply(t.Context(), c); err != nil {
		t.Error(err)
	}
	texts, err := commands(c)
	if err != nil || len(texts) != 1 || texts[0].String() != "# by hand, on the server with Entra Connect: Start-ADSyncSyncCycle -PolicyType:'Delta'" {
		t.Errorf("commands %v, %v", texts, err)
	}
	if _, refusal := unseen(nil); !strings.Contains(refusal, "there is neither a sync_host") {
		t.Errorf("refusal %q", refusal)
	}
}
