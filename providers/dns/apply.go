package dns

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/miekg/dns"

	"hybrid/planner"
	"hybrid/providers"
)

// Apply sends the update that [providers.System.Commands] gives for the change, and nothing else. Where the answer to an
// update that was sent does not arrive, or cannot be trusted, the error is a [providers.DoubtError].
func (p *provider) Apply(ctx context.Context, c planner.Change) error {
	todo, err := commands(c)
	if err != nil || len(todo) == 0 {
		return err
	}
	u, sends := todo[0].(Update)
	if !sends {
		return nil // to wait is the engine's
	}
	if u.Pending {
		return fmt.Errorf("%s: not all of its records are known yet; nothing was sent", c.Address)
	}
	l := &line{p: p}
	defer l.hangUp()
	name := dns.CanonicalName(c.Identity)
	zone, err := p.zoneOf(ctx, l, name)
	if err != nil {
		return err
	}
	if name == zone && typeOf(c.After) == "CNAME" {
		return apexError(zone)
	}
	if err := p.unchanged(ctx, l, c, name); err != nil {
		return err
	}
	rcode, err := p.update(ctx, u, zone, display(name))
	var signature *signatureError
	if errors.As(err, &signature) && p.outlived(signature) {
		rcode, err = p.update(ctx, u, zone, display(name))
	}
	if err == nil {
		err = p.outcome(ctx, l, c, zone, rcode)
	}
	return p.toPrimary(ctx, l, zone, err)
}

// unchanged looks once more, right before the update, whether the records are those that the plan was made from. Where shared keys
// are, the server itself sees to that by the update's prerequisites. Samba's, which takes tickets, only sees to it that the records of
// the plan are among those that stand there, and would delete others with them.
func (p *provider) unchanged(ctx context.Context, l *line, c planner.Change, name string) error {
	before, err := readSet(c.Identity, c.Before)
	if err != nil || p.account == nil || !before.present() {
		return err
	}
	there, err := p.ask(ctx, l, name, before.rtype)
	if err != nil {
		return fmt.Errorf("%w; nothing was sent", err)
	}
	if len(there) == len(before.records) && sameValues(before.records, there) {
		return nil
	}
	return p.otherwise(c, p.server+" was asked right before the update", there, true)
}

// outlived says whether a server only does not know any more the key that was agreed on, since it was started again or has thrown
// the key away. It has then not looked at the update, which may be signed with a new one.
func (p *provider) outlived(e *signatureError) bool {
	if e.code != dns.RcodeBadKey || e.by == nil || e.by.context == nil {
		return false
	}
	p.account.dismiss(e.by)
	return true
}

// signing is the key that updates are signed with, nil for none.
func (p *provider) signing(ctx context.Context) (*key, error) {
	if p.account != nil {
		return p.account.key(ctx, p)
	}
	return p.key, nil
}

// update sends one update and gives the code of its answer.
func (p *provider) update(ctx context.Context, u Update, zone, name string) (rcode int, err error) {
	doing := "updating " + name
	k, err := p.signing(ctx)
	if err != nil {
		return 0, fmt.Errorf("%s: %w; nothing was sent", doing, err)
	}
	s, err := p.dial(ctx)
	if err != nil {
		return 0, fmt.Errorf("%s: %w; nothing was sent", doing, err)
	}
	defer s.close()
	s.key = k
	m := u.message(zone)
	out, err := s.pack(m)
	if err != nil {
		return 0, fmt.Errorf("%s: the update does not make a DNS message, and was not sent: %w", doing, err)
	}
	if err := providers.Leave(ctx); err != nil {
		return 0, err
	}
	p.trips.Add(1)
	p.log.Debug("update", "zone", zone, "text", u.String())
	if err := s.write(out); err != nil {
		return 0, &providers.DoubtError{Err: p.failed(ctx, doing, err)}
	}
	answer, err := s.receive(m.Id)
	var signature *signatureError
	switch {
	case err == nil:
		return answer.Rcode, nil
	case errors.As(err, &signature) && signature.code != 0:
		return 0, p.failed(ctx, doing, err) // the server has said that it did not accept the request
	}
	return 0, &providers.DoubtError{Err: p.failed(ctx, doing, err)}
}

// outcome explains an update's code. A failed prerequisite means that the zone is not as it was when the plan was made.
func (p *provider) outcome(ctx context.Context, l *line, c planner.Change, zone string, rcode int) error {
	name, rtype := display(c.Identity), changedType(c)
	switch rcode {
	case dns.RcodeSuccess:
		return nil
	case dns.RcodeNXRrset, dns.RcodeYXRrset, dns.RcodeYXDomain, dns.RcodeNameError:
		there, known := p.standing(ctx, l, dns.CanonicalName(c.Identity), rtype)
		if known && lags(c, there) {
			return p.lagging(c, rcodeName(rcode))
		}
		return p.otherwise(c, rcodeName(rcode)+" from "+p.server, there, known)
	}
	return p.refused(fmt.Sprintf("updating %s %s", name, rtype), zone, rcode)
}

// otherwise explains a prerequisite that did not hold, by what stands in its way, and says who found so.
func (p *provider) otherwise(c planner.Change, finding string, there []dns.RR, known bool) error {
	name, rtype := display(c.Identity), changedType(c)
	var texts []string
	for _, rr := range there {
		text := dns.TypeToString[rr.Header().Rrtype] + " " + presentation(rr)
		if !strings.HasPrefix(text, rtype+" ") && c.Action == planner.Create {
			return fmt.Errorf(`%s holds %s, and a CNAME record stands alone at its name; nothing was changed (%s); declare that set with ensure = "absent" and let %s depend on it`,
				name, text, finding, c.Address)
		}
		texts = append(texts, text)
	}
	now := ""
	switch {
	case known && len(texts) == 0:
		now = ": now there is none"
	case known && !sensitive(c):
		now = ": now it holds " + strings.Join(texts, ", ")
	}
	return fmt.Errorf("%s %s was changed by somebody else after the plan was made%s; nothing was changed (%s); run plan again",
		name, rtype, now, finding)
}

// standing reads what is at a name and matters to a record set of the type.
func (p *provider) standing(ctx context.Context, l *line, name, rtype string) (there []dns.RR, known bool) {
	for _, other := range recordTypes() {
		if other != rtype && rtype != "CNAME" && other != "CNAME" {
			continue
		}
		set, err := p.ask(ctx, l, name, dns.StringToType[other])
		if err != nil {
			return nil, false
		}
		there = append(there, set...)
	}
	return there, true
}

// changedType is the record type that a change is about.
func changedType(c planner.Change) string {
	if rtype := typeOf(c.After); rtype != "" {
		return rtype
	}
	return typeOf(c.Before)
}
