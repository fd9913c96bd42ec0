package render

// beginnings are the first two bytes of texts, a bit for each pair of bytes.
type beginnings [1 << 16 / 64]uint64

// beginningsOf are those of texts of at least two bytes.
func beginningsOf(texts []string) *beginnings {
	var b beginnings
	for _, text := range texts {
		pair := uint16(text[0])<<8 | uint16(text[1])
		b[pair/64] |= 1 << (pair % 64)
	}
	return &b
}

// in says whether one of the texts may begin anywhere in a text; where it says no, none does.
func (b *beginnings) in(text string) bool {
	if text == "" {
		return false
	}
	pair := uint16(text[0])
	for i := 1; i < len(text); i++ {
		pair = pair<<8 | uint16(text[i])
		if b[pair/64]&(1<<(pair%64)) != 0 {
			return true
		}
	}
	return false
}
