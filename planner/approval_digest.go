package planner

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"iter"
	"slices"
)

// Digest is the digest of the approval of a plan, as [Approve] gives it, made without holding the users of the plan a second time.
func Digest(p *Plan) string {
	return digest(func(yield func(*Approved, iter.Seq[[]string]) bool) {
		for i := range p.Changes {
			c := &p.Changes[i]
			if c.Action == NoOp {
				continue
			}
			head := c.approvedHead()
			if !yield(&head, c.approvedUsers()) {
				return
			}
		}
	})
}

func (a Approval) digest() string {
	return digest(func(yield func(*Approved, iter.Seq[[]string]) bool) {
		for _, head := range a.Changes {
			users := slices.Values(head.Users)
			head.Users = nil
			if !yield(&head, users) {
				return
			}
		}
	})
}

// digest is the SHA-256 of changes as [json.Encoder] writes a list of them, which none of it needs to be held for. It is handed each
// change without its users, who are the last of what is written of it, and with it these.
func digest(changes iter.Seq2[*Approved, iter.Seq[[]string]]) string {
	sum := sha256.New()
	out := bufio.NewWriter(sum) // neither of which fails
	before := "["
	for change, users := range changes {
		head := encoded(change)
		_, _ = out.WriteString(before)
		_, _ = out.Write(head[:len(head)-1])
		next, end := `,"users":[`, ""
		for user := range users {
			_, _ = out.WriteString(next)
			_, _ = out.Write(encoded(user))
			next, end = ",", "]"
		}
		_, _ = out.WriteString(end + "}")
		before = ","
	}
	if before == "[" {
		_, _ = out.WriteString("null\n") // as no list at all is written
	} else {
		_, _ = out.WriteString("]\n")
	}
	_ = out.Flush()
	return hex.EncodeToString(sum.Sum(nil))
}

func encoded(v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // texts in maps and lists always encode
	}
	return text
}
