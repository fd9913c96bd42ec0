provider "skype" {
  hosts    = ["fe01.contoso.com", "fe02.contoso.com"]
  username = "svc-hybrid"
  password = env("HYBRID_SKYPE_PASSWORD")
}

provider "teams" {
  host                   = "admin01.contoso.com"
  username               = "svc-hybrid"
  password               = env("HYBRID_ADMIN_PASSWORD")
  tenant_id              = data.tenant.contoso.id
  client_id              = "6f1c1f62-51a5-4c3a-9d4a-5f0f6c0a7b11"
  certificate_thumbprint = "0A1B2C3D4E5F60718293A4B5C6D7E8F901234567"
}

provider "directory" {
  sync_host = "sync01.contoso.com"
  username  = "svc-hybrid"
  password  = env("HYBRID_SYNC_PASSWORD")
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

provider "entra" {
  tenant_id   = data.tenant.contoso.id
  client_id   = "6f1c1f62-51a5-4c3a-9d4a-5f0f6c0a7b11"
  certificate = secret_file("hybrid.pem")
}

data "tenant" "contoso" {
  domain = "contoso.com"
}

data "forest" "contoso" {
  domain = "contoso.com"
}

# Who is homed online and has a licence for it.
data "online_users" "ready" {
  filter = "AssignedPlan -eq 'MCOProfessional'"
}

data "service_principal" "skype" {
  application_id = "00000004-0000-0ff1-ce00-000000000000"
}

sip_domain "contoso.com" {
  phase = "hybrid"
}

access_edge {
  allow_outside_users      = true
  allow_federated_users    = true
  routing                  = "dns_srv"
  enable_partner_discovery = true
}

allowed_domain "fabrikam.com" {
  comment = "supplier"
}

blocked_domain "tailspintoys.com" {
  comment = "unwanted calls"
}

hosting_provider "LyncOnline" {
  proxy_fqdn                   = "sipfed.online.lync.com"
  enabled                      = true
  enabled_shared_address_space = true
  hosts_ocs_users              = true
  verification_level           = "UseSourceVerification"
}

# The servers come with this one. It is to stay off.
public_provider "AOL" {
  proxy_fqdn = "sip.oscar.aol.com"
  enabled    = false
}

oauth_server "microsoft.sts" {
  metadata_url = "https://accounts.accesscontrol.windows.net/${data.tenant.contoso.id}/metadata/json/1"
}

partner_application "microsoft.exchange" {
  application_identifier  = "00000002-0000-0ff1-ce00-000000000000"
  application_trust_level = "Full"
  use_oauth_server        = true
  depends_on              = [oauth_server["microsoft.sts"]]
}

oauth_configuration {
  service_name = "00000004-0000-0ff1-ce00-000000000000"
}

external_access_policy "Global" {
  enable_federation_access = true
  enable_outside_access    = true
}

hosted_voicemail_policy "Global" {
  destination  = "exap.um.outlook.com"
  organization = ["contoso.onmicrosoft.com"]
}

# Left behind by somebody who has gone to the cloud.
hybrid_application_endpoint "reception" {
  ensure = "absent"
}

# Users who live online become known to the servers, and stay where they are.
user "pilot" {
  users                       = [{ sip_address = "sip:ada@contoso.com" }, { sip_address = "sip:alan@contoso.com" }]
  hosting_provider_proxy_fqdn = hosting_provider.LyncOnline.proxy_fqdn
}

directory_sync "entra" {
  depends_on = [user.pilot]
}

user_homing "pilot" {
  users  = [{ sip_address = "sip:ada@contoso.com" }, { sip_address = "sip:alan@contoso.com" }]
  target = "pool01.contoso.com"

  wave {
    canary       = 1
    batch        = 50
    parallel     = 4
    max_failures = "2%"
  }
}

tenant_federation {
  shared_sip_address_space = true
}

online_sip_domain "contoso.com" {
  enabled = true
}

dns_record "_sip._tls.contoso.com" "SRV" {
  provider = dns.external
  ttl      = 3600
  values   = ["0 0 443 sip.contoso.com."]
}

# Names that are there already stay.
service_principal "00000004-0000-0ff1-ce00-000000000000" {
  names = ["00000004-0000-0ff1-ce00-000000000000/lync.contoso.com"]
}
