package render

import (
	"encoding/json"
	"io"
	"strings"

	"hybrid/internal/check"
)

// UserSheetHeader are the columns of [UserSheetRow].
func UserSheetHeader() []string {
	return []string{"sip_address", "asked_at", "verdict", "check", "cause", "remedy", "named_in", "other_failures", "not_known", "home_on_servers", "home_in_tenant"}
}

// UserSheetRow is a user as a row of a sheet.
func UserSheetRow(j check.Judgement) []string {
	id, text, do := "", "", ""
	if cause := j.Cause(); cause != nil {
		id, text, do = cause.ID, cause.Text, cause.Do
	}
	return []string{
		j.Asked, j.Place, verdictOfUser(j), id, text, do, strings.Join(j.Places(), "; "),
		strings.Join(idsOf(j, check.Fail, id), " "), strings.Join(idsOf(j, check.Unknown, ""), " "), j.HomeOnServers(), j.HomeInTenant(),
	}
}

// verdictOfUser is "fail", "warning", "unknown" or "pass".
func verdictOfUser(j check.Judgement) string {
	switch cause := j.Cause(); {
	case cause != nil && cause.Blocks:
		return "fail"
	case cause != nil:
		return "warning"
	case j.Doubt() != nil:
		return "unknown"
	}
	return "pass"
}

// idsOf are the checks that end with a verdict, but for one.
func idsOf(j check.Judgement, v check.Verdict, but string) []string {
	var ids []string
	for _, f := range j.Findings {
		if f.Verdict == v && f.ID != but {
			ids = append(ids, f.ID)
		}
	}
	return ids
}

type jsonUser struct {
	SIP      string      `json:"sip_address"`
	Asked    string      `json:"asked,omitempty"` // where it is written in another way
	Place    string      `json:"asked_at,omitempty"`
	Verdict  string      `json:"verdict"` // fail, warning, unknown, pass
	Cause    string      `json:"cause,omitempty"`
	Text     string      `json:"text,omitempty"`
	Remedy   string      `json:"remedy,omitempty"`
	NamedIn  []string    `json:"named_in,omitempty"`
	Findings []checkJSON `json:"findings"`
}

// UserJSON writes a user as one line of JSON, with all findings and what was seen.
func UserJSON(w io.Writer, j check.Judgement, estate []check.Finding) error {
	one := jsonUser{SIP: j.SIP, Place: j.Place, Verdict: verdictOfUser(j), NamedIn: j.Places()}
	if j.Asked != j.SIP {
		one.Asked = j.Asked
	}
	if cause := j.Cause(); cause != nil {
		one.Cause, one.Text, one.Remedy = cause.ID, cause.Text, cause.Do
	}
	for _, f := range append(append([]check.Finding{}, j.Findings...), estate...) {
		one.Findings = append(one.Findings, jsonOfCheck(f))
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc.Encode(one)
}
