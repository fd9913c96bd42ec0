package powershell

import "strings"

// Secrets are the passwords of one request. PowerShell may quote a request it cannot read, and a cmdlet what it was
// given: nothing of that is to reach a message or the log.
type secrets []string

// hidden stands where a password stood.
const hidden = "(hidden)"

// hide takes the passwords out of a text, also as JSON spells them.
func (s secrets) hide(text string) string {
	for _, secret := range s {
		text = strings.ReplaceAll(text, secret, hidden)
	}
	return text
}

func (o Open) secrets() secrets {
	if o.Credential == nil {
		return nil
	}
	return o.Credential.secrets()
}

func (c Credential) secrets() secrets {
	if c.Password == "" {
		return nil
	}
	var r request
	if r.text(c.Password) != nil {
		return secrets{c.Password}
	}
	spelled := r.String()
	return secrets{c.Password, spelled[1 : len(spelled)-1]}
}

func (c Command) secrets() secrets {
	var all secrets
	for _, p := range c.Params {
		all = append(all, valueSecrets(p.Value)...)
	}
	return all
}

func valueSecrets(value any) secrets {
	var all secrets
	switch v := value.(type) {
	case Credential:
		return v.secrets()
	case Command:
		return v.secrets()
	case []any:
		for _, item := range v {
			all = append(all, valueSecrets(item)...)
		}
	}
	return all
}
