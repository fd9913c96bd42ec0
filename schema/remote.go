package schema

import (
	"github.com/zclconf/go-cty/cty"
)

// Remote says where objects of a kind live. The set is sealed: [Cmdlet], [RRset], [REST].
type Remote interface{ remote() }

// A Cmdlet is a noun of a PowerShell module with its verbs.
type Cmdlet struct {
	Noun string // "CsHostingProvider"

	// Verbs; empty means New, Set, Remove. "-" means that there is none.
	Create, Update, Delete string

	// Toggle names the attribute that is changed by Enable- (true) and Disable- (false) in the place of Update.
	Toggle string

	// Uses names cmdlets whose results calls are given, such as New-CsEdgeAllowList.
	Uses []string

	// Leaves are published parameters that no attribute sets, with the reason: "a public preview". What no kind offers, such as
	// -WhatIf, is not among them.
	Leaves map[string]string

	// IdentityProp is the property that names the live object, "Identity" if empty.
	IdentityProp string

	// Arrange completes the arguments of one call where they are more than the changed attributes: switches that
	// select a parameter set, parameters that must not travel together. It is pure. Nil leaves them as they are.
	Arrange func(verb string, args []Arg, before, after map[string]cty.Value) []Arg
}

// An Arg is one parameter of a cmdlet call.
type Arg struct {
	Name  string
	Value cty.Value
}

// An RRset is a DNS record set: identity is the owner name, and writing replaces the whole set.
type RRset struct{}

// A REST is a collection of a web API: an object is read by its identity and changed by a PATCH of what differs.
type REST struct {
	Collection string // "servicePrincipals"
}

func (Cmdlet) remote() {}

func (RRset) remote() {}

func (REST) remote() {}

// Verb gives the cmdlet's verb for "create", "update" or "delete"; "" where there is none.
func (c Cmdlet) Verb(action string) string {
	verb, usual := "", ""
	switch action {
	case "create":
		verb, usual = c.Create, "New"
	case "update":
		verb, usual = c.Update, "Set"
	case "delete":
		verb, usual = c.Delete, "Remove"
	}
	switch verb {
	case "-":
		return ""
	case "":
		return usual
	}
	return verb
}
