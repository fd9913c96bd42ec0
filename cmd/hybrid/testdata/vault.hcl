variable "of_environment" {
  sensitive = true
}

variable "of_flag" {
  sensitive = true
}

variable "of_file" {
  sensitive = true
}

variable "migration" {
  sensitive = true
}

variable "of_default" {
  sensitive = true
  default   = "@default@"
}

provider "skype" {
  hosts             = ["fe01.contoso.com"]
  username          = "svc-hybrid"
  password          = env("HYBRID_TEST_SKYPE")
  endpoint          = "https://pool01.contoso.com/OcsPowershell"
  endpoint_username = "svc-hybrid"
  endpoint_password = "@endpoint@"
}

provider "teams" {
  host     = "admin01.contoso.com"
  username = "svc-hybrid"
  password = secret_file("teams.password")

  tenant_id              = "9d2f1f52-3f5c-4a0f-9a53-6f0b6c1e7d42"
  client_id              = "6f1c1f62-51a5-4c3a-9d4a-5f0f6c0a7b11"
  certificate_thumbprint = "0123456789ABCDEF0123456789ABCDEF01234567"
}

provider "dns" "external" {
  type   = "rfc2136"
  server = "192.0.2.53"

  tsig {
    name   = "hybrid"
    secret = env("HYBRID_TEST_TSIG")
  }
}

provider "dns" "internal" {
  type     = "windows"
  host     = "dc01.contoso.com"
  username = "svc-hybrid"
  password = env("HYBRID_TEST_DNS_HOST")
}

provider "directory" {
  sync_host = "sync01.contoso.com"
  username  = "svc-hybrid"
  password  = env("HYBRID_TEST_DIRECTORY")
}

provider "entra" {
  tenant_id   = "9d2f1f52-3f5c-4a0f-9a53-6f0b6c1e7d42"
  client_id   = "6f1c1f62-51a5-4c3a-9d4a-5f0f6c0a7b11"
  certificate = secret_file("entra.pem")
}

service_principal "00000004-0000-0ff1-ce00-000000000000" {
  names = ["https://lync.contoso.com/", "https://${substr(var.of_file, 8, 16)}.contoso.com/"]
}

directory_sync "now" {
  depends_on = [user.all]
}

allowed_domain "fabrikam.com" {
  comment = "agreed: ${var.of_environment}"
}

allowed_domain "adatum.com" {
  comment = sensitive("@call@")
}

allowed_domain "plain.example" {
  comment = "nothing secret"
}

policy "told" {
  severity      = "warning"
  condition     = plan.count.total == 0
  error_message = join(", ", [for c in plan.changes : "${c.address} ${c.source} ${c.identity}"])
}

blocked_domain "tailspintoys.com" {
  comment = "${var.of_flag} and ${var.of_file} and ${upper(var.of_default)} and ${base64encode(var.of_default)}"
}

locals {
  partners = {
    "woodgrove.com" = var.of_default
    "wingtip.com"   = "${jsonencode({ a = var.of_flag })} ${urlencode(var.of_file)}"
  }
}

allowed_domain "each" {
  for_each = local.partners
  identity = each.key
  comment  = each.value
}

oauth_server "evoSTS" {
  metadata_url = "https://login.contoso.com/${sha256(var.of_file)}"
  type         = var.of_environment
}

oauth_configuration {
  realm = var.of_environment
}

external_access_policy "Global" {
  description = "${replace(var.of_flag, "x", "y")}"
}

dns_record "secret.contoso.com" "TXT" {
  provider = dns.external
  values   = ["key=${substr(var.of_file, 8, 16)}"]
}

dns_record "inner.contoso.com" "TXT" {
  provider = dns.internal
  values   = ["key=${substr(var.of_flag, 8, 16)}"]
}

user "all" {
  provider       = skype
  users          = users_csv("users.csv")
  registrar_pool = "pool01.contoso.com"
}

user_homing "pilot" {
  users  = users_csv("users.csv")
  target = "sipfed.online.lync.com"

  credential {
    username = "admin@contoso.onmicrosoft.com"
    password = var.migration
  }
}

hosting_provider "LyncOnline" {
  proxy_fqdn                   = "sipfed.online.lync.com"
  enabled                      = true
  enabled_shared_address_space = true
  hosts_ocs_users              = true
  verification_level           = "UseSourceVerification"
}

access_edge {
  routing                  = "dns_srv"
  allow_outside_users      = true
  allow_federated_users    = true
  enable_partner_discovery = true
}

tenant_federation {
  shared_sip_address_space = true
  blocked_domains          = ["tailspintoys.com"]
}
