package journal

import (
	"bytes"
	"fmt"
	"io"
)

// A batch is lines that reach the disk together.
type batch struct {
	lines   bytes.Buffer
	written bool
	err     error
}

// append puts records into the batch that is gathering and sees it to the disk. Those who come while another batch is
// being written wait for the disk; the first of them writes for all.
func (j *Journal) append(records ...record) error {
	b, err := j.gather(records)
	if err != nil {
		return err
	}
	j.disk.Lock()
	defer j.disk.Unlock()
	if !b.written {
		j.mu.Lock()
		j.next = &batch{}
		j.mu.Unlock()
		b.err, b.written = j.write(b.lines.Bytes()), true
	}
	return b.err
}

// gather numbers records and adds their lines to the next batch: all of them, or none where one cannot be written.
func (j *Journal) gather(records []record) (*batch, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	now, start := j.sys.now().UTC(), j.next.lines.Len()
	for i, r := range records {
		r.Seq, r.Time = j.seq+i+1, now
		if err := appendLine(&j.next.lines, r); err != nil {
			j.next.lines.Truncate(start)
			return nil, err
		}
	}
	j.seq += len(records)
	return j.next, nil
}

// write brings lines to the disk. The caller holds disk.
func (j *Journal) write(lines []byte) error {
	if j.err != nil {
		return j.err
	}
	n, err := j.file.Write(lines)
	if err == nil && n < len(lines) {
		err = io.ErrShortWrite
	}
	if err == nil {
		err = j.file.Sync()
	}
	if err != nil {
		j.err = fmt.Errorf("journal: cannot write to %s: %w.\n"+
			"Nothing that is not in the journal is done: this run stops here. Make room or mend the disk, then apply again", j.path, err)
		return j.err
	}
	if err := j.lease.Append(lines); err != nil {
		return &UnsharedError{err}
	}
	return nil
}
