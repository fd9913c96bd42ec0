package journal

import (
	"bytes"
	"fmt"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The reader takes anything without a panic, and a line that it takes means what its record says.
func FuzzRead(f *testing.F) {
	whole, err := os.ReadFile(recorded(f, f.TempDir()))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole)
	f.Add(whole[:len(whole)/2])
	f.Add([]byte(`{"crc":"00000000","seq":1}`))
	f.Add([]byte("\n\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := read(bytes.NewReader(data), "fuzz")
		if (p == nil) == (err == nil) {
			t.Fatalf("%v and %v", p, err)
		}
		if p != nil && len(p.Open()) > len(p.Entries) {
			t.Fatal("more is open than there is")
		}
		line, _, _ := bytes.Cut(data, []byte("\n"))
		if r, err := parseLine(line); err == nil {
			var again bytes.Buffer
			if err := appendLine(&again, r); err != nil {
				t.Fatalf("read, and cannot be written: %v", err)
			}
			back, err := parseLine(bytes.TrimSuffix(again.Bytes(), []byte("\n")))
			if diff := cmp.Diff(r, back); err != nil || diff != "" {
				t.Fatalf("written again, it is another: %v %s", err, diff)
			}
		}
	})
}

// An intent and an outcome a user, with fsync, as an apply makes them: by one goroutine and by sixteen.
func BenchmarkIntents(b *testing.B) {
	for _, parallel := range []int{1, 16} {
		b.Run(fmt.Sprintf("goroutines=%d", parallel), func(b *testing.B) {
			j, err := Begin(b.TempDir(), sample())
			if err != nil {
				b.Fatal(err)
			}
			work := make(chan int)
			done := make(chan error, parallel)
			for range parallel {
				go func() {
					for n := range work {
						if err := j.Intent(Entry{Address: fmt.Sprintf("user_homing.pilot[%q]", fmt.Sprint("sip:user", n, "@contoso.com")), Action: "move", Kind: "user_homing"}); err != nil {
							done <- err
							return
						}
					}
					done <- nil
				}()
			}
			b.ResetTimer()
			for n := range b.N {
				work <- n
			}
			close(work)
			for range parallel {
				if err := <-done; err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "intents/s")
		})
	}
}

// What `runs` and resuming cost after a night's work: a journal of 100,000 intents and outcomes.
func BenchmarkRead(b *testing.B) {
	d := &disk{}
	j, err := begin(b.TempDir(), sample(), on(d))
	if err != nil {
		b.Fatal(err)
	}
	for n := range 100_000 {
		e := Entry{Address: fmt.Sprintf("user_homing.pilot[%q]", fmt.Sprint("sip:user", n, "@contoso.com")), Action: "move", Kind: "user_homing"}
		if err := j.Intent(e); err != nil {
			b.Fatal(err)
		}
		e.Result = Done
		if err := j.Outcome(e); err != nil {
			b.Fatal(err)
		}
	}
	b.SetBytes(int64(d.data.Len()))
	b.ResetTimer()
	for b.Loop() {
		if _, err := read(bytes.NewReader(d.data.Bytes()), "bench"); err != nil {
			b.Fatal(err)
		}
	}
}
