package discovery

import (
	"net/http"
	"strings"
	"time"
)

// A Fault is something that is wrong with a host.
type Fault string

// The faults.
const (
	Loop       Fault = "loop"        // redirects lead to where they come from
	OnlyXML    Fault = "xml"         // XML, whatever the client accepts
	OldJSON    Fault = "old_json"    // JSON in the form of Lync 2013's first days, whatever the client accepts
	NoRedirect Fault = "no_redirect" // plain HTTP is served like HTTPS
	Downgrade  Fault = "downgrade"   // links lead to plain HTTP
	Blanks     Fault = "blanks"      // blanks around the FQDNs of SIP servers
	MixedCase  Fault = "mixed_case"  // tokens in another case
	Unquoted   Fault = "unquoted"    // the address of MsRtcOAuth without quotation marks
	Folded     Fault = "folded"      // both challenges in one line
	Moved      Fault = "moved"       // a proxy answers 302
	NotFound   Fault = "not_found"   // 404, whatever is asked
	Failing    Fault = "error"       // 500, whatever is asked
	Endless    Fault = "endless"     // a document that never ends
	Huge       Fault = "huge"        // one of 64 MiB
	Slow       Fault = "slow"        // an answer after 20 s
	Gone       Fault = "gone"        // the name does not exist
)

// Faults are all faults, in the order in which they are listed.
func Faults() []Fault {
	return []Fault{Loop, OnlyXML, OldJSON, NoRedirect, Downgrade, Blanks, MixedCase, Unquoted, Folded, Moved, NotFound, Failing, Endless, Huge, Slow, Gone}
}

// slowly is how long a slow answer takes, by the clock on the wall: what waits for it is a client.
const slowly = 20 * time.Second

// struck answers where a host gives no good answer at all; false where it does.
func (s *Service) struck(w http.ResponseWriter, r *http.Request, p Place) bool {
	shows := func(f Fault) bool { return s.Side.Shows(p.Host, f) }
	switch {
	case shows(NotFound), shows(Gone):
		w.WriteHeader(http.StatusNotFound)
	case shows(Failing):
		w.WriteHeader(http.StatusInternalServerError)
	case shows(Moved) && !strings.EqualFold(p.Host, p.Web):
		w.Header().Set("Location", p.root(""))
		w.WriteHeader(http.StatusFound)
	case shows(Endless):
		pour(w, r, -1)
	case shows(Huge):
		pour(w, r, 64<<20)
	case shows(Slow):
		wait(r)
		return false
	default:
		return false
	}
	return true
}

// pour writes a document of so many bytes, or without an end, until the client goes away.
func pour(w http.ResponseWriter, r *http.Request, size int) {
	w.Header().Set("Content-Type", typeXML)
	block := []byte(strings.Repeat("<!-- nothing -->", 1<<12))
	for written := 0; size < 0 || written < size; written += len(block) {
		if _, err := w.Write(block); err != nil || r.Context().Err() != nil {
			return
		}
	}
}

// wait ends early where the client goes away.
func wait(r *http.Request) {
	timer := time.NewTimer(slowly)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-r.Context().Done():
	}
}
