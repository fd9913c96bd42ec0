package render

import "strings"

// ruleTexts say of each rule of the plan what it finds, and what to do about it.
var ruleTexts = map[string][2]string{
	"plan/add":      {"An object is added", "Nothing like it exists. Look at the values that are set, and at what the object makes possible from then on."},
	"plan/change":   {"An object or users are changed", "Look at each attribute before and after: what is not named stays as it is."},
	"plan/replace":  {"An object is deleted and made anew", "An attribute differs that can only be set at creation. Between the two steps the object is not there: look at who uses it, and choose the maintenance window by that."},
	"plan/delete":   {"An object is deleted", "Look at who still uses it, and at what no undo brings back. To keep it, declare it again or take ensure = \"absent\" back."},
	"plan/enable":   {"Users are enabled", "They can sign in from then on. Look at the pool and the policies that they get."},
	"plan/disable":  {"Users are disabled", "They can no longer sign in, and what the servers keep for them is lost. Look at each of them before approving."},
	"plan/move":     {"Users are moved", "They sign in elsewhere afterwards. Look at how many they are, and at what a move leaves behind."},
	"plan/run":      {"Something is run", "No value differs, and yet something has to be done before what comes later. Look at the reason in the message."},
	"plan/wait-for": {"Something is waited for", "What was done earlier is not in force everywhere yet. Nothing is written."},
	"plan/blocked":  {"Users are left as they are", "They are not as wanted and cannot be changed as things stand. Mend the reason, or take them out of the block."},
	"plan/not-read": {"An object could not be read", "Nothing is planned from what is not known. Mend the reason and plan again before approving: what is missing here may be a change."},
	"plan/not-kept": {"An object cannot be kept as it is declared", "All was read, and the far end does not take such an object. Declare it as the message says; nothing is planned of it until then."},
	"plan/not-told": {"An attribute is not told by the server", "Nothing is planned from what is not known. Look at the attribute on the server, or take it out of the configuration."},
	"plan/warning":  {"A warning about the plan", "The plan can be carried out all the same. Read what it says before approving."},
	"drift/hand":    {"Something was changed by hand", "It is not as the last run left it. Ask who changed it and why, then take it into the configuration or let the plan change it back."},
	"guard/":        {"A guard is not passed", "The plan is not carried out as it stands. Plan less at a time, raise the limit in the guard block of hybrid {}, or override the guard with a reason where that is meant."},
}

// ruleOf is a rule as SARIF describes it. Guards are rules of one text.
func ruleOf(id, level string) sarifRule {
	texts := ruleTexts[id]
	if guard, ok := strings.CutPrefix(id, "guard/"); ok {
		texts = ruleTexts["guard/"]
		texts[0] = "The guard " + guard + " is not passed"
	}
	switch id {
	case "plan/blocked", "plan/warning", "plan/not-read", "plan/not-kept", "plan/not-told", "drift/hand":
	default:
		if level != "error" {
			level = "note" // a result has its own by its risk
		}
	}
	return sarifRule{ID: id, Short: sarifMessage{texts[0]}, Help: sarifMessage{texts[1]}, Default: sarifDefault{level}}
}
