hybrid { journal = "journal" }

provider "skype" {
  hosts    = ["fe01.contoso.com"]
  username = "svc-hybrid"
  password = env("HYBRID_SKYPE_PASSWORD")
}

provider "teams" {
  host                   = "admin01.contoso.com"
  tenant_id              = "2925428c-a5e2-56fd-9428-066f43b9c2e7"
  client_id              = "6f1c1f62-51a5-4c3a-9d4a-5f0f6c0a7b11"
  certificate_thumbprint = "0123456789ABCDEF0123456789ABCDEF01234567"
}

provider "entra" {
  tenant_id   = "2925428c-a5e2-56fd-9428-066f43b9c2e7"
  client_id   = "6f1c1f62-51a5-4c3a-9d4a-5f0f6c0a7b11"
  certificate = secret_file("hybrid.pem")
}

provider "dns" "external" {
  type   = "rfc2136"
  server = "ns1.contoso.com"

  tsig {
    name   = "hybrid"
    secret = env("HYBRID_TSIG")
  }
}

service_principal "00000004-0000-0ff1-ce00-000000000000" {
  key_credential {
    certificate = file("lync-oauth.cer")
  }
}

access_edge {
  allow_federated_users    = true
  routing                  = "dns_srv"
  enable_partner_discovery = true
}

hosting_provider "LyncOnline" {
  proxy_fqdn                   = "sipfed.online.lync.com"
  enabled                      = true
  enabled_shared_address_space = true
  hosts_ocs_users              = true
}

tenant_federation {
  shared_sip_address_space = true
}

dns_record "sip.contoso.com" "A" {
  values = ["203.0.113.20"]
}

dns_record "_sip._tls.contoso.com" "SRV" {
  values = ["0 0 443 sip.contoso.com."]
}

user_homing "pilot" {
  users  = [for n in range(6) : { sip_address = "sip:user${n}@contoso.com" }]
  target = "pool01.contoso.com"

  wave {
    canary       = 2
    parallel     = 2
    max_failures = 1
  }
}
