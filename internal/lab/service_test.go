package lab

import (
	"bytes"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"
)

func TestShellsByHand(t *testing.T) {
	t.Parallel()
	p := dial(t, start(t, Seed(needed(), SeedOptions{})))
	shell := p.create()
	id := p.command(shell, bootstrapLine())
	p.send(shell, id, agentText(), "", "")
	p.send(shell, id, `{"id":1,"open":{"modules":["SkypeForBusiness"],"cmdlets":["Get-CsPool","Get-CsNothing"]}}`+"\n"+`{"id":2,"cmdlet":"Get-CsPool","parameters":{},"select":["Identity"]}`+"\n", "", "")
	p.send(shell, id, "", ` End="true"`, "")
	stdout, stderr, exit := p.receive(shell, id)
	want := "\n" + `#hybrid j {"hello":1,"language":"FullLanguage","pid":4712,"version":"5.1.17763.1"}` + "\n\n" +
		`#hybrid j {"id":1,"rows":["Get-CsPool"]}` + "\n\n" + `#hybrid j {"done":true,"id":1,"ms":0}` + "\n\n" +
		`#hybrid j {"id":2,"rows":[["pool01.contoso.com"],["pool02.contoso.com"]]}` + "\n\n" + `#hybrid j {"done":true,"id":2,"ms":0}` + "\n"
	stdout = regexp.MustCompile(`"ms":\d+`).ReplaceAllString(stdout, `"ms":0`)
	if stdout != want || stderr != "" || exit != "0" {
		t.Errorf("got %q, %q, exit %s\nwant %q", stdout, stderr, exit, want)
	}
	signal := `<Signal CommandId="` + id + `"><Code>` + nsShell + `/signal/Terminate</Code></Signal>`
	p.asks(nsShell+"/Signal", shell, "PT20S", signal, "")
	p.asks(nsShell+"/Signal", shell, "PT20S", signal, "2150858845")
	p.asks(nsTransfer+"/Delete", shell, "PT20S", "", "")
	p.asks(nsTransfer+"/Delete", shell, "PT20S", "", "2150858843")
}

func TestOtherCommandLinesFail(t *testing.T) {
	t.Parallel()
	p := dial(t, start(t, Seed(Needs{}, SeedOptions{})))
	shell := p.create()
	for _, line := range []string{"hostname", "powershell.exe -EncodedCommand ZABpAHIA", "powershell -Command Get-CsUser", "powershell.exe -EncodedCommand"} {
		stdout, stderr, exit := p.receive(shell, p.command(shell, line))
		if stdout != "" || exit != "1" || !strings.Contains(stderr, "is not recognized as the name of a cmdlet, function, script file, or operable program.") {
			t.Errorf("%s: %q, %q, exit %s", line, stdout, stderr, exit)
		}
	}
	for input, want := range map[string]string{"*\n": "not a valid Base-64 string", "ZGly\n": "is not the host agent"} {
		id := p.command(shell, bootstrapLine())
		p.send(shell, id, input, "", "")
		if _, stderr, exit := p.receive(shell, id); exit != "1" || !strings.Contains(stderr, want) {
			t.Errorf("%q: %q, exit %s", input, stderr, exit)
		}
	}
}

func TestReceiveIsALongPoll(t *testing.T) {
	t.Parallel()
	p := dial(t, start(t, Seed(Needs{}, SeedOptions{})))
	shell := p.create()
	id := p.command(shell, bootstrapLine())
	receive := `<Receive><DesiredStream CommandId="` + id + `">stdout stderr</DesiredStream></Receive>`
	began := time.Now()
	p.asks(nsShell+"/Receive", shell, "PT0.2S", receive, "2150858793")
	if took := time.Since(began); took < 200*time.Millisecond {
		t.Errorf("the poll was answered after %v already", took)
	}
	answered := make(chan string, 1)
	go func() {
		_, _, text := p.post(requestText(nsShell+"/Receive", shell, "PT60S", receive), nil)
		answered <- text
	}()
	p.send(shell, id, agentText(), "", "")
	select {
	case text := <-answered:
		if !strings.Contains(text, `Name="stdout"`) || !strings.Contains(text, "CommandState/Running") {
			t.Error(text)
		}
	case <-time.After(20 * time.Second):
		t.Error("the poll was not answered when there was output")
	}
	hanging := make(chan string, 1)
	go func() {
		_, _, text := p.post(requestText(nsShell+"/Receive", shell, "PT60S", receive), nil)
		hanging <- text
	}()
	p.asks(nsTransfer+"/Delete", shell, "PT20S", "", "")
	if text := <-hanging; !strings.Contains(text, "2150858843") {
		t.Errorf("a poll on a deleted shell: %s", text)
	}
}

func TestReceiveKeepsToTheEnvelopeSize(t *testing.T) {
	t.Parallel()
	l := start(t, Seed(Needs{}, SeedOptions{Users: 3000}))
	p := dial(t, l)
	shell := p.create()
	id := p.command(shell, bootstrapLine())
	p.send(shell, id, agentText()+`{"id":1,"open":{"cmdlets":["Get-CsUser"]}}`+"\n"+`{"id":2,"cmdlet":"Get-CsUser","parameters":{}}`+"\n", ` End="true"`, "")
	small := strings.Replace(requestText(nsShell+"/Receive", shell, "PT20S", `<Receive><DesiredStream CommandId="`+id+`">stdout</DesiredStream></Receive>`),
		"<m:OperationTimeout>", "<m:MaxEnvelopeSize>8192</m:MaxEnvelopeSize><m:OperationTimeout>", 1)
	for n := 0; ; n++ {
		status, _, text := p.post(small, nil)
		if status != http.StatusOK || len(text) > 8192 {
			t.Fatalf("answer %d: status %d, %d bytes", n, status, len(text))
		}
		if strings.Contains(text, "CommandState/Done") {
			if n < 5 {
				t.Errorf("3000 users came in %d answers", n)
			}
			return
		}
	}
}

func TestTheDoorIsGuarded(t *testing.T) {
	t.Parallel()
	p := dial(t, start(t, Seed(Needs{}, SeedOptions{})))
	create := requestText(nsTransfer+"/Create", "", "PT20S", "<Shell/>")
	tests := []struct {
		name   string
		text   string
		change func(*http.Request)
		status int
	}{
		{"no login", create, func(r *http.Request) { r.Header.Del("Authorization") }, 401},
		{"wrong password", create, func(r *http.Request) { r.SetBasicAuth("administrator", "x") }, 401},
		{"wrong user", create, func(r *http.Request) { r.SetBasicAuth("x", p.login.Password) }, 401},
		{"wrong path", create, func(r *http.Request) { r.URL.Path = "/other" }, 404},
		{"wrong method", create, func(r *http.Request) { r.Method = http.MethodGet }, 405},
		{"wrong type", create, func(r *http.Request) { r.Header.Set("Content-Type", "text/plain") }, 415},
		{"too long", create + strings.Repeat(" ", maxEnvelope), nil, 413},
		{"user name in other case", create, func(r *http.Request) { r.SetBasicAuth("Administrator", p.login.Password) }, 200},
	}
	for _, test := range tests {
		status, header, _ := p.post(test.text, test.change)
		if status != test.status || status == 401 && header.Get("WWW-Authenticate") != `Basic realm="WSMAN"` {
			t.Errorf("%s: status %d, %v; want %d", test.name, status, header, test.status)
		}
	}
	for name, text := range map[string]string{
		"no XML": "hello", "no envelope": "<a/>", "no header": `<e:Envelope xmlns:e="` + nsEnvelope + `"/>`, "cut": create[:len(create)-9],
		"bad timeout": strings.Replace(create, "PT20S", "20", 1), "two documents": create + "<a/>",
	} {
		if status, _, answer := p.post(text, nil); status != 500 || !strings.Contains(answer, `Code="2150858817"`) {
			t.Errorf("%s: %d %s", name, status, answer)
		}
	}
	shell := p.create()
	p.asks(nsTransfer+"/Get", shell, "PT20S", "", "2150858751")
	p.asks(nsShell+"/Receive", shell, "PT20S", `<Receive><DesiredStream CommandId="none"/></Receive>`, "2150858845")
	p.asks(nsShell+"/Command", shell, "PT20S", `<CommandLine/>`, "2150858817")
	p.asks(nsTransfer+"/Create", "", "PT20S", `<Shell><IdleTimeOut>3600000</IdleTimeOut></Shell>`, "2150858817")
	if status, _, answer := p.post(strings.Replace(create, resourceCmd, "other", 1), nil); status != 500 || !strings.Contains(answer, "2150858752") {
		t.Errorf("another resource: %d %s", status, answer)
	}
}

func TestQuotasOfWindows(t *testing.T) {
	t.Parallel()
	p := dial(t, start(t, Seed(Needs{}, SeedOptions{})))
	shell := p.create()
	for range maxProcesses {
		p.command(shell, bootstrapLine())
	}
	p.asks(nsShell+"/Command", shell, "PT20S", `<CommandLine><Command>x</Command></CommandLine>`, "2150859173")
	for range maxShells - 1 {
		p.create()
	}
	p.asks(nsTransfer+"/Create", "", "PT20S", `<Shell/>`, "2150859173")
	p.asks(nsTransfer+"/Delete", shell, "PT20S", "", "")
	p.create()
}

func FuzzParseMessage(f *testing.F) {
	f.Add([]byte(requestText(nsTransfer+"/Create", "", "PT20S", "<Shell/>")))
	f.Add([]byte(requestText(nsShell+"/Send", "A", "P1DT2H3M4.5S", `<Send><Stream Name="stdin" CommandId="B" End="true">YQ==</Stream></Send>`)))
	f.Add([]byte("<a><b></a>"))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, fault := parseMessage(data)
		switch {
		case fault != nil && (fault.code == 0 || bytes.ContainsAny([]byte(fault.body()), "\x00")):
			t.Errorf("a fault that no client can read: %q", fault.body())
		case fault == nil && (m.action == "" || m.id == "" || m.body == nil || m.timeout < 0 || m.timeout > defaultTimeout || m.envelope < minEnvelope || m.envelope > maxEnvelope):
			t.Errorf("accepted: %+v", m)
		}
	})
}
