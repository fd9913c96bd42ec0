package wsman

import (
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// The actions of answers (MS-WSMV 3.1.4, DSP0226).
const (
	createResponse  = "http://schemas.xmlsoap.org/ws/2004/09/transfer/CreateResponse"
	shellAction     = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell/"
	commandResponse = shellAction + "CommandResponse"
	sendResponse    = shellAction + "SendResponse"
	receiveResponse = shellAction + "ReceiveResponse"
	stateDone       = shellAction + "CommandState/Done"
)

// An envelope is as much of an answer as is used.
type envelope struct {
	XMLName xml.Name `xml:"http://www.w3.org/2003/05/soap-envelope Envelope"`
	Action  string   `xml:"Header>Action"`
	Body    struct {
		Fault     *faultBody `xml:"http://www.w3.org/2003/05/soap-envelope Fault"`
		Selectors []selector `xml:"ResourceCreated>ReferenceParameters>SelectorSet>Selector"`
		ShellID   string     `xml:"Shell>ShellId"`
		CommandID string     `xml:"CommandResponse>CommandId"`
		Receive   struct {
			Streams []stream `xml:"Stream"`
			State   struct {
				State    string `xml:"State,attr"`
				ExitCode string `xml:"ExitCode"`
			} `xml:"CommandState"`
		} `xml:"ReceiveResponse"`
	} `xml:"http://www.w3.org/2003/05/soap-envelope Body"`
}

type selector struct {
	Name string `xml:"Name,attr"`
	ID   string `xml:",chardata"`
}

type stream struct {
	Name string `xml:"Name,attr"`
	Data string `xml:",chardata"`
}

// Output is what one poll brought.
type output struct {
	stdout, stderr []byte
	done           bool
	exit           int
}

// errNotAnswer stands for an envelope that answers something else than what was asked.
var errNotAnswer = errors.New("the answer is not a WS-Man answer to what was asked")

func parse(body []byte) (*envelope, error) {
	var answer envelope
	if err := xml.NewDecoder(bytes.NewReader(body)).Decode(&answer); err != nil {
		return nil, fmt.Errorf("the answer is not a SOAP envelope: %w", err)
	}
	return &answer, nil
}

func (e *envelope) expect(action string) error {
	if strings.TrimSpace(e.Action) != action {
		return fmt.Errorf("%w: action %q instead of %q", errNotAnswer, e.Action, action)
	}
	return nil
}

// shell is the identifier of the shell that was created.
func (e *envelope) shell() (string, error) {
	if err := e.expect(createResponse); err != nil {
		return "", err
	}
	for _, s := range e.Body.Selectors {
		if id := strings.TrimSpace(s.ID); strings.EqualFold(s.Name, "ShellId") && id != "" {
			return id, nil
		}
	}
	if id := strings.TrimSpace(e.Body.ShellID); id != "" {
		return id, nil
	}
	return "", fmt.Errorf("%w: it names no shell", errNotAnswer)
}

// command is the identifier of the command that was started.
func (e *envelope) command() (string, error) {
	if err := e.expect(commandResponse); err != nil {
		return "", err
	}
	if id := strings.TrimSpace(e.Body.CommandID); id != "" {
		return id, nil
	}
	return "", fmt.Errorf("%w: it names no command", errNotAnswer)
}

// output reads the answer to a poll. Base64 that does not decode is an error, not an end of the text.
func (e *envelope) output() (output, error) {
	var out output
	if err := e.expect(receiveResponse); err != nil {
		return out, err
	}
	receive := &e.Body.Receive
	for _, s := range receive.Streams {
		data, err := base64.StdEncoding.DecodeString(strings.TrimSpace(s.Data))
		switch {
		case err != nil:
			return out, fmt.Errorf("the output is damaged: %s: %w", s.Name, err)
		case s.Name == "stdout":
			out.stdout = append(out.stdout, data...)
		case s.Name == "stderr":
			out.stderr = append(out.stderr, data...)
		}
	}
	out.done = receive.State.State == stateDone
	return out, out.readExit(receive.State.ExitCode)
}

// readExit reads an exit code; none at all is 0. Windows counts them unsigned, so that -1 may come as 4294967295.
func (o *output) readExit(text string) error {
	text = strings.TrimSpace(text)
	if text == "" {
		return nil
	}
	code, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return fmt.Errorf("the exit code %q is not a number", text)
	}
	o.exit = int(int32(code))
	return nil
}
