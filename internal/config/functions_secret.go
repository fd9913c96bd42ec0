package config

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"

	"hybrid/internal/secrets"
	"hybrid/schema"
)

// Vault is where secrets are fetched that are neither in the environment nor in files.
type Vault interface {
	// Command runs a program, argv without a shell and relative to dir, and gives what it prints.
	Command(dir string, argv []string) (secrets.Answer, error)
	// Keyring gives what the system's keyring has for a user of a service.
	Keyring(service, user string) (secrets.Answer, error)
}

// secretFunctions are those that give secrets.
func (l *loader) secretFunctions() map[string]function.Function {
	return map[string]function.Function{
		"env": l.secretFunc("name", l.env), "secret_file": l.secretFunc("path", l.secretFile),
		"secret_command": l.secretCommandFunc(), "keyring": l.keyringFunc(),
	}
}

// secretFunc is a function from a name to a sensitive text.
func (l *loader) secretFunc(name string, read func(string) (cty.Value, error)) function.Function {
	return l.sensitive([]function.Parameter{{Name: name, Type: cty.String, AllowUnknown: true}}, func(args []cty.Value) (cty.Value, error) {
		return read(args[0].AsString())
	})
}

// sensitive is a function whose result is a secret, and unknown as long as an argument is.
func (l *loader) sensitive(params []function.Parameter, read func(args []cty.Value) (cty.Value, error)) function.Function {
	return function.New(&function.Spec{
		Params: params,
		Type:   function.StaticReturnType(cty.String),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			v := cty.UnknownVal(cty.String)
			if known(args) {
				var err error
				if v, err = read(args); err != nil {
					return cty.UnknownVal(cty.String), blamed(err)
				}
			}
			l.secrets.keep(v)
			return v.Mark(schema.Sensitive), nil
		},
	})
}

// blamed points at the first argument. What wraps an error so hides of what type it is, which a refusal needs.
func blamed(err error) error {
	if _, is := err.(schema.Refusal); is {
		return err
	}
	return function.NewArgError(0, err)
}

func known(args []cty.Value) bool {
	for _, arg := range args {
		if !arg.IsWhollyKnown() {
			return false
		}
	}
	return true
}

func (l *loader) env(name string) (cty.Value, error) {
	value, ok := l.LookupEnv(name)
	switch {
	case ok:
		return cty.StringVal(value), nil
	case l.UnknownSecrets:
		return cty.UnknownVal(cty.String), nil
	}
	return cty.DynamicVal, fmt.Errorf("the environment variable %s is not set; set it in the shell that runs hybrid, or rehearse with --lab, which needs no secrets", name)
}

// secretFile gives a file's text without the line breaks at its end, which editors add and passwords do not have.
func (l *loader) secretFile(path string) (cty.Value, error) {
	src, err := l.files.getSecret(path)
	switch {
	case err == nil && !utf8.Valid(src):
		return cty.DynamicVal, fmt.Errorf("%q is not text; secrets in files are UTF-8 text, certificates PEM", path)
	case err == nil:
		return cty.StringVal(strings.TrimRight(strings.TrimPrefix(string(src), string(utf8BOM)), "\r\n")), nil
	case l.UnknownSecrets && missing(err):
		return cty.UnknownVal(cty.String), nil
	}
	return cty.DynamicVal, err
}

// secretCommandFunc is secret_command(argv): what a vault's own client prints.
func (l *loader) secretCommandFunc() function.Function {
	argv := function.Parameter{Name: "argv", Type: cty.List(cty.String), AllowUnknown: true, AllowMarked: true}
	return l.sensitive([]function.Parameter{argv}, func(args []cty.Value) (cty.Value, error) {
		if args[0].ContainsMarked() {
			return cty.DynamicVal, schema.Refusal("an argument is a secret, and command lines can be read by everybody on this machine; what the program needs to sign in it finds in its environment or in a file of its own")
		}
		var words []string
		for _, word := range args[0].AsValueSlice() {
			if word.IsNull() {
				return cty.DynamicVal, errors.New("an argument is null")
			}
			words = append(words, word.AsString())
		}
		return l.fetch("secret_command "+strings.Join(words, "\x00"), first(words), func() (secrets.Answer, error) { return l.Vault.Command(l.dir, words) })
	})
}

func first(words []string) string {
	if len(words) == 0 {
		return ""
	}
	return words[0]
}

// keyringFunc is keyring(service, user).
func (l *loader) keyringFunc() function.Function {
	text := func(name string) function.Parameter {
		return function.Parameter{Name: name, Type: cty.String, AllowUnknown: true}
	}
	return l.sensitive([]function.Parameter{text("service"), text("user")}, func(args []cty.Value) (cty.Value, error) {
		service, user := args[0].AsString(), args[1].AsString()
		return l.fetch("keyring "+service+"\x00"+user, "the keyring", func() (secrets.Answer, error) { return l.Vault.Keyring(service, user) })
	})
}

// fetch asks the vault, where secrets are needed. What was not asked for when the plan was made is not asked for during apply.
func (l *loader) fetch(key, who string, ask func() (secrets.Answer, error)) (cty.Value, error) {
	switch {
	case l.UnknownSecrets:
		return cty.UnknownVal(cty.String), nil
	case l.Vault == nil:
		return cty.DynamicVal, errors.New("no secrets are fetched here")
	case !l.files.fetching(key):
		return cty.DynamicVal, errors.New("this was not asked for when the plan was made: what is asked for a secret must be known before apply")
	}
	answer, err := ask()
	if err != nil {
		return cty.DynamicVal, err
	}
	l.secrets.add(answer.Text) // before what the program says is shown
	l.files.remark(who, answer.Said)
	return cty.StringVal(answer.Text), nil
}
