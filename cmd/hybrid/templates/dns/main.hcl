# The external DNS records of a SIP domain, on a name server that takes dynamic updates (RFC 2136).

variable "sip_domain" {
  type    = string
  default = "contoso.com"
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

# The target of a SIP SRV record is a name in the record's own domain.
dns_record "sign-in" "SRV" {
  identity = "_sip._tls.${var.sip_domain}"
  ttl      = 300
  values   = ["0 0 443 sip.${var.sip_domain}."]
}

dns_record "federation" "SRV" {
  identity = "_sipfederationtls._tcp.${var.sip_domain}"
  ttl      = 300
  values   = ["0 0 5061 sip.${var.sip_domain}."]
}

dns_record "edge" "A" {
  identity = "sip.${var.sip_domain}"
  ttl      = 300
  values   = ["203.0.113.20"]
}
