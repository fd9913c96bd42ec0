package powershell

import (
	"fmt"
	"strconv"
	"strings"

	"hybrid/internal/powershell/literal"
)

// A Command is one cmdlet call. It goes to the host agent as data, never spliced into a script; its text is for people
// and for scripts that people run.
type Command struct {
	Cmdlet string  // "New-CsHostingProvider"
	Params []Param // in the order in which they are shown
}

// A Param is one parameter with its value: nil, bool, int, int64, float64, string, a [Credential], a [Command] whose
// result is passed, or a []string or []any of these.
type Param struct {
	Name  string
	Value any
}

// A Credential becomes a PSCredential at the far end. Its text never holds the password.
type Credential struct {
	Username string
	Password string
}

// String is what an administrator would type for the credential: a prompt for the password.
func (c Credential) String() string { return "(Get-Credential -Credential:" + Quote(c.Username) + ")" }

// GoString keeps the password out of %#v as well.
func (c Credential) GoString() string { return c.String() }

// String is the command as PowerShell reads it, every value bound to its parameter with a colon: after a space, '--%'
// would end the parsing of the line, and a switch would not take its value.
func (c Command) String() string {
	var b strings.Builder
	b.WriteString(c.Cmdlet)
	for _, p := range c.Params {
		b.WriteString(" -" + p.Name + ":" + argument(p.Value))
	}
	return b.String()
}

// Quote writes a text as a single-quoted PowerShell literal: [literal.Quote].
func Quote(text string) string { return literal.Quote(text) }

// A Placeholder is what stands in a text for a value that is not shown, or not known yet. It is bare, so that a command
// with one cannot be run by mistake, and it is never sent.
type Placeholder string

// argument writes a value as an argument.
func argument(value any) string {
	switch v := value.(type) {
	case nil:
		return "$null"
	case bool:
		return "$" + strconv.FormatBool(v)
	case int:
		return strconv.Itoa(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64)
	case string:
		return Quote(v)
	case []string:
		return array(v)
	case []any:
		return array(v)
	case Command:
		return "(" + v.String() + ")"
	case Credential:
		return v.String()
	case Placeholder:
		return string(v)
	}
	return Quote(fmt.Sprint(value)) // never sent: the request's encoder refuses it
}

func array[T any](items []T) string {
	texts := make([]string, len(items))
	for n, item := range items {
		texts[n] = argument(item)
	}
	return "@(" + strings.Join(texts, ",") + ")"
}
