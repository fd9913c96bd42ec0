package wsman

import "sync"

// tailSize is how much of standard error is kept, in bytes.
const tailSize = 8 << 10

// A Tail keeps the last 8 KB of what is written to it. Its zero value is empty; it is safe for concurrent use.
type Tail struct {
	mutex sync.Mutex
	kept  []byte
}

// Write never fails.
func (t *Tail) Write(b []byte) (int, error) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	t.kept = append(t.kept, b...)
	if over := len(t.kept) - tailSize; over > 0 {
		t.kept = append(t.kept[:0], t.kept[over:]...)
	}
	return len(b), nil
}

func (t *Tail) String() string {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	return string(t.kept)
}
