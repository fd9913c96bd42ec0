# One SIP domain, two views of it: what the world sees leads to the edge, what the office sees leads to the pool.

variable "sip_domains" {
  type        = set(string)
  default     = ["contoso.com", "fabrikam.com"]
  description = "Every SIP domain needs a set of records of its own."
}

variable "edge_address" {
  type    = string
  default = "203.0.113.20"
}

variable "pool_addresses" {
  type    = set(string)
  default = ["10.20.0.11", "10.20.0.12"]
}

provider "dns" "external" {
  type   = "rfc2136"
  server = "ns1.contoso.com"

  tsig {
    name      = "hybrid"
    algorithm = "hmac-sha256"
    secret    = env("HYBRID_TSIG")
  }
}

# Inside, the zones are in Active Directory: the cmdlets of Windows DNS run on a domain controller.
provider "dns" "internal" {
  type     = "windows"
  host     = "dc01.contoso.com"
  username = "svc-hybrid"
  password = env("HYBRID_DNS_PASSWORD")
}

dns_record "edge" "A" {
  for_each = var.sip_domains
  provider = dns.external
  identity = "sip.${each.key}"
  ttl      = 3600
  values   = [var.edge_address]
}

# The target stands in the domain of the record: clients refuse any other.
dns_record "sign-in" "SRV" {
  for_each   = var.sip_domains
  provider   = dns.external
  identity   = "_sip._tls.${each.key}"
  ttl        = 3600
  values     = ["0 0 443 sip.${each.key}."]
  depends_on = [dns_record.edge["A"]]
}

dns_record "federation" "SRV" {
  for_each   = var.sip_domains
  provider   = dns.external
  identity   = "_sipfederationtls._tcp.${each.key}"
  ttl        = 3600
  values     = ["0 0 5061 sip.${each.key}."]
  depends_on = [dns_record.edge["A"]]
}

dns_record "discover-outside" "CNAME" {
  for_each = var.sip_domains
  provider = dns.external
  identity = "lyncdiscover.${each.key}"
  ttl      = 3600
  values   = ["reverseproxy.${each.key}."]
}

dns_record "discover-inside" "A" {
  for_each = var.sip_domains
  provider = dns.internal
  identity = "lyncdiscoverinternal.${each.key}"
  ttl      = 300
  values   = var.pool_addresses
}

# Left over from Lync 2010 phones.
dns_record "phones" "A" {
  for_each = var.sip_domains
  provider = dns.internal
  identity = "ucupdates-r2.${each.key}"
  ensure   = "absent"
}
