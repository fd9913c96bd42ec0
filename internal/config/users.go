package config

import (
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"unicode"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"hybrid/internal/roster"
	"hybrid/planner"
	"hybrid/schema"
)

// Users is a table of users from a file, which never becomes values of the language: what users_csv returns.
type Users struct {
	Table *roster.Table // columns sip_address and identity, and those of attributes that are each user's own
	File  string        // as the configuration names it; "" for a list of objects
	Lines []int32       // of each row

	where filter                 // by which its rows were chosen
	rows  int                    // of the file, those that were not chosen as well
	cells map[*schema.Kind]error // what is wrong with the cells of a kind's columns, once they have been looked at
}

// usersType is the type of a table of users in the language.
var usersType = cty.Capsule("table of users", reflect.TypeFor[Users]())

// SIPProblem says what is wrong with a SIP address and what to write instead; "" for a good one.
func SIPProblem(sip string) string { return sipProblem(sip) }

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
	case strings.TrimSpace(sip) == "":
		return `the SIP address is empty; write "sip:user@domain"`
	case strings.ContainsAny(sip, "<>"):
		return fmt.Sprintf("%q has more than the address in it; write %q", sip, "sip:"+between(sip))
	case strings.ContainsAny(sip, " \t\r\n\u00a0"):
		return fmt.Sprintf("%q has a space in it; write %q", sip, strings.ReplaceAll(strings.Join(strings.Fields(sip), ""), "\u00a0", ""))
	case prefix && len(user) == len("sip:"):
		return fmt.Sprintf(`%q is no SIP address; write "sip:user@domain"`, sip)
	case !at && prefix && strings.ContainsAny(user[4:], `:\`):
		return fmt.Sprintf(`%q is no SIP address; write "sip:user@domain"`, sip)
	case !at && prefix:
		return fmt.Sprintf("%q has no domain; write %q", sip, bare+"@domain")
	case !prefix && at && strings.Contains(user, ":"):
		return fmt.Sprintf(`%q is no SIP address; write "sip:user@domain"`, sip)
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

// between is the address in angle brackets, as mails and consoles write it beside a name, without its prefix.
func between(text string) string {
	_, inside, _ := strings.Cut(text, "<")
	inside, _, _ = strings.Cut(inside, ">")
	if inside = strings.TrimSpace(inside); len(inside) >= 4 && strings.EqualFold(inside[:4], "sip:") {
		inside = inside[4:]
	}
	if !usual("sip:" + inside) {
		return "user@domain"
	}
	return inside
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

// hasControl says whether a text has characters that nobody sees, such as the zero width space that tables bring along.
func hasControl(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Z) })
}

// readUsers reads a table of users from CSV. Rows that where does not accept are left out, before anything else is
// asked of them.
//
// Own names the columns that become part of the table where the file has them.
func readUsers(name string, src []byte, where filter, own ...string) (*Users, error) {
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
	own = slices.DeleteFunc(slices.Clone(own), func(column string) bool { return f.column(column) < 0 })
	users := &Users{Table: newTable(own), File: name, where: where}
	identity, wrong, cells := f.column("identity"), mistakes{}, make([]string, 2+len(own))
	for {
		row, line, err := f.next()
		switch {
		case errors.Is(err, io.EOF):
			return users, cmp.Or(wrong.err(), users.unique(f))
		case errors.Is(err, csv.ErrFieldCount):
			wrong.addRow(err)
			continue
		case err != nil:
			wrong.add(err.Error())
			return nil, wrong.err()
		}
		users.rows++
		if !accept(row) {
			continue
		}
		address := row[sip]
		if !usual(address) {
			address = cty.NormalizeString(address) // as texts of the language are
		}
		if problem := sipProblem(address); problem != "" {
			wrong.add(f.at(line) + ": " + problem)
			continue
		}
		cells[0], cells[1] = address, identityOr(row, identity, address)
		for n, column := range own {
			cells[2+n] = row[f.column(column)]
		}
		users.Table.Append(cells...)
		users.Lines = append(users.Lines, int32(line+f.skipped))
	}
}

// newTable is a table of users with columns of their own.
func newTable(own []string) *roster.Table {
	return roster.New(append([]string{"sip_address", "identity"}, own...)...)
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
	users, err := r.scope.l.files.usersOf(v, schema.ColumnNames([]*schema.Kind{r.kind}))
	if err == nil && !o.Absent {
		err = r.scope.l.files.checkCells(users, r.kind)
	}
	if err == nil {
		err = users.ownIdentities()
	}
	o.Users = users.table()
	o.UserPlace = users.place
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

// ownIdentities refuses users of one identity: commands go by it, and would give one account the values of all of them.
func (u *Users) ownIdentities() error {
	if u == nil || u.Table == nil {
		return nil
	}
	owner := map[string]int{}
	for row, cells := range u.Table.Rows() {
		if cells[1] == "" || cells[1] == cells[0] {
			continue
		}
		identity := strings.ToLower(cells[1])
		first, taken := owner[identity]
		if !taken {
			owner[identity] = row
			continue
		}
		return fmt.Errorf("%s%s and %s%s have one identity, %s, and so one account: correct one of the two",
			u.Table.SIP(first), u.at(first), u.Table.SIP(row), u.at(row), cells[1])
	}
	return nil
}

// at is where a user is written, in parentheses; "" for a list of objects.
func (u *Users) at(row int) string {
	if place := u.place(row); place != "" {
		return " (" + place + ")"
	}
	return ""
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

// table is the users' table, empty where there is none: what went wrong then has been reported, or is.
func (u *Users) table() *roster.Table {
	if u == nil || u.Table == nil {
		return newTable(nil)
	}
	return u.Table
}

// place is where a user of a file is written, "users.csv:7"; "" for a list of objects, which the block itself holds.
func (u *Users) place(row int) string {
	if u == nil || u.File == "" || row >= len(u.Lines) {
		return ""
	}
	return fmt.Sprintf("%s:%d", u.File, u.Lines[row])
}

// usersOf makes a table of what the users argument may be: a table already, or a list of objects. Nil stands for what has
// been reported.
func (f *files) usersOf(v cty.Value, own []string) (*Users, error) {
	switch {
	case schema.IsSensitive(v):
		return nil, errors.New("users stand in every plan and journal, so they cannot be sensitive. Take them from a file")
	case v.IsNull(), !v.IsKnown() && v.Type() == cty.DynamicPseudoType:
		return nil, nil
	case !v.IsWhollyKnown():
		return nil, errLateUsers
	case v.Type().Equals(usersType):
		return v.EncapsulatedValue().(*Users), nil
	case !v.CanIterateElements() || v.Type().IsMapType() || v.Type().IsObjectType():
		return nil, fmt.Errorf(`users is a list of objects, [{ sip_address = "sip:ada@contoso.com" }], or users_csv("users.csv"), and this is %s`, schema.TypeName(v.Type()))
	}
	return f.usersFromList(v, own)
}
