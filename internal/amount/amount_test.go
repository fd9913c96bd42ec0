package amount_test

import (
	"testing"
	"time"

	"hybrid/internal/amount"
)

func TestLasting(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		0: "0 s", time.Millisecond: "0.0 s", 312 * time.Millisecond: "0.3 s", 5 * time.Second: "5 s", 9949 * time.Millisecond: "9.9 s",
		9960 * time.Millisecond: "10 s", 59 * time.Second: "59 s", 59600 * time.Millisecond: "1 min", 250 * time.Second: "4 min 10 s",
		113900 * time.Millisecond: "1 min 54 s", 4 * time.Minute: "4 min", time.Hour - time.Millisecond: "1 h", 125 * time.Minute: "2 h 5 min",
		25 * time.Hour: "25 h",
	} {
		if got := amount.Lasting(d); got != want {
			t.Errorf("%v: got %s, want %s", d, got, want)
		}
	}
}

func TestCount(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", -1000: "-1,000", -100: "-100", 1234567: "1,234,567"} {
		if got := amount.Count(n); got != want {
			t.Errorf("%d: got %s, want %s", n, got, want)
		}
	}
}
