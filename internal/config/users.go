package config

import (
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/roster"
	"hybrid/planner"
	"hybrid/schema"
)

// Users is a table of users from a file, which never becomes values of the language: what users_csv returns.
type Users struct {
	Table *roster.Table // columns sip_address and identity
	File  string        // as the configuration names it
	Lines []int32       // of each row
}

// usersType is the type of a table of users in the language.
var usersType = cty.Capsule("table of users", reflect.TypeFor[Users]())

// sipProblem says what is wrong with a SIP address and what to write instead; "" for a good one.
func sipProblem(sip string) string {
	if usual(sip) {
		return ""
	}
	return thorough(sip)
}

func thorough(sip string) string {
	user, domain, at := strings.Cut(sip, "@")
	prefix := len(user) >= 4 && strings.EqualFold(user[:4], "sip:")
	bare := strings.ReplaceAll(strings.TrimSpace(sip), " ", "")
	switch {
	case sip == "":
		return `the SIP address is empty; write "sip:user@domain"`
	case strings.ContainsAny(sip, " \t\r\n\u00a0"):
		return fmt.Sprintf("%q has a space in it; write %q", sip, strings.ReplaceAll(strings.Join(strings.Fields(sip), ""), "\u00a0", ""))
	case prefix && len(user) == len("sip:"):
		return fmt.Sprintf(`%q is no SIP address; write "sip:user@domain"`, sip)
	case !at && prefix:
		return fmt.Sprintf("%q has no domain; write %q", sip, bare+"@domain")
	case !prefix && at:
		return fmt.Sprintf(`%q lacks the prefix "sip:"; write %q`, sip, "sip:"+bare)
	case !prefix:
		return fmt.Sprintf(`%q is no SIP address; write "sip:user@domain"`, sip)
	case domain == "" || strings.Contains(domain, "@"):
		return fmt.Sprintf(`%q is no SIP address; write "sip:user@domain"`, sip)
	case !strings.Contains(domain, ".") || strings.HasPrefix(domain, ".") || strings.HasSuffix(domain, "."):
		return fmt.Sprintf("%q has no full domain; write a SIP domain with its dots, such as %q", sip, user+"@contoso.com")
	case strings.ContainsAny(sip, "<>,;\"\\") || hasControl(sip):
		return fmt.Sprintf(`%q has a character that no SIP address has; write "sip:user@domain"`, sip)
	}
	return ""
}

// usual tells the addresses in which nothing can be wrong in one pass, since there may be a million of them: letters,
// digits, and the punctuation that user names have, "sip:" before and a domain with a dot inside behind.
func usual(sip string) bool {
	at, dot := -1, -1
	for i := range len(sip) {
		switch c := sip[i]; {
		case c == '@' && at < 0:
			at = i
		case c == '.':
			dot = i
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '_', c == '\'', c == '+', c == ':' && i == 3:
		default:
			return false
		}
	}
	return at > 4 && dot > at+1 && dot < len(sip)-1 && sip[at+1] != '.' && strings.EqualFold(sip[:4], "sip:")
}

func hasControl(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] == 0x7f {
			return true
		}
	}
	return false
}

// readUsers reads a table of users from CSV. Rows that where does not accept are left out, before anything else is
// asked of them.
func readUsers(name string, src []byte, where filter) (*Users, error) {
	f, err := openCSV(name, src)
	if err != nil {
		return nil, err
	}
	sip, err := f.need("sip_address")
	if err != nil {
		return nil, err
	}
	accept, err := where.bind(f)
	if err != nil {
		return nil, err
	}
	users := &Users{Table: roster.New("sip_address", "identity"), File: name}
	identity, wrong := f.column("identity"), mistakes{}
	for {
		row, line, err := f.next()
		switch {
		case errors.Is(err, io.EOF):
			return users, cmp.Or(wrong.err(), users.unique(f))
		case errors.Is(err, csv.ErrFieldCount):
			wrong.add(err.Error())
			continue
		case err != nil:
			wrong.add(err.Error())
			return nil, wrong.err()
		case !accept(row):
			continue
		}
		if problem := sipProblem(row[sip]); problem != "" {
			wrong.add(f.at(line) + ": " + problem)
			continue
		}
		users.Table.Append(row[sip], identityOr(row, identity, row[sip]))
		users.Lines = append(users.Lines, int32(line+f.skipped))
	}
}

// mistakes collects what is wrong with rows, so that all of a file is corrected at once.
type mistakes struct {
	first []string
	count int
}

// shownMistakes is how many are spelled out: a wrong column makes as many as there are rows.
const shownMistakes = 10

func (m *mistakes) add(problem string) {
	m.count++
	if m.count <= shownMistakes {
		m.first = append(m.first, problem)
	}
}

func (m *mistakes) err() error {
	switch {
	case m.count == 0:
		return nil
	case m.count == 1:
		return errors.New(m.first[0])
	}
	text := fmt.Sprintf("%d rows are wrong:\n  %s", m.count, strings.Join(m.first, "\n  "))
	if m.count > shownMistakes {
		text += fmt.Sprintf("\n  and %d more", m.count-shownMistakes)
	}
	return errors.New(text)
}

// identityOr is the identity cell, or the SIP address where there is none.
func identityOr(row []string, identity int, sip string) string {
	if identity < 0 || row[identity] == "" {
		return sip
	}
	return row[identity]
}

// unique refuses a user who is in the table twice.
func (u *Users) unique(f *csvFile) error {
	first, second, ok := u.Table.Index()
	if ok {
		return nil
	}
	return fmt.Errorf("%s:%d: %s is in the file twice, at line %d as well; remove one of the two",
		f.name, u.Lines[second], u.Table.SIP(second), u.Lines[first])
}

// takeUsers makes the object's table of its users argument, which is then null: rows are no values.
func (r *resource) takeUsers(o *planner.Object) hcl.Diagnostics {
	values := o.Want.AsValueMap()
	v := values["users"]
	values["users"] = cty.NullVal(cty.DynamicPseudoType)
	o.Want = cty.ObjectVal(values)
	where, ok := o.Ranges["users"]
	if !ok {
		where = r.block.DefRange
	}
	var err error
	o.Users, err = r.scope.l.files.usersOf(v)
	if errors.Is(err, errLateUsers) && o.UsersLate {
		return nil
	}
	if errors.Is(err, errLateUsers) && r.scope.l.diags.HasErrors() {
		return nil // unknown, perhaps, because of what has been reported
	}
	if err != nil {
		return hcl.Diagnostics{problem(where, "Users cannot be read", "%s.", strings.TrimSuffix(err.Error(), "."))}
	}
	return nil
}

// awaitsData says whether users are not known since data that the block refers to is not.
func (r *resource) awaitsData(users cty.Value) bool {
	bare, _ := users.UnmarkDeep()
	return !bare.IsWhollyKnown() && slices.ContainsFunc(r.scope.needs, func(n need) bool { return n.to.kind.Data })
}

// isLate says whether nothing at all is known of users since a block that they refer to is not. Where something has been
// reported already, that may be why.
func (r *resource) isLate(users cty.Value) bool {
	return users.Type() == cty.DynamicPseudoType && !users.IsKnown() && len(r.scope.needs) > 0 && !r.scope.l.diags.HasErrors()
}

// errLateUsers is what is wrong with users of whom a part is unknown.
var errLateUsers = errors.New("who the users are is known only after apply, and a plan must name them. Take them from a file")

// usersOf makes a table of what the users argument may be: a table already, or a list of objects.
func (f *files) usersOf(v cty.Value) (*roster.Table, error) {
	switch {
	case schema.IsSensitive(v):
		return nil, errors.New("users stand in every plan and journal, so they cannot be sensitive. Take them from a file")
	case v.IsNull():
		return roster.New("sip_address", "identity"), nil // a required argument that is missing has been reported
	case !v.IsKnown() && v.Type() == cty.DynamicPseudoType:
		return roster.New("sip_address", "identity"), nil // what went wrong before has been reported
	case !v.IsWhollyKnown():
		return nil, errLateUsers
	case v.Type().Equals(usersType):
		return v.EncapsulatedValue().(*Users).Table, nil
	case !v.CanIterateElements() || v.Type().IsMapType() || v.Type().IsObjectType():
		return nil, fmt.Errorf(`users is a list of objects, [{ sip_address = "sip:ada@contoso.com" }], or users_csv("users.csv"), and this is %s`, schema.TypeName(v.Type()))
	}
	return f.usersFromList(v)
}

// usersFromList makes a table of a list of objects.
func (f *files) usersFromList(list cty.Value) (*roster.Table, error) {
	table := roster.New("sip_address", "identity")
	wrong, n := mistakes{}, 0
	for it := list.ElementIterator(); it.Next(); n++ {
		_, user := it.Element()
		sip, identity, err := userCells(user)
		if err == nil {
			if problem := sipProblem(sip); problem != "" {
				err = errors.New(problem)
			}
		}
		if err != nil {
			wrong.add(fmt.Sprintf("user %d of the list%s: %s", n+1, f.linesOf(sip), err))
			continue
		}
		table.Append(sip, cmp.Or(identity, sip))
	}
	if first, second, ok := table.Index(); !ok && wrong.count == 0 {
		return nil, fmt.Errorf("%s is in the list twice, as user %d and as user %d%s; remove one of the two",
			table.SIP(second), first+1, second+1, f.linesOf(table.SIP(second)))
	}
	return table, wrong.err()
}

// userCells gives a user's SIP address and, where it is said, identity.
func userCells(user cty.Value) (sip, identity string, err error) {
	t := user.Type()
	if user.IsNull() || !t.IsObjectType() && !t.IsMapType() {
		return "", "", fmt.Errorf(`it is %s; write an object, { sip_address = "sip:ada@contoso.com" }`, described(user))
	}
	cells := user.AsValueMap()
	if _, ok := cells["sip_address"]; !ok {
		return "", "", fmt.Errorf("it has no sip_address. It has %s; it needs sip_address, and identity where that is another name",
			schema.List(schema.Quoted(slices.Sorted(maps.Keys(cells))), "and"))
	}
	if sip, err = cellText(cells, "sip_address"); err == nil {
		identity, err = cellText(cells, "identity")
	}
	return sip, identity, err
}

// cellText is one column of a user; "" where it is null or missing.
func cellText(cells map[string]cty.Value, column string) (string, error) {
	v, ok := cells[column]
	switch {
	case !ok || v.IsNull():
		return "", nil
	case v.Type() != cty.String:
		return "", fmt.Errorf("%s is %s, and should be a string", column, schema.TypeName(v.Type()))
	}
	return v.AsString(), nil
}
