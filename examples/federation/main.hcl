# Who the servers talk with: partners, public services, Microsoft 365 and Exchange Online, and who may use it.

provider "skype" {
  hosts    = ["fe01.contoso.com"]
  auth     = "basic"
  username = "svc-hybrid"
  password = env("HYBRID_SKYPE_PASSWORD")
}

sip_domain "contoso.com" {
  is_default = true
}

access_edge {
  allow_outside_users      = true
  allow_federated_users    = true
  routing                  = "dns_srv"
  enable_partner_discovery = true
}

locals {
  partners = {
    "fabrikam.com" = "supplier"
    "litware.com"  = "joint venture until 2027"
  }
}

allowed_domain "partner" {
  for_each = local.partners
  identity = each.key
  comment  = each.value
}

blocked_domain "tailspintoys.com" {
  comment = "unwanted calls"
}

# The servers come with this one, switched off. It stays off, and drift is put right.
public_provider "AOL" {
  proxy_fqdn = "sip.oscar.aol.com"
  enabled    = false
}

hosting_provider "LyncOnline" {
  proxy_fqdn                   = "sipfed.online.lync.com"
  enabled                      = true
  enabled_shared_address_space = true
  hosts_ocs_users              = true
  verification_level           = "UseSourceVerification"
  is_local                     = false
  autodiscover_url             = "https://webdir.online.lync.com/Autodiscover/AutodiscoverService.svc/root"
}

# Exchange Online hosts voice mail, and no SIP users. Name and proxy FQDN differ from the other's, as they must.
hosting_provider "ExchangeOnline" {
  proxy_fqdn                   = "exap.um.outlook.com"
  enabled                      = true
  enabled_shared_address_space = true
  hosts_ocs_users              = false
  verification_level           = "UseSourceVerification"
  is_local                     = false
}

hosted_voicemail_policy "Global" {
  destination  = hosting_provider.ExchangeOnline.proxy_fqdn
  organization = ["contoso.onmicrosoft.com"]
}

external_access_policy "Global" {
  enable_federation_access = true
  enable_outside_access    = true
}

external_access_policy "Contractors" {
  description              = "Inside only."
  enable_federation_access = false
  enable_outside_access    = false
}
