# The last users go online, and then DNS leads to the cloud: the SIP domain is in the phase teams_only. Before it was in
# hybrid. The order follows from the phase: moves, then DNS, whose old values are needed until everybody has moved.

hybrid {
  journal = "journal"

  guard {
    max_deletes      = 3 # record sets of the servers
    max_change_ratio = 1 # every record goes to the cloud
  }

  window "saturday-night" {
    days     = ["sat"]
    start    = "22:00"
    duration = "6h"
    timezone = "Europe/Berlin"
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

# Hybrid stays on until it is decommissioned.
sip_domain "contoso.com" {
  phase = "teams_only"
}

hosting_provider "LyncOnline" {
  proxy_fqdn                   = "sipfed.online.lync.com"
  enabled                      = true
  enabled_shared_address_space = true
  hosts_ocs_users              = true
  verification_level           = "UseSourceVerification"
}

tenant_federation {
  shared_sip_address_space = true
}

user_homing "last" {
  users  = csvdecode(file("users/last.csv"))
  target = hosting_provider.LyncOnline.proxy_fqdn

  wave {
    canary       = 2
    batch        = 10
    max_failures = 0
    window       = "saturday-night"
  }
}

# The one record that Teams needs.
dns_record "_sipfederationtls._tcp.contoso.com" "SRV" {
  provider = dns.external
  ttl      = 3600
  values   = ["100 1 5061 sipfed.online.lync.com."]
}

# What led clients to the servers.
dns_record "_sip._tls.contoso.com" "SRV" {
  provider = dns.external
  ensure   = "absent"
}

dns_record "lyncdiscover.contoso.com" "A" {
  provider = dns.external
  ensure   = "absent"
}

dns_record "sip.contoso.com" "A" {
  provider = dns.external
  ensure   = "absent"
}
