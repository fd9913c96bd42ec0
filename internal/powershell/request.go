package powershell

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// maxRequest bounds one request line, in bytes. What is longer belongs in several calls.
const maxRequest = 1 << 20

// A request is one line to the agent: ASCII JSON, so that no code page on the way matters.
type request struct{ bytes.Buffer }

// callLine encodes a call: {"id":2,"cmdlet":"Get-CsUser","parameters":{…},"select":[…]}.
func callLine(id int64, c Command, selected []string) ([]byte, error) {
	var r request
	r.WriteString(`{"id":` + strconv.FormatInt(id, 10) + ",")
	if err := r.call(c); err != nil {
		return nil, fmt.Errorf("%s cannot be sent: %w", c.Cmdlet, err)
	}
	if len(selected) > 0 {
		r.WriteString(`,"select":`)
		if err := list(&r, selected); err != nil {
			return nil, fmt.Errorf("%s cannot be sent: %w", c.Cmdlet, err)
		}
	}
	r.WriteString("}\n")
	if r.Len() > maxRequest {
		return nil, fmt.Errorf("%s cannot be sent: its parameters make %d bytes, more than %d", c.Cmdlet, r.Len(), maxRequest)
	}
	return r.Bytes(), nil
}

// openLine encodes the first request of a session.
func openLine(id int64, o Open) ([]byte, error) {
	var r request
	r.WriteString(`{"id":` + strconv.FormatInt(id, 10) + `,"open":{`)
	if err := r.where(o); err != nil {
		return nil, fmt.Errorf("the session cannot be opened: %w", err)
	}
	r.WriteString(`,"cmdlets":`)
	if err := list(&r, append(o.needs(), o.Optional...)); err != nil {
		return nil, fmt.Errorf("the session cannot be opened: %w", err)
	}
	r.WriteString("}}\n")
	return r.Bytes(), nil
}

// where says in what the cmdlets are: a pool's endpoint, or modules on the host.
func (r *request) where(o Open) error {
	if o.Endpoint == "" {
		r.WriteString(`"modules":`)
		return list(r, o.Modules)
	}
	r.WriteString(`"endpoint":`)
	if err := r.text(o.Endpoint); err != nil {
		return err
	}
	if o.Credential == nil {
		return fmt.Errorf("the endpoint %s needs a user name and a password", o.Endpoint)
	}
	r.WriteString(`,"credential":`)
	return r.credential(*o.Credential)
}

// call writes the members "cmdlet" and "parameters".
func (r *request) call(c Command) error {
	r.WriteString(`"cmdlet":`)
	if err := r.text(c.Cmdlet); err != nil {
		return err
	}
	r.WriteString(`,"parameters":{`)
	seen := map[string]bool{} // PowerShell's names know no case
	for n, p := range c.Params {
		if n > 0 {
			r.WriteByte(',')
		}
		folded := strings.ToLower(p.Name)
		if seen[folded] {
			return fmt.Errorf("parameter -%s is given twice", p.Name)
		}
		seen[folded] = true
		if err := r.member(p); err != nil {
			return fmt.Errorf("parameter -%s: %w", p.Name, err)
		}
	}
	r.WriteByte('}')
	return nil
}

func (r *request) member(p Param) error {
	if err := r.text(p.Name); err != nil {
		return err
	}
	r.WriteByte(':')
	return r.value(p.Value)
}

func (r *request) value(value any) error {
	switch v := value.(type) {
	case nil:
		r.WriteString("null")
	case bool:
		r.WriteString(strconv.FormatBool(v))
	case int:
		r.WriteString(strconv.Itoa(v))
	case int64:
		r.WriteString(strconv.FormatInt(v, 10))
	case float64:
		return r.float(v)
	case string:
		return r.text(v)
	case []string:
		return list(r, v)
	case []any:
		return list(r, v)
	case Credential:
		return r.credential(v)
	case Command:
		r.WriteString(`{"$call":{`)
		err := r.call(v)
		r.WriteString("}}")
		return err
	default:
		return fmt.Errorf("a value of type %T cannot be sent", value)
	}
	return nil
}

func (r *request) float(v float64) error {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return fmt.Errorf("%v is not a number that can be sent", v)
	}
	text, err := json.Marshal(v)
	r.Write(text)
	return err
}

func (r *request) credential(c Credential) error {
	r.WriteString(`{"$credential":{"username":`)
	if err := r.text(c.Username); err != nil {
		return err
	}
	r.WriteString(`,"password":`)
	if err := r.text(c.Password); err != nil {
		return errors.New("the password is not valid UTF-8") // without the text
	}
	r.WriteString("}}")
	return nil
}

func list[T any](r *request, items []T) error {
	r.WriteByte('[')
	for n, item := range items {
		if n > 0 {
			r.WriteByte(',')
		}
		if err := r.value(item); err != nil {
			return err
		}
	}
	r.WriteByte(']')
	return nil
}

// text writes a JSON string in ASCII. Invalid UTF-8 is refused: it would arrive as something else.
func (r *request) text(text string) error {
	if !utf8.ValidString(text) {
		return fmt.Errorf("%q is not valid UTF-8", text)
	}
	r.WriteByte('"')
	for _, c := range text {
		switch {
		case c == '"' || c == '\\':
			r.WriteByte('\\')
			r.WriteByte(byte(c))
		case c >= ' ' && c < 0x7f:
			r.WriteByte(byte(c))
		default:
			r.escape(c)
		}
	}
	r.WriteByte('"')
	return nil
}

// escape writes \uXXXX, a pair of them beyond the basic plane.
func (r *request) escape(c rune) {
	for _, unit := range utf16.Encode([]rune{c}) {
		fmt.Fprintf(r, `\u%04x`, unit)
	}
}
