package powershell

// A Piece is a part of a command's text: a text that is quoted, the user name of a credential, or PowerShell as it is.
type Piece struct {
	Kind PieceKind
	Text string
}

// PieceKind says what a [Piece] is.
type PieceKind int

// The kinds of pieces.
const (
	Code    PieceKind = iota
	Text              // before it is quoted
	Account           // the user name of a credential
)

// Pieces takes [Command.String] apart, so that who writes a script decides how texts are quoted and where credentials come
// from. The name of a parameter and its colon end the piece of code before its value.
func (c Command) Pieces() []Piece {
	all := []Piece{{Code, c.Cmdlet}}
	for _, p := range c.Params {
		all = append(all, Piece{Code, " -" + p.Name + ":"})
		all = appendPieces(all, p.Value)
	}
	return all
}

func appendPieces(all []Piece, value any) []Piece {
	switch v := value.(type) {
	case string:
		return append(all, Piece{Text, v})
	case Credential:
		return append(all, Piece{Account, v.Username})
	case Command:
		all = append(append(all, Piece{Code, "("}), v.Pieces()...)
		return append(all, Piece{Code, ")"})
	case []string:
		return appendArray(all, v)
	case []any:
		return appendArray(all, v)
	}
	return append(all, Piece{Code, argument(value)})
}

func appendArray[T any](all []Piece, items []T) []Piece {
	all = append(all, Piece{Code, "@("})
	for n, item := range items {
		if n > 0 {
			all = append(all, Piece{Code, ","})
		}
		all = appendPieces(all, item)
	}
	return append(all, Piece{Code, ")"})
}

// Cmdlets names the cmdlets that a command calls, those among its arguments included.
func (c Command) Cmdlets() []string {
	names := []string{c.Cmdlet}
	for _, p := range c.Params {
		if inner, ok := p.Value.(Command); ok {
			names = append(names, inner.Cmdlets()...)
		}
	}
	return names
}
