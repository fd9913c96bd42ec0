package wsman

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
)

// Codes of faults that are told apart, as winerror.h and wsmerror.h number them.
const (
	CodeAccessDenied      = 5
	CodeTimeout           = 1460       // ERROR_TIMEOUT: the process did not take its input
	CodePathTooLong       = 2147942606 // the command line is too long
	CodeOperationTimeout  = 2150858793 // nothing to tell within OperationTimeout: poll again
	CodeSchema            = 2150858817
	CodeShellNotFound     = 2150858843
	CodeTooManyShells     = 2150859173
	CodeTooManyOperations = 2150859174
)

// A Fault is a SOAP fault: the service took the request and refused it (DSP0226, annex on faults; MS-WSMV 2.2.4.44).
type Fault struct {
	Address string // whom we asked
	Code    uint32 // WSManFault's code; 0 where it has none
	Subcode string // "w:TimedOut"
	Reason  string
	Machine string // who refused, by its own name
}

func (f *Fault) Error() string {
	text := fmt.Sprintf("%s refused: %s", f.Address, cmp.Or(strings.TrimSpace(f.Reason), "no reason given"))
	if f.Code != 0 {
		text += fmt.Sprintf(" (WS-Man fault %d", f.Code)
		if f.Subcode != "" {
			text += ", " + f.Subcode
		}
		text += ")"
	}
	if advice := f.advice(); advice != "" {
		text += ". " + advice
	}
	return text
}

func (f *Fault) advice() string {
	switch f.Code {
	case CodeAccessDenied:
		return "The account signed in but may not open a shell: add it to the host's Remote Management Users or Administrators"
	case CodeTooManyShells:
		return "The quota is the host's MaxShellsPerUser, for all who use this account: other runs of hybrid, monitoring, people with Enter-PSSession or winrs. " +
			"On the host, winrm get winrm/config/winrs shows its value and winrm enumerate shell whose shells there are. Close those that are not needed or wait " +
			"(hybrid's own end three minutes after they were left), use fewer sessions, or raise it: winrm set winrm/config/winrs @{MaxShellsPerUser=\"50\"}"
	case CodeTooManyOperations:
		return "The quota is the host's MaxConcurrentOperationsPerUser, for all who use this account: other runs of hybrid, monitoring, people with Enter-PSSession or winrs. " +
			"On the host, winrm get winrm/config/service shows its value (the quotas of shells: winrm get winrm/config/winrs). Wait a little, use fewer sessions, or raise it: " +
			"winrm set winrm/config/service @{MaxConcurrentOperationsPerUser=\"3000\"}"
	case CodeShellNotFound:
		return "The session had ended on the host: idle for too long, or ended by someone"
	case CodeTimeout:
		return "The process on the host takes no input: it hangs, or it has ended"
	}
	return ""
}

// TimedOut says that the server had nothing to tell within the time of one poll, which is no failure.
func (f *Fault) TimedOut() bool { return f.Code == CodeOperationTimeout }

// Delivered says whether the request may have reached its process all the same.
func (f *Fault) Delivered() bool {
	switch f.Code {
	case CodeShellNotFound, CodeTooManyShells, CodeTooManyOperations, CodeAccessDenied, CodeSchema, CodePathTooLong:
		return false
	}
	return true
}

// faultBody is a fault as it stands in an envelope.
type faultBody struct {
	Code struct {
		Value   string `xml:"http://www.w3.org/2003/05/soap-envelope Value"`
		Subcode string `xml:"http://www.w3.org/2003/05/soap-envelope Subcode>Value"`
	} `xml:"http://www.w3.org/2003/05/soap-envelope Code"`
	Reason string `xml:"http://www.w3.org/2003/05/soap-envelope Reason>Text"`
	Detail struct {
		WSMan struct {
			Code    string `xml:"Code,attr"`
			Machine string `xml:"Machine,attr"`
			Message struct {
				Text     string `xml:",chardata"`
				Provider struct {
					Text  string `xml:",chardata"`
					WSMan struct {
						Message string `xml:"Message"`
					} `xml:"WSManFault"`
				} `xml:"ProviderFault"`
			} `xml:"Message"`
		} `xml:"http://schemas.microsoft.com/wbem/wsman/1/wsmanfault WSManFault"`
		// Quota faults may come as a WMI error instead.
		WMI struct {
			Code    string `xml:"error_Code"`
			Message string `xml:"Message"`
		} `xml:"MSFT_WmiError"`
	} `xml:"http://www.w3.org/2003/05/soap-envelope Detail"`
}

func (b *faultBody) error(address string) *Fault {
	detail := b.Detail
	code, _ := strconv.ParseUint(strings.TrimSpace(cmp.Or(detail.WSMan.Code, detail.WMI.Code)), 10, 32)
	message := detail.WSMan.Message
	reason := cmp.Or(clean(message.Provider.WSMan.Message), clean(message.Provider.Text), clean(message.Text), clean(detail.WMI.Message), clean(b.Reason))
	if uint32(code) == CodeOperationTimeout {
		reason = clean(b.Reason)
	}
	return &Fault{
		Address: address,
		Code:    uint32(code),
		Subcode: cmp.Or(strings.TrimSpace(b.Code.Subcode), strings.TrimSpace(b.Code.Value)),
		Reason:  strings.TrimSuffix(reason, "."),
		Machine: detail.WSMan.Machine,
	}
}

// clean makes one line of a text that is indented like the XML around it.
func clean(text string) string { return strings.Join(strings.Fields(text), " ") }
