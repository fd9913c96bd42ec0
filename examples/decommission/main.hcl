# Everybody is online and DNS leads to the cloud: hybrid is switched off. The order follows from the phase: records of the
# servers, then the shared address space, then the hosting provider. While anybody is homed on the servers it is refused.

hybrid {
  journal = "journal"

  guard {
    max_deletes = 4 # record sets of the servers
  }
}

provider "skype" {
  hosts    = ["fe01.contoso.com", "fe02.contoso.com"]
  username = "svc-hybrid"
  password = env("HYBRID_SKYPE_PASSWORD")
}

provider "teams" {
  host                   = "admin01.contoso.com"
  username               = "svc-hybrid"
  password               = env("HYBRID_ADMIN_PASSWORD")
  tenant_id              = "9d2f1f52-3f5c-4a0f-9a53-6f0b6c1e7d42"
  client_id              = "6f1c1f62-51a5-4c3a-9d4a-5f0f6c0a7b11"
  certificate_thumbprint = "0A1B2C3D4E5F60718293A4B5C6D7E8F901234567"
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

provider "dns" "internal" {
  type   = "rfc2136"
  server = "ns-internal.contoso.com"

  tsig {
    name      = "hybrid"
    algorithm = "hmac-sha256"
    secret    = env("HYBRID_TSIG_INTERNAL")
  }
}

sip_domain "contoso.com" {
  phase = "decommissioned"
}

hosting_provider "LyncOnline" {
  proxy_fqdn                   = "sipfed.online.lync.com"
  enabled                      = false
  enabled_shared_address_space = false
  hosts_ocs_users              = true
}

tenant_federation {
  shared_sip_address_space = false
}

dns_record "_sipfederationtls._tcp.contoso.com" "SRV" {
  provider = dns.external
  ttl      = 3600
  values   = ["100 1 5061 sipfed.online.lync.com."]
}

dns_record "meetings" "A" {
  for_each = toset(["meet.contoso.com", "dialin.contoso.com"])
  provider = dns.external
  identity = each.key
  ensure   = "absent"
}

dns_record "lyncdiscoverinternal.contoso.com" "A" {
  provider = dns.internal
  ensure   = "absent"
}

dns_record "_sipinternaltls._tcp.contoso.com" "SRV" {
  provider = dns.internal
  ensure   = "absent"
}
