# Outside, everything leads to the reverse proxy and the Access Edge.
dns_record "lyncdiscover.contoso.com" "A" {
  provider   = dns.external
  ttl        = 300
  values     = ["203.0.113.10"]
  depends_on = [user.pilot]
}

dns_record "_sip._tls.contoso.com" "SRV" {
  provider   = dns.external
  ttl        = 300
  values     = ["0 0 443 sip.contoso.com."]
  depends_on = [user.pilot]
}

dns_record "_sipfederationtls._tcp.contoso.com" "SRV" {
  provider   = dns.external
  ttl        = 300
  values     = ["0 0 5061 sip.contoso.com."]
  depends_on = [user.pilot]
}

# Inside, discovery leads straight to the Front End pool.
dns_record "internal-autodiscover" "A" {
  provider = dns.internal
  identity = "lyncdiscoverinternal.contoso.com"
  ttl      = 300
  values   = ["10.20.0.11", "10.20.0.12"]
}
