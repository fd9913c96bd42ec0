package manpage_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"

	"hybrid/internal/manpage"
)

// tree is a program with what a page has to cope with: dashes, backslashes, quotes, a line that begins like a request.
func tree() *cobra.Command {
	root := &cobra.Command{Use: "hybrid", Short: "Reconcile", Long: "First.\n\nExit codes are below."}
	root.PersistentFlags().Bool("lab", false, "the simulated estate")
	lab := &cobra.Command{Use: "lab", Short: "The lab"}
	serve := &cobra.Command{
		Use: "serve [flags] DIR", Short: "Serve it",
		Long:    "serve keeps a C:\\share and\nan 'estate' up.\n.hybrid beside it:\n\n  it's \\\\fe01\n\t.dot\n\nThe end.",
		Example: "  hybrid lab serve --port 1 ~/demo\n  hybrid lab serve",
		Run:     func(*cobra.Command, []string) {},
	}
	serve.Flags().IntP("port", "p", 5986, "listen on this `number`")
	serve.Flags().Bool("gone", false, "never shown")
	if err := serve.Flags().MarkHidden("gone"); err != nil {
		panic(err)
	}
	lab.AddCommand(serve, &cobra.Command{Use: "secret", Hidden: true, Run: func(*cobra.Command, []string) {}})
	root.AddCommand(lab)
	return root
}

var edition = manpage.Edition{Source: "hybrid 1.2.0", Date: "2026-11-22", Exits: []manpage.Status{{0, "done"}, {3, "refused"}}}

const served = `.TH "HYBRID\-LAB\-SERVE" 1 "2026-11-22" "hybrid 1.2.0" "hybrid"
.SH "NAME"
hybrid\-lab\-serve \- Serve it
.SH "SYNOPSIS"
.nh
.B hybrid lab serve
[flags] DIR
.hy
.SH "DESCRIPTION"
serve keeps a C:\eshare and
an \(aqestate\(aq up.
\&.hybrid beside it:
.PP
.RS 4
.EX
it\(aqs \e\efe01
    .dot
.EE
.RE
.PP
The end.
.SH "OPTIONS"
.TP
\fB\-h\fR, \fB\-\-help\fR
help for serve
.TP
\fB\-p\fR, \fB\-\-port\fR \fInumber\fR
listen on this number (default 5986)
.SH "OPTIONS OF EVERY COMMAND"
.TP
\fB\-\-lab\fR
the simulated estate
.SH "EXAMPLES"
.RS 4
.EX
hybrid lab serve \-\-port 1 \(ti/demo
hybrid lab serve
.EE
.RE
.SH "EXIT STATUS"
.TP
.B 0
done.
.TP
.B 3
refused.
.SH "SEE ALSO"
.BR hybrid\-lab (1)
`

func TestPages(t *testing.T) {
	pages := manpage.Pages(tree(), edition)
	if len(pages) != 3 {
		t.Errorf("%d pages, not hybrid.1, hybrid-lab.1 and hybrid-lab-serve.1", len(pages))
	}
	if diff := cmp.Diff(served, pages["hybrid-lab-serve.1"]); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	for page, want := range map[string]string{"hybrid.1": ".B lab\nThe lab\n", "hybrid-lab.1": ".BR hybrid (1) ,\n.BR hybrid\\-lab\\-serve (1)\n"} {
		if !strings.Contains(pages[page], want) {
			t.Errorf("%s does not hold %q:\n%s", page, want, pages[page])
		}
	}
}

// Both programs that show manual pages take them without a complaint, and show the text as it was.
func TestShown(t *testing.T) {
	dir := t.TempDir()
	page := filepath.Join(dir, "hybrid-lab-serve.1")
	if err := os.WriteFile(page, []byte(manpage.Pages(tree(), edition)["hybrid-lab-serve.1"]), 0o600); err != nil {
		t.Fatal(err)
	}
	tried := 0
	for _, show := range [][]string{{"groff", "-man", "-Tascii", "-ww", "-P-c", page}, {"mandoc", "-T", "ascii", "-W", "warning", page}} {
		if _, err := exec.LookPath(show[0]); err != nil {
			continue
		}
		tried++
		var complaints strings.Builder
		c := exec.Command(show[0], show[1:]...)
		c.Stderr = &complaints
		out, err := c.Output()
		if err != nil || complaints.Len() > 0 {
			t.Errorf("%s: %v: %s", show[0], err, complaints.String())
		}
		shown := plain(string(out))
		for _, want := range []string{`C:\share and an 'estate' up.  .hybrid beside it:`, `it's \\fe01`, "    .dot\n", "hybrid lab serve --port 1 ~/demo\n", "-p, --port number"} {
			if !strings.Contains(shown, want) {
				t.Errorf("%s does not show %q:\n%s", show[0], want, shown)
			}
		}
	}
	if tried == 0 {
		t.Skip("SKIPPED: manual pages as groff and mandoc show them: neither is installed")
	}
}

// plain is what a printer would show of letters struck over each other.
func plain(text string) string {
	var b []rune
	for _, r := range text {
		if r == '\b' {
			b = b[:len(b)-1]
			continue
		}
		b = append(b, r)
	}
	return string(b)
}
