package discovery

import (
	"bufio"
	"fmt"
	"io"
	"net/textproto"
	"slices"
	"strconv"
	"strings"
)

// most is the size of a SIP message's body that is read, in bytes.
const most = 1 << 16

// AnswerSIP answers SIP requests of a connection until it ends, as a registrar does to whoever has not signed in: REGISTER with the
// schemes that one can sign in by, in their usual order. Nobody signs in, so nobody is sent elsewhere: that comes after the
// handshake.
func AnswerSIP(rw io.ReadWriter, server string) {
	in := textproto.NewReader(bufio.NewReader(rw))
	for {
		first, err := in.ReadLine()
		if err != nil {
			return
		}
		if first == "" {
			continue // a sign of life (RFC 5626 section 4.4.1)
		}
		head, err := in.ReadMIMEHeader()
		if err != nil {
			return
		}
		if length, _ := strconv.Atoi(strings.TrimSpace(field(head, "Content-Length", "l"))); length > 0 {
			if length > most {
				return
			}
			if _, err := io.CopyN(io.Discard, in.R, int64(length)); err != nil {
				return
			}
		}
		method, _, _ := strings.Cut(first, " ")
		if method == "ACK" {
			continue
		}
		if _, err := io.WriteString(rw, reply(method, head, server)); err != nil {
			return
		}
	}
}

// field is a header by its long or short name (RFC 3261 section 7.3.3).
func field(head textproto.MIMEHeader, name, short string) string {
	if text := head.Get(name); text != "" {
		return text
	}
	return head.Get(short)
}

// reply is the answer to a request (RFC 3261 section 8.2.6).
func reply(method string, head textproto.MIMEHeader, server string) string {
	var more []string
	status := "405 Method Not Allowed"
	switch method {
	case "REGISTER":
		status = "401 Unauthorized"
		for _, scheme := range []string{"TLS-DSK", "Kerberos", "NTLM"} {
			target := server
			if scheme == "Kerberos" {
				target = "sip/" + server
			}
			more = append(more, fmt.Sprintf(`WWW-Authenticate: %s realm="SIP Communications Service", targetname="%s", version=4`, scheme, target))
		}
	case "OPTIONS":
		status = "200 OK"
		more = []string{"Allow: REGISTER, OPTIONS"}
	default:
		more = []string{"Allow: REGISTER, OPTIONS"}
	}
	lines := []string{"SIP/2.0 " + status}
	for _, via := range slices.Concat(head["Via"], head["V"]) {
		lines = append(lines, "Via: "+via)
	}
	to := field(head, "To", "t")
	if !strings.Contains(to, ";tag=") {
		to += ";tag=lab"
	}
	lines = append(lines, "From: "+field(head, "From", "f"), "To: "+to, "Call-ID: "+field(head, "Call-Id", "i"), "CSeq: "+head.Get("CSeq"))
	lines = append(append(lines, more...), "Content-Length: 0", "", "")
	return strings.Join(lines, "\r\n")
}
