access_edge {
  allow_outside_users      = true
  allow_federated_users    = true
  routing                  = "dns_srv"
  enable_partner_discovery = true
}

hosting_provider "LyncOnline" {
  proxy_fqdn                   = local.online
  enabled                      = true
  enabled_shared_address_space = true
  hosts_ocs_users              = true
  verification_level           = "UseSourceVerification"
  is_local                     = false
  autodiscover_url             = "https://webdir.online.lync.com/Autodiscover/AutodiscoverService.svc/root"
}

oauth_server "microsoft.sts" {
  metadata_url = "https://accounts.accesscontrol.windows.net/${var.tenant_id}/metadata/json/1"
}

partner_application "microsoft.exchange" {
  application_identifier  = "00000002-0000-0ff1-ce00-000000000000"
  application_trust_level = "Full"
  use_oauth_server        = true
  depends_on              = [oauth_server["microsoft.sts"]]
}
