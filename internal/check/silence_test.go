package check

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"hybrid/planner"
)

// A questioned fake counts the questions that each witness was asked; those that are not in its zones are silent.
type questioned struct {
	*fake
	mu    sync.Mutex
	asked map[string]int
}

func (c *questioned) Question(ctx context.Context, w Witness, name, rtype string) (Answer, error) {
	c.mu.Lock()
	c.asked[w.Name]++
	c.mu.Unlock()
	a, err := c.fake.Question(ctx, w, name, rtype)
	if err != nil {
		err = &SilentError{err}
	}
	return a, err
}

// A name server that is silent is waited for once, whatever checks want of it; one that answers is asked everything.
func TestASilentWitnessIsAskedOnce(t *testing.T) {
	t.Parallel()
	c := &questioned{fake: served(outside(), inside()), asked: map[string]int{}}
	delete(c.zones, "ns1.contoso.com")
	delete(c.zones, "dc01.contoso.com")
	e := estateOf(t, inPhase("hybrid"), c.fake)
	e.Source = c
	checks, err := Select(All(), []string{"dns"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	told := 0
	for _, f := range Run(t.Context(), e, checks, Options{}) {
		if f.Verdict == Pass && (f.ID == "D-LD" || f.ID == "D-FED") {
			t.Errorf("%s passes without those who should tell", f.ID)
		}
		if strings.Contains(f.Text, "it did not answer before, when it was asked for ") && strings.Contains(f.Text, "(no answer within 5s)") {
			told++
		}
	}
	if told == 0 {
		t.Error("nobody says that it was silent before")
	}
	if c.asked["ns1.contoso.com"] != 1 || c.asked["dc01.contoso.com"] != 1 || c.asked["8.8.8.8"] < 3 {
		t.Errorf("asked so often: %v", c.asked)
	}
}

// A refusal is an answer, and a question that was broken off settles nothing.
func TestWhatIsSilence(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		err          error
		open, silent bool
	}{
		{nil, true, false},
		{errors.New("it answers REFUSED"), true, false},
		{&SilentError{errors.New("no answer within 5s")}, false, true},
		{context.Canceled, false, false},
	} {
		var h hearing
		h.settle(tt.err, silentBefore(tt.err, "contoso.com"))
		if h.open() != tt.open || (h.before() != nil) != tt.silent {
			t.Errorf("%v: open %v, silent %v", tt.err, h.open(), h.before())
		}
	}
}

// A closed fake has hosts on which no session can be opened, and counts how often that was found out.
type closed struct {
	*fake
	mu    sync.Mutex
	tried int
}

type noSession struct{ error }

func (noSession) Outage() {}

func (c *closed) refuse() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.tried++
	return noSession{errors.New("no session on fe01.contoso.com: no answer within 10 s")}
}

func (c *closed) List(context.Context, string, string) planner.Listing {
	return planner.Listing{Err: c.refuse()}
}

func (c *closed) Cmdlet(context.Context, string, Cmdlet) ([]map[string]any, error) {
	return nil, c.refuse()
}

// Hosts that nobody reaches are waited for once a provider block, whatever checks want to read there; all say why nothing is known.
func TestHostsThatNobodyReachesAreTriedOnce(t *testing.T) {
	t.Parallel()
	c := &closed{fake: served(outside(), inside())}
	e := estateOf(t, inPhase("hybrid"), c.fake)
	e.Source = c
	checks, err := Select(All(), []string{"E-CFG", "E-ROUTE", "E-UREP", "H-PROV", "H-CONFL", "P-CMS", "H-TOPO", "E-FED1"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range Run(t.Context(), e, checks, Options{}) {
		if f.Verdict != Unknown || !strings.Contains(f.Text, "no session on fe01.contoso.com") {
			t.Errorf("%s: %s %s", f.ID, f.Verdict, f.Text)
		}
	}
	if c.tried != 1 {
		t.Errorf("tried %d times", c.tried)
	}
}
