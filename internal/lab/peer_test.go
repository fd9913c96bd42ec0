package lab

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/beevik/etree"

	"hybrid/internal/powershell"
)

// A peer speaks WS-Management by hand, in the spelling of neither client.
type peer struct {
	t      testing.TB
	url    string
	login  Login
	client *http.Client
}

func dial(t testing.TB, l *Lab) *peer {
	t.Helper()
	at := l.Endpoints().WinRM
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM([]byte(at.CAPEM)) {
		t.Fatal("the CA is no certificate")
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}
	t.Cleanup(transport.CloseIdleConnections)
	return &peer{t: t, url: fmt.Sprintf("https://%s:%d/wsman", at.Host, at.Port), login: Login{at.Username, at.Password}, client: &http.Client{Transport: transport}}
}

func requestText(action, shell, timeout, body string) string {
	selector := ""
	if shell != "" {
		selector = `<q:SelectorSet xmlns:q="` + nsWSMan + `"><q:Selector Name="ShellId">` + shell + `</q:Selector></q:SelectorSet>`
	}
	return `<?xml version="1.0" encoding="utf-8"?><e:Envelope xmlns:e="` + nsEnvelope + `" xmlns:ad="` + nsAddressing + `" xmlns:m="` + nsWSMan + `" xmlns="` + nsShell + `"><e:Header>` +
		`<ad:To>http://windows-host:5985/wsman</ad:To><ad:MessageID>uuid:M-1</ad:MessageID><ad:Action>` + action + `</ad:Action><m:ResourceURI>` + resourceCmd +
		`</m:ResourceURI><m:OperationTimeout>` + timeout + `</m:OperationTimeout>` + selector + `</e:Header><e:Body>` + body + `</e:Body></e:Envelope>`
}

func (p *peer) post(text string, change func(*http.Request)) (int, http.Header, string) {
	p.t.Helper()
	r, err := http.NewRequest(http.MethodPost, p.url, strings.NewReader(text))
	if err != nil {
		p.t.Fatal(err)
	}
	r.SetBasicAuth(p.login.Username, p.login.Password)
	r.Header.Set("Content-Type", "application/soap+xml;charset=UTF-8")
	if change != nil {
		change(r)
	}
	answer, err := p.client.Do(r)
	if err != nil {
		p.t.Fatal(err)
	}
	defer answer.Body.Close()
	data, err := io.ReadAll(answer.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	return answer.StatusCode, answer.Header, string(data)
}

// asks posts a request and gives the answer's body; with a code, the fault of that code must come instead.
func (p *peer) asks(action, shell, timeout, body string, code string) *etree.Element {
	p.t.Helper()
	status, header, text := p.post(requestText(action, shell, timeout, body), nil)
	doc := etree.NewDocument()
	if err := doc.ReadFromString(text); err != nil {
		p.t.Fatalf("%s: %v in %q", action, err, text)
	}
	if header.Get("Content-Type") != "application/soap+xml;charset=UTF-8" || doc.FindElement("//RelatesTo").Text() != "uuid:M-1" {
		p.t.Errorf("%s: %v\n%s", action, header, text)
	}
	fault := doc.FindElement("//WSManFault")
	switch {
	case code == "" && (status != http.StatusOK || fault != nil || doc.FindElement("//Action").Text() != action+"Response"):
		p.t.Fatalf("%s: %d %s", action, status, text)
	case code != "" && (status != http.StatusInternalServerError || fault == nil || fault.SelectAttrValue("Code", "") != code):
		p.t.Fatalf("%s: %d %s\nwant fault %s", action, status, text, code)
	}
	return child(doc.Root(), nsEnvelope, "Body")
}

func (p *peer) create() string {
	p.t.Helper()
	body := p.asks(nsTransfer+"/Create", "", "PT20S", `<Shell><InputStreams>stdin</InputStreams><OutputStreams>stdout stderr</OutputStreams></Shell>`, "")
	return body.FindElement("//Selector[@Name='ShellId']").Text()
}

func (p *peer) command(shell, line string) string {
	p.t.Helper()
	return p.asks(nsShell+"/Command", shell, "PT20S", `<CommandLine><Command>`+line+`</Command></CommandLine>`, "").FindElement("//CommandId").Text()
}

func (p *peer) send(shell, command, text, end, code string) {
	p.t.Helper()
	p.asks(nsShell+"/Send", shell, "PT20S", `<Send><Stream Name="stdin" CommandId="`+command+`"`+end+`>`+base64.StdEncoding.EncodeToString([]byte(text))+`</Stream></Send>`, code)
}

// receive gives output until the process ends, then its exit code.
func (p *peer) receive(shell, command string) (stdout, stderr, exit string) {
	p.t.Helper()
	for {
		body := p.asks(nsShell+"/Receive", shell, "PT20S", `<Receive><DesiredStream CommandId="`+command+`">stdout stderr</DesiredStream></Receive>`, "")
		for _, stream := range body.FindElements("//Stream") {
			data, err := base64.StdEncoding.DecodeString(stream.Text())
			if err != nil {
				p.t.Fatal(err)
			}
			if stream.SelectAttrValue("Name", "") == "stdout" {
				stdout += string(data)
			} else {
				stderr += string(data)
			}
		}
		if state := body.FindElement("//CommandState"); strings.HasSuffix(state.SelectAttrValue("State", ""), "/Done") {
			return stdout, stderr, state.FindElement("ExitCode").Text()
		}
	}
}

func bootstrapLine() string {
	command, args := powershell.CommandLine()
	return command + " " + strings.Join(args, " ")
}

func agentText() string { return base64.StdEncoding.EncodeToString(powershell.Agent()) + "\r\n" }
