# The estate as it is before: what the other file creates is not there yet, what it changes and deletes is.
sip_domain "contoso.com" {}
sip_domain "northwind.com" {}
access_edge {
  routing               = "dns_srv"
  allow_federated_users = true
}
allowed_domain "fabrikam.com" {
  comment = "partner"
}
allowed_domain "litware.com" {
  comment            = "partner"
  verification_level = "AlwaysVerifiable"
}
blocked_domain "wingtip.com" {
  comment = "spam"
}
blocked_domain "tailspin.com" {
  comment = "spam"
}
hosting_provider "LyncOnline" {
  proxy_fqdn                   = "sipfed.online.lync.com"
  enabled                      = true
  enabled_shared_address_space = true
  hosts_ocs_users              = true
  verification_level           = "UseSourceVerification"
}
hosting_provider "Mail" {
  proxy_fqdn                   = "exap.um.outlook.com"
  enabled                      = true
  enabled_shared_address_space = true
  hosts_ocs_users              = false
}
hosting_provider "Old" {
  proxy_fqdn                   = "sip.old.example"
  enabled                      = true
  enabled_shared_address_space = false
  hosts_ocs_users              = false
}
public_provider "Chat" {
  proxy_fqdn = "sip.chat.example"
  enabled    = true
}
public_provider "Talk" {
  proxy_fqdn = "sip.talk.example"
  enabled    = true
}
public_provider "Gone" {
  proxy_fqdn         = "sip.gone.example"
  enabled            = false
  verification_level = "AlwaysUnverifiable"
}
oauth_server "sts" {
  metadata_url = "https://accounts.accesscontrol.windows.net/a/metadata/json/1"
}
oauth_server "adfs" {
  metadata_url = "https://adfs.contoso.com/metadata/json/1"
  realm        = "contoso.com"
}
oauth_server "old" {
  metadata_url                           = "https://old.contoso.com/metadata/json/1"
  accept_security_identifier_information = true
}
partner_application "exchange" {
  application_identifier  = "00000002-0000-0ff1-ce00-000000000000"
  application_trust_level = "Full"
  use_oauth_server        = true
}
partner_application "portal" {
  application_identifier  = "0000000a-0000-0ff1-ce00-000000000000"
  application_trust_level = "Application"
  use_oauth_server        = true
  realm                   = "contoso.com"
}
partner_application "share" {
  application_trust_level = "User"
  metadata_url            = "https://share.contoso.com/metadata/json/1"
  enabled                 = false
}
oauth_configuration {
  realm                                 = "contoso.com"
  exchange_autodiscover_allowed_domains = ["*.contoso.com"]
}
external_access_policy "Staff" {
  enable_federation_access = true
  description              = "staff"
}
external_access_policy "Old" {
  enable_outside_access = true
  description           = "it's old"
}
hosted_voicemail_policy "Staff" {
  destination  = "exap.um.outlook.com"
  organization = ["contoso.onmicrosoft.com"]
  depends_on   = [hosting_provider.Mail]
}
hosted_voicemail_policy "Old" {
  description = "old"
}
hybrid_application_endpoint "sip:reception@contoso.com" {
  application_id = "auto_attendant"
  ou             = "OU=Voice,DC=contoso,DC=com"
  display_name   = "Reception"
  line_uri       = "tel:+14255550100"
}
hybrid_application_endpoint "sip:queue@contoso.com" {
  application_id = "call_queue"
  ou             = "OU=Voice,DC=contoso,DC=com"
  display_name   = "Queue"
}
hybrid_application_endpoint "sip:sales@contoso.com" {
  application_id = "call_queue"
  ou             = "OU=Voice,DC=contoso,DC=com"
  display_name   = "Sales"
}
tenant_federation {
  allow_federated_users = true
  allowed_domains       = ["fabrikam.com"]
}
online_sip_domain "contoso.com" {
  enabled = true
}
service_principal "00000004-0000-0ff1-ce00-000000000000" {
  names = ["00000004-0000-0ff1-ce00-000000000000/lync.contoso.com"]
}
dns_record "sip.contoso.com" "A" {
  provider = dns.external
  ttl      = 600
  values   = ["203.0.113.10"]
}
dns_record "old.contoso.com" "TXT" {
  provider = dns.external
  values   = ["it's old"]
}
dns_record "pool.contoso.com" "A" {
  provider = dns.internal
  ttl      = 600
  values   = ["10.20.0.11", "10.20.0.12"]
}
dns_record "meet.contoso.com" "CNAME" {
  provider = dns.internal
  values   = ["pool.contoso.com."]
}
user "staff" {
  users          = [{ sip_address = "sip:ada@contoso.com", line_uri = "tel:+14255550111" }, { sip_address = "sip:ben@contoso.com" }]
  registrar_pool = "pool01.contoso.com"
  enabled        = true
}
user_homing "online" {
  users      = [{ sip_address = "sip:carl@contoso.com" }]
  target     = "pool01.contoso.com"
  depends_on = [user.guests]
}
user "guests" {
  users          = [{ sip_address = "sip:carl@contoso.com" }]
  registrar_pool = "pool01.contoso.com"
}
