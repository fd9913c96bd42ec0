package lab

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
)

// envelopeRoom is what an answer holds beside output.
const envelopeRoom = 3000

// receive is a long poll: it answers as soon as there is output or the process has ended, and with a fault when
// OperationTimeout passes without either (MS-WSMV 3.1.4.13).
func (sh *shell) receive(w http.ResponseWriter, r *http.Request, m *message) {
	p, fault := sh.process(child(child(m.body, nsShell, "Receive"), nsShell, "DesiredStream"))
	if fault != nil {
		sh.server.refuse(w, m, fault)
		return
	}
	wait, cancel := context.WithTimeout(r.Context(), m.timeout)
	defer cancel()
	stop := context.AfterFunc(sh.ctx, cancel)
	defer stop()
	got, ok := p.out.take(wait, (m.envelope-envelopeRoom)/4*3)
	switch {
	case sh.ctx.Err() != nil:
		sh.server.refuse(w, m, shellFault(sh.id))
	case !ok:
		sh.server.refuse(w, m, faultTimeout)
	default:
		text := envelope(m.action+"Response", newID(), m.id, receiveBody(p.id, got))
		if got.cut {
			cut(w, text)
		}
		write(w, http.StatusOK, text)
	}
}

// cut sends half of an answer and ends the connection.
func cut(w http.ResponseWriter, text string) {
	w.Header().Set("Content-Type", "application/soap+xml;charset=UTF-8")
	w.Header().Set("Content-Length", fmt.Sprint(len(text)))
	w.WriteHeader(http.StatusOK)
	_, _ = w.Write([]byte(text[:len(text)/2]))
	if f, ok := w.(http.Flusher); ok {
		f.Flush()
	}
	panic(http.ErrAbortHandler)
}

// receiveBody is the output and, at the end, the exit code, without which pywinrm fails.
func receiveBody(id string, got portion) string {
	var b strings.Builder
	b.WriteString(`<rsp:ReceiveResponse>`)
	stream := func(name string, data []byte) {
		if len(data) > 0 {
			fmt.Fprintf(&b, `<rsp:Stream Name="%s" CommandId="%s">%s</rsp:Stream>`, name, id, base64.StdEncoding.EncodeToString(data))
		}
	}
	stream("stdout", got.stdout)
	stream("stderr", got.stderr)
	if got.done {
		fmt.Fprintf(&b, `<rsp:Stream Name="stdout" CommandId="%[1]s" End="true"/><rsp:Stream Name="stderr" CommandId="%[1]s" End="true"/>`+
			`<rsp:CommandState CommandId="%[1]s" State="%[2]s/CommandState/Done"><rsp:ExitCode>%[3]d</rsp:ExitCode></rsp:CommandState>`, id, nsShell, got.code)
	} else {
		fmt.Fprintf(&b, `<rsp:CommandState CommandId="%s" State="%s/CommandState/Running"/>`, id, nsShell)
	}
	b.WriteString(`</rsp:ReceiveResponse>`)
	return b.String()
}
