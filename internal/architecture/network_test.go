package architecture_test

import (
	"go/ast"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// callers are the files of the program that can reach the network, each with whom they call: always what a configuration, a flag or
// an answer of such a party names. There is no telemetry, so whoever adds a file here has to say whom it calls, and at whose wish.
var callers = map[string]string{
	"cmd/hybrid/trace_source.go":                 "what a client asks on a user's way, or the lab in its place",
	"internal/document/document.go":              "the address of a document in a configuration, or one that a user's client asks for",
	"internal/handshake/handshake.go":            "a server whose certificate is checked",
	"internal/journal/bucket/drivers/drivers.go": "the bucket of a journal",
	"internal/kerberos/identity.go":              "the KDC of a provider block's realm",
	"internal/kerberos/options.go":               "the KDC of a provider block's realm",
	"internal/ldap/conn.go":                      "the domain controllers of a provider block",
	"internal/notify/mail.go":                    "the mail server of a notify block",
	"internal/notify/webhook.go":                 "the address of a notify block",
	"internal/question/question.go":              "the name servers of the system, or of a provider block",
	"internal/rest/trust.go":                     "the API of a provider block",
	"internal/token/identity.go":                 "who issues the tokens of a provider block's tenant",
	"internal/trace/client.go":                   "what a client asks on a user's way",
	"internal/wsman/transport.go":                "the hosts of a provider block",
	"providers/directory/forest.go":              "the domain of a provider block, looked up for its controllers",
	"providers/dns/behind.go":                    "the name servers of a provider block's zones, looked up",
	"providers/dns/service_block.go":             "the account of a provider block",
	"providers/dns/stream.go":                    "the name servers of a provider block",
	"providers/dns/verify.go":                    "the name servers of a provider block's zones, looked up",
	"providers/entra/forest.go":                  "the addresses at which a forest is discovered",
}

// reaching is what opens connections or looks names up, by import path; "*" is all that a package exports.
var reaching = map[string][]string{
	"net": {
		"Dial", "DialTimeout", "DialTCP", "DialUDP", "DialIP", "DialUnix", "Dialer", "Resolver", "DefaultResolver",
		"LookupHost", "LookupIP", "LookupAddr", "LookupCNAME", "LookupMX", "LookupNS", "LookupPort", "LookupSRV", "LookupTXT",
	},
	"crypto/tls":                            {"Dial", "DialWithDialer", "Dialer"},
	"net/http":                              {"Get", "Post", "PostForm", "Head", "DefaultClient", "DefaultTransport"},
	"net/smtp":                              {"*"},
	"github.com/miekg/dns":                  {"Client", "Exchange", "ExchangeContext", "Dial", "DialTimeout", "DialWithTLS", "Transfer"},
	"github.com/go-ldap/ldap/v3":            {"Dial", "DialTLS", "DialURL"},
	"github.com/wneessen/go-mail":           {"NewClient"},
	"github.com/jcmturner/gokrb5/v8/client": {"NewWithPassword", "NewWithKeytab", "NewFromCCache"},
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity": {"*"},
	"gocloud.dev/blob":                    {"OpenBucket"},
	"github.com/aws/aws-sdk-go-v2/config": {"LoadDefaultConfig"},
}

// made is of net/http what reaches the network only where one is built, not where one is handed on.
var made = []string{"Client", "Transport"}

func TestWhoReachesTheNetwork(t *testing.T) {
	t.Parallel()
	found := map[string][]string{}
	for _, file := range ofTheProgram(t) {
		if names := reachesBy(file.parsed); len(names) > 0 && !strings.HasPrefix(file.name, "internal/lab/") {
			found[file.name] = names
		}
	}
	for file, names := range found {
		if callers[file] == "" {
			t.Errorf("%s reaches the network by %s: say in callers whom it calls, and who named that party", file, strings.Join(names, ", "))
		}
	}
	for file := range callers {
		if found[file] == nil {
			t.Errorf("%s does not reach the network any more: take it out of callers", file)
		}
	}
}

// reachesBy names what a file uses to reach the network.
func reachesBy(parsed *ast.File) []string {
	imported := imports(parsed)
	var names []string
	note := func(e ast.Expr, words func(path string) []string) {
		s, ok := e.(*ast.SelectorExpr)
		if !ok {
			return
		}
		pkg, ok := s.X.(*ast.Ident)
		if !ok {
			return
		}
		if of := words(imported[pkg.Name]); slices.Contains(of, s.Sel.Name) || slices.Contains(of, "*") {
			names = append(names, pkg.Name+"."+s.Sel.Name)
		}
	}
	ast.Inspect(parsed, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CompositeLit:
			note(n.Type, func(path string) []string {
				if path == "net/http" {
					return made
				}
				return nil
			})
		case *ast.SelectorExpr:
			note(n, func(path string) []string { return reaching[path] })
		}
		return true
	})
	return names
}

// imports are the packages of a file by the names that it calls them by.
func imports(file *ast.File) map[string]string {
	byName := map[string]string{}
	for _, spec := range file.Imports {
		imported := importPath(spec)
		name := strings.TrimPrefix(path.Base(imported), "go-")
		if regexp.MustCompile(`^v[0-9]+$`).MatchString(name) {
			name = path.Base(path.Dir(imported))
		}
		if spec.Name != nil {
			name = spec.Name.Name
		}
		byName[name] = imported
	}
	return byName
}
