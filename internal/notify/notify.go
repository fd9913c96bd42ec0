package notify

import (
	"context"
	"crypto/x509"
	"fmt"
	"strings"
	"time"

	"hybrid/internal/amount"
)

// A Target is whom to tell, and how.
type Target struct {
	Name string // of the notify block
	Type string // "webhook", "teams", "mail"

	URL    string // of a webhook or a workflow; a secret
	Secret string // signs a webhook's body; "" signs nothing

	Server             string // of mail
	Port               int    // 0 is that of TLS's kind
	TLS                string // "starttls", "implicit", "none"; "" is "starttls"
	Username, Password string
	From               string
	To                 []string

	roots *x509.CertPool // that certificates are held against; nil is the system's
}

// deadline bounds how long telling one target takes, a second try included.
const deadline = 10 * time.Second

// Send tells one target. It tries once more only where no connection was made: a message that may have arrived is not
// repeated. The error names no URL and no secret.
func Send(ctx context.Context, t Target, m Message) error {
	ctx, cancel := context.WithTimeout(ctx, deadline)
	defer cancel()
	err := t.send(ctx, m)
	if unconnected(err) && ctx.Err() == nil {
		err = t.send(ctx, m)
	}
	if err != nil {
		return fmt.Errorf("notify %q: not told: %s", t.Name, t.scrub(reason(ctx, err)))
	}
	return nil
}

func (t *Target) send(ctx context.Context, m Message) error {
	switch t.Type {
	case "webhook":
		return t.webhook(ctx, m)
	case "teams":
		return t.teams(ctx, m)
	case "mail":
		return t.mail(ctx, m)
	}
	return fmt.Errorf("there is no type %q", t.Type)
}

// reason is what went wrong. What a deadline cuts short is called by its name.
func reason(ctx context.Context, err error) string {
	if ctx.Err() != nil {
		return fmt.Sprintf("no answer within %s; it may have arrived all the same", amount.Lasting(deadline))
	}
	return err.Error()
}

// scrub takes out of a text what must not be shown of a target.
func (t *Target) scrub(text string) string {
	var pairs []string
	for _, secret := range t.secrets() {
		if len(secret) >= 4 {
			pairs = append(pairs, secret, "(sensitive)")
		}
	}
	return strings.NewReplacer(pairs...).Replace(text)
}
