package planner

// A ScriptStep is one thing that apply issues, in the form in which somebody runs it by hand: as PowerShell.
type ScriptStep struct {
	Part    *ScriptPart `json:"-"`                 // where it runs
	Code    []Word      `json:"code,omitempty"`    // nil where only a person can do it
	Cmdlets []string    `json:"cmdlets,omitempty"` // the commands that the code calls, which must be there
	ByHand  string      `json:"by_hand,omitempty"` // where Code is nil: what the person has to do or to wait for, as a sentence without a full stop
}

// A ScriptPart is where the steps of one provider block run, and what must be there for them.
type ScriptPart struct {
	Name   string // the provider block: "skype", "dns.external"
	Where  string // goes on from "runs ": "in the Management Shell of fe01.contoso.com"
	Advice string // what to install or to connect where a command is missing, in sentences
	// From and NotFrom name the module that the commands must, or must not, come from; "" where it does not matter.
	From, NotFrom string
	// Functions are definitions that the code of the steps calls. Parts with equal ones share them.
	Functions string
	// Setup is code that runs once, before the first step: it sees to it that there is a connection.
	Setup []Word
	// Settled says how somebody sees that every server has what was changed before, as a sentence without a full stop.
	Settled string
}

// A Word is a piece of code: PowerShell as it is, or something that becomes one argument.
type Word struct {
	Kind WordKind
	Text string
}

// WordKind says what a [Word] becomes.
type WordKind int

// The kinds of words. What is asked for has the name of what is asked: "-Realm of New-CsOAuthServer".
const (
	Code       WordKind = iota // as it is; trusted, and in ASCII
	Text                       // a text, which is quoted
	Credential                 // the credential of an account of that name, asked for once, before the first step
	Secret                     // a text that is never shown, asked for when it is needed
	Later                      // a text that is known only then, asked for when it is needed
	LaterBool                  // the same of something that is true or false
	LaterList                  // the same of a list of texts
)

// redacted is a step with secrets taken out, should one be in it: a text is asked for, and where code would lose something a
// person has to do it.
func (s ScriptStep) redacted(redact func(string) string) ScriptStep {
	s.ByHand = redact(s.ByHand)
	var words []Word
	for _, w := range s.Code {
		switch clean := redact(w.Text); {
		case clean == w.Text:
		case w.Kind == Text:
			w = Word{Kind: Secret, Text: "a value that is not shown"}
		case w.Kind == Code:
			return ScriptStep{Part: s.Part, ByHand: "what is to be issued holds what must not be shown, so only hybrid apply can do it"}
		default:
			w.Text = clean
		}
		words = append(words, w)
	}
	s.Code = words
	return s
}
