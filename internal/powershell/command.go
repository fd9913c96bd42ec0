package powershell

// A Command is one cmdlet call. It goes to the host agent as data, never spliced into a script; its text is for people
// and for scripts that people run.
type Command struct {
	Cmdlet string  // "New-CsHostingProvider"
	Params []Param // in the order in which they are shown
}

// A Param is one parameter with its value: nil, bool, int64, float64, string, []any of these, or a [Credential].
type Param struct {
	Name  string
	Value any
}

// A Credential becomes a PSCredential at the far end. Its text never holds the password.
type Credential struct {
	Username string
	Password string
}
