package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"hybrid/internal/event"
)

// BenchmarkApplyUsers is moving users in `hybrid apply`, a process of its own, over WS-Man to a lab that is another process and
// answers at once, with the journal fsynced on disk: by how many are moved at once, each in a session of its own. Counted is the
// time of the block as apply tells it, so that what is planned and read before and after is not in it. The processor time a move,
// of the program over its whole run and of the lab meanwhile, says how much of the machine each of them has taken.
func BenchmarkApplyUsers(b *testing.B) {
	binary := built(b)
	for _, sessions := range []int{1, 2, 4, 8} {
		b.Run(fmt.Sprintf("sessions=%d", sessions), func(b *testing.B) {
			moving{users: 6_000, parallel: sessions, batch: 6_000}.bench(b, binary)
		})
	}
}

// BenchmarkApplySizes is the same of blocks of different sizes: the time a user should be level.
func BenchmarkApplySizes(b *testing.B) {
	binary := built(b)
	for _, users := range []int{1_000, 10_000, 50_000} {
		b.Run(fmt.Sprintf("users=%d", users), func(b *testing.B) {
			moving{users: users, parallel: 8, batch: 100}.bench(b, binary)
		})
	}
}

// BenchmarkApplyThrottled is how much of what a host takes is used, where that is less than the configuration asks for: 16
// users at once, and a host that takes 5 calls of 50 ms at once and refuses the others. Ideal are 5 calls at any time, whose
// number a second is measured with a wave of 5 and no refusals. It fails below nine tenths.
func BenchmarkApplyThrottled(b *testing.B) {
	binary := built(b)
	lag := [][]string{{"--kind", "lag", "--cmdlet", "Move-CsUser", "--delay", "50ms"}}
	var ideal float64
	b.Run("asking=5", func(b *testing.B) {
		ideal = moving{users: 1_500, parallel: 5, batch: 1_500, faults: lag}.bench(b, binary)
	})
	b.Run("asking=16", func(b *testing.B) {
		got := moving{users: 1_500, parallel: 16, batch: 1_500, faults: lag, settings: []string{"limit.operations=5"}}.bench(b, binary)
		b.ReportMetric(100*got/100, "%of-5-calls")
		b.ReportMetric(100*got/ideal, "%of-asking-5")
		if got < 0.9*ideal {
			b.Errorf("%.0f a second of %.0f", got, ideal)
		}
	})
}

// moving is an apply that moves users.
type moving struct {
	users, parallel, batch int
	settings               []string // of the lab
	faults                 [][]string
}

// bench applies to a fresh estate each time, and gives the moves a second.
func (m moving) bench(b *testing.B, binary string) float64 {
	var took, program, lab time.Duration
	for b.Loop() {
		dir, served := m.estate(b, binary)
		before := spentBy(b, served.Process.Pid)
		apply := exec.Command(binary, "apply", "--auto-approve", "--json", dir)
		apply.Stderr = os.Stderr
		out, err := apply.Output()
		if err != nil {
			b.Fatalf("%v: %s", err, out[max(0, len(out)-2000):])
		}
		took += m.took(b, out)
		lab += spentBy(b, served.Process.Pid) - before
		program += apply.ProcessState.UserTime() + apply.ProcessState.SystemTime()
	}
	moves := float64(m.users * b.N)
	b.ReportMetric(moves/took.Seconds(), "moves/s")
	b.ReportMetric(float64(took.Microseconds())/moves, "µs/move")
	b.ReportMetric(float64(program.Microseconds())/moves, "program-µs/move")
	b.ReportMetric(float64(lab.Microseconds())/moves, "lab-µs/move")
	b.ReportMetric(0, "ns/op")
	return moves / took.Seconds()
}

// took is how long the block took of which all users were moved.
func (m moving) took(b *testing.B, out []byte) time.Duration {
	for line := range strings.Lines(string(out)) {
		var e event.Event
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			b.Fatal(err)
		}
		if e.Type == event.Done && e.Address == "user_homing.all" && e.Done == m.users {
			return time.Duration(e.Millis) * time.Millisecond
		}
	}
	b.Fatalf("not all were moved: %s", out[max(0, len(out)-2000):])
	return 0
}

// estate writes a configuration that moves the users, and serves its estate until the benchmark ends.
func (m moving) estate(b *testing.B, binary string) (dir string, served *exec.Cmd) {
	b.Helper()
	dir = b.TempDir()
	write(b, filepath.Join(dir, "all.csv"), usersCSV(m.users))
	provider := strings.Replace(benchProvider, "\n  auth ", fmt.Sprintf("\n  sessions = %d\n  auth ", m.parallel), 1)
	write(b, filepath.Join(dir, "main.hcl"), provider+fmt.Sprintf(`
user_homing "all" {
  users  = users_csv("all.csv")
  target = "pool01.contoso.com"
  wave {
    parallel = %d
    batch    = %d
  }
}
`, m.parallel, m.batch))
	placeholders(b)
	if len(m.settings) > 0 {
		runBinary(b, binary, append([]string{"lab", "set", dir}, m.settings...)...)
	}
	for _, f := range m.faults {
		runBinary(b, binary, append([]string{"lab", "fault", dir}, f...)...)
	}
	return dir, serve(b, binary, dir)
}

// spentBy is the processor time that a process has taken so far (proc(5): utime and stime, in hundredths of a second).
func spentBy(b *testing.B, pid int) time.Duration {
	b.Helper()
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		b.Fatal(err)
	}
	_, after, _ := strings.Cut(string(stat), ") ")
	fields := strings.Fields(after)
	user, err := strconv.Atoi(fields[11])
	if err != nil {
		b.Fatal(err)
	}
	system, err := strconv.Atoi(fields[12])
	if err != nil {
		b.Fatal(err)
	}
	return time.Duration(user+system) * 10 * time.Millisecond
}
