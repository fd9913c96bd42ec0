package lab

import (
	"fmt"
	"strings"

	"hybrid/internal/cmdlets"
	"hybrid/schema"
)

// A call is one cmdlet call on its way through the estate: bound, and with somewhere to put what it gives.
type call struct {
	estate *Estate
	kind   *schema.Kind // nil where the noun has none
	cmdlet *cmdlets.Cmdlet
	verb   string
	noun   string
	kept   string // under what the estate keeps the noun's objects
	set    string
	params map[string]any
	stale  bool // the reader is behind
	output
}

// output is what a cmdlet writes.
type output struct {
	objects  []Object
	accounts []*Account   // in place of objects, where there may be a hundred thousand
	online   []onlineView // likewise
	warnings []string
	console  []string
	texts    []string // bare texts, in place of objects
}

// A handler carries out one verb of a noun. The estate is locked while it runs.
type handler func(*call) error

// A Failure is the error of a cmdlet as the host agent reports it.
type Failure struct {
	Message  string `json:"message"`
	Kind     string `json:"kind"` // FullyQualifiedErrorId
	Category string `json:"category"`
	Type     string `json:"type"` // of the .NET exception
}

func (f *Failure) Error() string { return f.Message }

// text is a parameter as text, "" where it was not given.
func (c *call) text(name string) string {
	text, _ := c.params[name].(string)
	return text
}

// given says whether a parameter was given.
func (c *call) given(name string) bool {
	_, ok := c.params[name]
	return ok
}

// on says whether a switch or Boolean was given as true.
func (c *call) on(name string) bool {
	yes, _ := c.params[name].(bool)
	return yes
}

func (c *call) name() string { return c.cmdlet.Name }

// fail makes the error of a cmdlet. The categories are those of ErrorCategory: "ObjectNotFound", "InvalidOperation".
// The id's text is ours where no source shows the real one.
func (c *call) fail(category, id, format string, args ...any) *Failure {
	return &Failure{
		Message: fmt.Sprintf(format, args...), Kind: id + "," + c.name(), Category: category,
		Type: "Microsoft.Rtc.Management.ManagementException",
	}
}

// thrown is an error that the cmdlet throws as a plain text: its id is the text.
func (c *call) thrown(format string, args ...any) *Failure {
	text := fmt.Sprintf(format, args...)
	return &Failure{Message: text, Kind: text, Category: "OperationStopped", Type: "System.Management.Automation.RuntimeException"}
}

// notFound is the error of a read or write of an object that does not exist.
func (c *call) notFound(identity string) *Failure {
	return c.fail("ObjectNotFound", "ItemNotFound", "Cannot find %q %q because it does not exist.", strings.TrimPrefix(c.noun, "Cs"), identity)
}

// refused is the error of a call that the state of the estate or a rule of the domain forbids.
func (c *call) refused(format string, args ...any) *Failure {
	return c.fail("InvalidOperation", "InvalidOperation", format, args...)
}

// unusable is the error of a value that no rule of the domain admits.
func (c *call) unusable(param, format string, args ...any) *Failure {
	return c.fail("InvalidData", "InvalidParameter", "The value of parameter '%s' cannot be used: %s", param, fmt.Sprintf(format, args...))
}

// unsimulated is the lab's own error for what it does not simulate, so that nobody mistakes silence for success.
func (c *call) unsimulated(param string) *Failure {
	return c.fail("NotImplemented", "NotSimulated", "The lab does not simulate -%s of %s.", param, c.name())
}

// bindFailure is PowerShell's error for a call that does not bind.
func bindFailure(e *cmdlets.BindError) *Failure {
	return &Failure{Message: e.Message, Kind: e.Kind(), Category: e.Category(), Type: e.Type()}
}
