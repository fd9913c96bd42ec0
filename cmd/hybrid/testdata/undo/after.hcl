# What is done and undone: something of every kind is created, changed, replaced, deleted or moved, wherever that can be.
sip_domain "contoso.com" {}
sip_domain "northwind.com" {
  ensure = "absent"
}
sip_domain "adatum.com" {}
access_edge {
  routing                             = "dns_srv"
  enable_partner_discovery            = true
  allow_federated_users               = false
  max_contacts_per_discovered_partner = 500
}
allowed_domain "fabrikam.com" {
  comment    = "it's a partner"
  proxy_fqdn = "sip.fabrikam.com"
}
allowed_domain "litware.com" {
  ensure = "absent"
}
allowed_domain "adatum.com" {
  comment = "new"
}
blocked_domain "wingtip.com" {
  comment = "still"
}
blocked_domain "tailspin.com" {
  ensure = "absent"
}
blocked_domain "worse.example" {}
hosting_provider "LyncOnline" {
  proxy_fqdn                   = "sipfed.online.lync.com"
  enabled                      = false
  enabled_shared_address_space = true
  hosts_ocs_users              = true
  autodiscover_url             = "https://webdir.online.lync.com/Autodiscover/AutodiscoverService.svc/root"
}
hosting_provider "Mail" {
  proxy_fqdn                   = "mail.contoso.com"
  enabled                      = true
  enabled_shared_address_space = true
  hosts_ocs_users              = false
}
hosting_provider "Old" {
  ensure = "absent"
}
hosting_provider "New" {
  proxy_fqdn                   = "sip.new.example"
  enabled                      = true
  enabled_shared_address_space = false
  hosts_ocs_users              = false
}
public_provider "Chat" {
  proxy_fqdn         = "sip.chat.example"
  enabled            = false
  verification_level = "AlwaysUnverifiable"
}
public_provider "Talk" {
  proxy_fqdn = "sip2.talk.example"
  enabled    = true
}
public_provider "Gone" {
  ensure = "absent"
}
public_provider "Newer" {
  proxy_fqdn = "sip.newer.example"
  enabled    = true
}
oauth_server "sts" {
  metadata_url = "https://accounts.accesscontrol.windows.net/b/metadata/json/1"
}
oauth_server "adfs" {
  metadata_url = "https://adfs.contoso.com/metadata/json/1"
  realm        = "fabrikam.com"
}
oauth_server "old" {
  ensure = "absent"
}
oauth_server "new" {
  metadata_url = "https://new.contoso.com/metadata/json/1"
}
partner_application "exchange" {
  application_trust_level = "User"
  metadata_url            = "https://exchange.contoso.com/metadata/json/1"
}
partner_application "portal" {
  application_identifier  = "0000000a-0000-0ff1-ce00-000000000000"
  application_trust_level = "Application"
  use_oauth_server        = true
  realm                   = "fabrikam.com"
}
partner_application "share" {
  ensure = "absent"
}
partner_application "new" {
  application_identifier  = "0000000b-0000-0ff1-ce00-000000000000"
  application_trust_level = "Full"
  use_oauth_server        = true
}
oauth_configuration {
  service_name                          = "00000004-0000-0ff1-ce00-000000000000"
  exchange_autodiscover_url             = "https://autodiscover-s.outlook.com/autodiscover/autodiscover.svc"
  exchange_autodiscover_allowed_domains = ["*.contoso.com", "*.fabrikam.com"]
}
external_access_policy "Staff" {
  enable_federation_access = false
  description              = ""
}
external_access_policy "Old" {
  ensure = "absent"
}
external_access_policy "New" {}
hosted_voicemail_policy "Staff" {
  organization = ["contoso.com", "fabrikam.com"]
}
hosted_voicemail_policy "Old" {
  ensure = "absent"
}
hosted_voicemail_policy "New" {}
hybrid_application_endpoint "sip:reception@contoso.com" {
  application_id = "auto_attendant"
  ou             = "OU=Voice,DC=contoso,DC=com"
  display_name   = "Front desk"
  line_uri       = "tel:+14255550101"
}
hybrid_application_endpoint "sip:queue@contoso.com" {
  ensure = "absent"
}
hybrid_application_endpoint "sip:sales@contoso.com" {
  application_id = "auto_attendant"
  ou             = "OU=Voice,DC=contoso,DC=com"
  display_name   = "Sales"
}
hybrid_application_endpoint "sip:support@contoso.com" {
  application_id = "call_queue"
  ou             = "OU=Voice,DC=contoso,DC=com"
  display_name   = "Support"
}
tenant_federation {
  allow_federated_users = false
  allowed_domains       = ["all"]
  blocked_domains       = ["worse.example"]
}
online_sip_domain "contoso.com" {
  enabled = false
}
service_principal "00000004-0000-0ff1-ce00-000000000000" {
  account_enabled = false
  names           = ["00000004-0000-0ff1-ce00-000000000000/lync2.contoso.com"]
}
dns_record "sip.contoso.com" "A" {
  provider = dns.external
  ttl      = 300
  values   = ["203.0.113.11", "203.0.113.12"]
}
dns_record "old.contoso.com" "TXT" {
  provider = dns.external
  ensure   = "absent"
}
dns_record "new.contoso.com" "CNAME" {
  provider = dns.external
  values   = ["sip.contoso.com."]
}
dns_record "pool.contoso.com" "A" {
  provider = dns.internal
  ttl      = 300
  values   = ["10.20.0.12", "10.20.0.13"]
}
dns_record "meet.contoso.com" "CNAME" {
  provider = dns.internal
  ensure   = "absent"
}
dns_record "new.contoso.com" "TXT" {
  provider = dns.internal
  values   = ["new"]
}
user "staff" {
  users          = [{ sip_address = "sip:ada@contoso.com", line_uri = "tel:+14255550112" }, { sip_address = "sip:ben@contoso.com" }, { sip_address = "sip:dora@contoso.com" }]
  registrar_pool = "pool01.contoso.com"
  enabled        = false
}
user_homing "online" {
  users  = [{ sip_address = "sip:carl@contoso.com" }]
  target = "pool02.contoso.com"
}
