package config

import (
	"errors"
	"fmt"
	"net"
	"net/mail"
	"net/url"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"hybrid/schema"
)

// Notify is one notify block: whom to tell of what.
type Notify struct {
	Name   string
	On     []string  // "run", "drift"
	Type   string    // "webhook", "teams", "mail"
	Values cty.Value // an object of the block's arguments; secrets are marked, and may be unknown where they need not be set
	Range  hcl.Range // of the block's header
}

// notifyBody is what a notify block takes.
func notifyBody() schema.Body {
	return schema.Body{Of: "notify", Attrs: []schema.Attr{
		{
			Name: "on", Type: cty.List(cty.String), Mode: schema.Required, Check: checkOccasions,
			Doc: "Of what to tell: `run`, when an apply ends, however it ends; `drift`, when `plan --drift` finds something that was changed by hand.",
		},
		{Name: "type", Type: cty.String, Mode: schema.Required, OneOf: []string{"webhook", "teams", "mail"}, Doc: "How to tell."},
		{Name: "url", Type: cty.String, Sensitive: true, Doc: "Where to post to: `env(\"HYBRID_WEBHOOK\")`. It is never shown, since such URLs carry tokens."},
		{Name: "secret", Type: cty.String, Sensitive: true, Check: checkFilled, Doc: "Signs the body of a webhook: the header `X-Hybrid-Signature` is then its HMAC-SHA256."},
		{Name: "server", Type: cty.String, Check: checkFilled, Doc: "The SMTP server that mail is handed to."},
		{Name: "port", Type: cty.Number, Check: checkPort, Doc: "Its port; 587, or 465 with `tls = \"implicit\"`."},
		{Name: "tls", Type: cty.String, OneOf: []string{"starttls", "implicit", "none"}, Doc: "`starttls` where nothing is said; `none` only for a server on this machine."},
		{Name: "username", Type: cty.String, Check: checkFilled, Doc: "Whom to sign in as; nobody signs in where nothing is said."},
		{Name: "password", Type: cty.String, Sensitive: true, Check: checkFilled, Doc: "The password: `env(\"…\")` or `secret_file(\"…\")`."},
		{Name: "from", Type: cty.String, Check: checkMailbox, Doc: "The sender's address."},
		{Name: "to", Type: cty.List(cty.String), Check: checkMailboxes, Doc: "The recipients' addresses."},
	}}
}

// notifyArguments says which arguments each type needs, and which it may have besides.
var notifyArguments = map[string]struct{ needs, may []string }{
	"webhook": {needs: []string{"url"}, may: []string{"secret"}},
	"teams":   {needs: []string{"url"}},
	"mail":    {needs: []string{"server", "from", "to"}, may: []string{"port", "tls", "username", "password"}},
}

// loadNotify reads the notify blocks.
func (l *loader) loadNotify() []Notify {
	var all []Notify
	for _, block := range l.blocks["notify"] {
		name := block.Labels[0]
		if n := slices.IndexFunc(all, func(other Notify) bool { return other.Name == name }); n >= 0 {
			l.fail(block.DefRange, "Notification declared twice", "There is a notify %q at %s already. Give this one another name.", name, schema.Place(all[n].Range))
			continue
		}
		values, ranges, diags := notifyBody().Decode(block.Body, l.constants(block.Body))
		l.add(diags)
		n := Notify{Name: name, Type: text(values["type"]), On: schema.Texts(values["on"]), Values: cty.ObjectVal(values), Range: block.DefRange}
		if !diags.HasErrors() {
			l.checkNotify(n, values, ranges)
		}
		all = append(all, n)
	}
	return all
}

// checkNotify holds the arguments of a block against its type.
func (l *loader) checkNotify(n Notify, values map[string]cty.Value, ranges map[string]hcl.Range) {
	takes, known := notifyArguments[n.Type]
	if !known {
		l.fail(ranges["type"], "Not a constant", "notify.type must be known offline: webhook, teams or mail.")
		return
	}
	for _, a := range notifyBody().Attrs[2:] {
		written := !values[a.Name].IsNull()
		switch {
		case !written && slices.Contains(takes.needs, a.Name):
			l.fail(n.Range, "Missing argument", "A notify block of the type %s needs %s. %s", n.Type, a.Name, a.Doc)
		case written && !slices.Contains(takes.needs, a.Name) && !slices.Contains(takes.may, a.Name):
			l.fail(ranges[a.Name], "An argument of another type", "%s is no argument of a notify block of the type %s, which takes %s. Remove this line.",
				a.Name, n.Type, schema.List(append(slices.Clone(takes.needs), takes.may...), "and"))
		}
	}
	l.checkHook(values["url"], ranges["url"])
	l.checkMail(n, values, ranges)
}

// checkMail refuses what would send a password, or a message, in clear text over a network.
func (l *loader) checkMail(n Notify, values map[string]cty.Value, ranges map[string]hcl.Range) {
	if values["username"].IsNull() != values["password"].IsNull() {
		l.fail(n.Range, "Half of an account", "notify %q has one of username and password. Write both, or neither.", n.Name)
	}
	if text(values["tls"]) == "none" && !Loopback(text(values["server"])) {
		l.fail(ranges["tls"], "Mail in clear text", `tls = "none" is only for a server on this machine (localhost). Write "starttls" or "implicit", or remove the line.`)
	}
}

// Loopback says whether a host is this machine.
func Loopback(host string) bool {
	ip := net.ParseIP(strings.Trim(host, "[]"))
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}

func checkOccasions(v cty.Value) error {
	if v.LengthInt() == 0 {
		return errors.New(`it is empty, so nobody would ever be told; write ["run", "drift"]`)
	}
	for _, occasion := range v.AsValueSlice() {
		if occasion.IsNull() || occasion.AsString() != "run" && occasion.AsString() != "drift" {
			return errors.New(`there are only "run" (an apply has ended) and "drift" (something was changed by hand)`)
		}
	}
	return nil
}

// checkHook holds a URL against what may be posted to. Its words never quote it.
func (l *loader) checkHook(v cty.Value, where hcl.Range) {
	if v, _ := v.Unmark(); v.IsNull() || !v.IsKnown() {
		return
	}
	u, err := url.Parse(text(v))
	switch {
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		l.fail(where, "Not a usable value", "notify.url is no web address. Write it in whole, https://…, as the service shows it.")
	case u.Scheme == "http" && !Loopback(u.Hostname()):
		l.fail(where, "Not a usable value", "notify.url begins with http://, so everybody on the way could read it. Write https://…; http:// is only for this machine.")
	}
}

func checkFilled(v cty.Value) error {
	if strings.TrimSpace(v.AsString()) == "" {
		return errors.New("it is empty; write a value, or remove the line")
	}
	return nil
}

func checkPort(v cty.Value) error {
	if f := v.AsBigFloat(); !f.IsInt() || f.Sign() <= 0 || f.MantExp(nil) > 16 {
		return fmt.Errorf("%s is no port; write a number from 1 to 65535", f.Text('f', -1))
	}
	return nil
}

func checkMailbox(v cty.Value) error {
	if _, err := mail.ParseAddress(v.AsString()); err != nil {
		return fmt.Errorf(`%q is no mail address; write "hybrid@contoso.com" or "hybrid <hybrid@contoso.com>"`, v.AsString())
	}
	return nil
}

func checkMailboxes(v cty.Value) error {
	if v.LengthInt() == 0 {
		return errors.New(`it is empty, so nobody would get the mail; write ["ops@contoso.com"]`)
	}
	for _, address := range v.AsValueSlice() {
		if address.IsNull() {
			return errors.New("an address is null; remove it")
		}
		if err := checkMailbox(address); err != nil {
			return err
		}
	}
	return nil
}
