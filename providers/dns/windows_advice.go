package dns

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/miekg/dns"

	"hybrid/internal/powershell"
	"hybrid/planner"
	"hybrid/providers"
)

// The errors of Windows DNS that mean something here, by number: their texts are in the language of the server.
const (
	accessDenied       = 5
	zoneDoesNotExist   = 9601
	recordDoesNotExist = 9701
	cnameClash         = 9709
	recordExists       = 9711
	nameDoesNotExist   = 9714
)

// win32 is the number of an error that the DNS server gave a cmdlet, 0 where it is none: the FullyQualifiedErrorId is
// "WIN32 9714,Get-DnsServerResourceRecord".
func win32(err error) int {
	refused := (*powershell.CmdletError)(nil)
	if !errors.As(err, &refused) {
		return 0
	}
	rest, is := strings.CutPrefix(refused.Kind, "WIN32 ")
	number, _, _ := strings.Cut(rest, ",")
	n, parse := strconv.Atoi(number)
	if !is || parse != nil {
		return 0
	}
	return n
}

// advised adds to a refusal what helps against it.
func advised(err error) error {
	remedy := map[int]string{
		accessDenied:       "The account may not do this on the DNS server: put it into the group DnsAdmins, or give it rights on the zone.",
		zoneDoesNotExist:   "The DNS server has no such zone any more: run plan again.",
		recordDoesNotExist: "Somebody else has removed the record since the plan was made: run plan again.",
		nameDoesNotExist:   "Somebody else has removed what stood at the name since the plan was made: run plan again.",
		cnameClash:         "A CNAME record stands alone at its name: declare what else is there with ensure = \"absent\", and let this block depend on it.",
		recordExists:       "Somebody else has made the record, or one that cannot stand beside it, since the plan was made: run plan again.",
	}[win32(err)]
	if remedy == "" {
		return err
	}
	return &providers.AdvisedError{Err: fmt.Errorf("%w (error %d)", err, win32(err)), Remedy: remedy}
}

// Advise says where a change leaves the name without an answer between two of its calls.
func (p *windows) Advise(c planner.Change) []string {
	if c.Action != planner.Update && c.Action != planner.Replace {
		return nil
	}
	before, err := readSet(c.Identity, c.Before)
	after, wrong := readSet(c.Identity, c.After)
	if err != nil || wrong != nil || before.pending || after.pending {
		return nil
	}
	after.live(before)
	if !gap(len(before.records), steps(before, after)) {
		return nil
	}
	return []string{"between two calls there is no such record: whoever asks just then may remember that there is none, and if the second call fails it is missing until the next run"}
}

// gap says whether steps leave a set of so many records empty before the last of them.
func gap(records int, list []step) bool {
	for n, s := range list {
		if s.add {
			records++
		} else {
			records--
		}
		if records == 0 && n < len(list)-1 {
			return true
		}
	}
	return false
}

// explained says of an error what was being done, and what helps; nil stays nil.
func (p *windows) explained(doing string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s on %s: %w", doing, p.host, advised(err))
}

// standing parts what stands at a name into the set of a type and what keeps that type out, if anything: a CNAME record
// stands alone.
func standing(there []dns.RR, rtype string) (set []dns.RR, clash dns.RR) {
	for _, rr := range there {
		switch other := dns.TypeToString[rr.Header().Rrtype]; {
		case other == rtype:
			set = append(set, rr)
		case rtype == "CNAME" || other == "CNAME":
			clash = rr
		}
	}
	return set, clash
}

// sameSet compares two sets without regard to order, spelling and TTL.
func sameSet(a, b []dns.RR) bool {
	for _, rr := range a {
		if like(b, rr) == nil {
			return false
		}
	}
	for _, rr := range b {
		if like(a, rr) == nil {
			return false
		}
	}
	return true
}

func shown(rr dns.RR) string {
	return strings.TrimSpace(dns.TypeToString[rr.Header().Rrtype] + " " + presentation(rr))
}

func shownAll(set []dns.RR) string {
	var texts []string
	for _, rr := range set {
		texts = append(texts, shown(rr))
	}
	return strings.Join(texts, ", ")
}
