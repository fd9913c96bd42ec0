# Connecting a deployment to its tenant: federation at the edge, the tenant as a hosting provider, and the tenant sharing
# its SIP address space. After that users can be moved.

variable "tenant_id" {
  type        = string
  default     = "9d2f1f52-3f5c-4a0f-9a53-6f0b6c1e7d42"
  description = "The tenant's id, a GUID."
}

provider "skype" {
  hosts    = ["fe01.contoso.com"]
  username = "svc-hybrid"
  password = env("HYBRID_SKYPE_PASSWORD")
}

# A host with the PowerShell module MicrosoftTeams and the application's certificate in its store. The private key stays
# there; the thumbprint is all that is sent.
provider "teams" {
  host                   = "admin01.contoso.com"
  username               = "svc-hybrid"
  password               = env("HYBRID_ADMIN_PASSWORD")
  tenant_id              = var.tenant_id
  client_id              = "6f1c1f62-51a5-4c3a-9d4a-5f0f6c0a7b11"
  certificate_thumbprint = "0A1B2C3D4E5F60718293A4B5C6D7E8F901234567"
}

access_edge {
  allow_outside_users      = true
  allow_federated_users    = true
  routing                  = "dns_srv"
  enable_partner_discovery = true
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

tenant_federation {
  shared_sip_address_space = true
  allow_federated_users    = true
  allowed_domains          = "all"
  blocked_domains          = ["tailspintoys.com"]
}

online_sip_domain "contoso.com" {
  enabled = true
}
