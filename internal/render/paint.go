package render

import "hybrid/planner"

// paint colours words on a terminal, by ECMA-48's SGR sequences; false leaves them as they are.
type paint bool

const (
	red     = "31"
	green   = "32"
	yellow  = "33"
	magenta = "35"
	cyan    = "36"
	bold    = "1"
	dim     = "2"
)

func (p paint) in(colour, text string) string {
	if !p || text == "" || colour == "" {
		return text
	}
	return "\x1b[" + colour + "m" + text + "\x1b[0m"
}

// symbol is the sign of an action in plans and progress, with its colour.
func symbol(a planner.Action) (sign, colour string) {
	switch a {
	case planner.Create:
		return "+", green
	case planner.Update:
		return "~", yellow
	case planner.Replace:
		return "-/+", red
	case planner.Delete:
		return "-", red
	case planner.Move, planner.Run:
		return ">", cyan
	case planner.Unknown:
		return "?", magenta
	}
	return " ", ""
}
