package sambatest

import (
	_ "embed" // of the schema
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"
)

// declarations are attributes of Lync and Skype for Business Server, with what is known of each and from where. An OID that no
// source gives is null.
//
//go:embed testdata/msrtcsip-schema.json
var declarations []byte

// An attribute is one of the declarations.
type attribute struct {
	Name    string   `json:"lDAPDisplayName"`
	OID     string   `json:"attributeID"`
	Syntax  string   `json:"attributeSyntax"`
	OM      int      `json:"oMSyntax"`
	OMClass string   `json:"oMObjectClass"`
	Single  bool     `json:"isSingleValued"`
	Indexed bool     `json:"isIndexed"`
	Global  bool     `json:"inGlobalCatalog"`
	MayBeOf []string `json:"mayContainOf"`
}

// loadSchema adds the attributes to the schema, and then to the classes that may have them.
func (c *Controller) loadSchema(t testing.TB) {
	t.Helper()
	var all []attribute
	must(t, json.Unmarshal(declarations, &all))
	var added, classes strings.Builder
	of := map[string][]string{}
	for _, a := range all {
		if !strings.HasPrefix(a.Name, "msRTCSIP-") || a.Syntax == "" { // others are in every forest, or of a syntax that nobody knows
			continue
		}
		added.WriteString(a.ldif(c.Base))
		for _, class := range a.MayBeOf {
			of[class] = append(of[class], a.Name)
		}
	}
	for class, names := range of {
		fmt.Fprintf(&classes, "dn: CN=%s,CN=Schema,CN=Configuration,%s\nchangetype: modify\nadd: mayContain\n", class, c.Base)
		for _, name := range names {
			fmt.Fprintf(&classes, "mayContain: %s\n", name)
		}
		classes.WriteString("-\n\n")
	}
	c.Add(t, added.String())
	c.Modify(t, classes.String())
}

// arc is of OIDs that are nobody's: those that no source gives stand in it (X.667), and are not Microsoft's.
const arc = "2.25."

// ldif is the attribute as an entry of the schema.
func (a attribute) ldif(base string) string {
	var b strings.Builder
	line := func(name string, value any) { fmt.Fprintf(&b, "%s: %v\n", name, value) }
	line("dn", "CN="+a.Name+",CN=Schema,CN=Configuration,"+base)
	line("objectClass", "attributeSchema")
	line("lDAPDisplayName", a.Name)
	line("attributeID", a.oid())
	line("attributeSyntax", a.Syntax)
	line("oMSyntax", a.OM)
	if a.OMClass != "" {
		fmt.Fprintf(&b, "oMObjectClass:: %s\n", base64.StdEncoding.EncodeToString(ber(a.OMClass)))
	}
	line("isSingleValued", strings.ToUpper(fmt.Sprint(a.Single)))
	line("isMemberOfPartialAttributeSet", strings.ToUpper(fmt.Sprint(a.Global)))
	flags := 0
	if a.Indexed {
		flags = 1
	}
	line("searchFlags", flags)
	b.WriteString("\n")
	return b.String()
}

func (a attribute) oid() string {
	if a.OID != "" {
		return a.OID
	}
	id := uuid.NewSHA1(uuid.NameSpaceOID, []byte(strings.ToLower(a.Name)))
	return arc + fmt.Sprint(uint64(id[12])<<24|uint64(id[13])<<16|uint64(id[14])<<8|uint64(id[15]))
}

// ber is an object identifier as its contents are encoded (X.690, 8.19).
func ber(oid string) []byte {
	var parts []int
	for text := range strings.SplitSeq(oid, ".") {
		n := 0
		_, _ = fmt.Sscan(text, &n)
		parts = append(parts, n)
	}
	out := []byte{byte(40*parts[0] + parts[1])}
	for _, n := range parts[2:] {
		group := []byte{byte(n & 0x7f)}
		for n >>= 7; n > 0; n >>= 7 {
			group = append([]byte{byte(n&0x7f | 0x80)}, group...)
		}
		out = append(out, group...)
	}
	return out
}
