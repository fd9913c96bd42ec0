package providers

import "context"

// A ZoneReader is implemented by providers of name servers, and reads zones with everything that is in them, whatever its type.
type ZoneReader interface {
	// Zones reads the zones that the provider block names, or, where it names none, those that some owner names are in. A zone
	// that cannot be read whole is an error, never a smaller zone.
	Zones(ctx context.Context, owners []string) ([]Zone, error)
}

// A Zone is a zone with everything that is in it.
type Zone struct {
	Name    string   // "contoso.com."
	Records []string // in the form of zone files (RFC 1035 section 5.1), names in full: "contoso.com. 3600 IN NS ns1.contoso.com."; sorted
	// Left names the types of records that stand there and are told of in no form that is known: "SOA", "WINS". By RFC 2136
	// there are none.
	Left []string
}
