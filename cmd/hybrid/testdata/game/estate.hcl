hybrid {
  guard {
    max_deletes      = 100
    max_change_ratio = 1
  }
}

provider "skype" {
  hosts    = ["{{.Host}}"]
{{- if eq .Kind "endpoint"}}
  endpoint = "https://{{.Pool}}/OcsPowershell"
  auth     = "kerberos"
{{- end}}
  username = "svc-hybrid@CONTOSO.COM"
  password = env("HYBRID_SKYPE_PASSWORD")
}

provider "teams" {
  host                   = "{{.Mover}}"
  username               = "svc-hybrid"
  password               = env("HYBRID_SKYPE_PASSWORD")
  tenant_id              = "{{.Tenant}}"
  client_id              = "6f1c1f62-51a5-4c3a-9d4a-5f0f6c0a7b11"
  certificate_thumbprint = "0A1B2C3D4E5F60718293A4B5C6D7E8F901234567"
}

provider "entra" {
  tenant_id   = "{{.Tenant}}"
  client_id   = "6f1c1f62-51a5-4c3a-9d4a-5f0f6c0a7b11"
  certificate = secret_file("hybrid.pem")
}

provider "dns" "external" {
  type      = "rfc2136"
  server    = "{{.NameServer}}"
  resolvers = ["8.8.8.8"]
}

provider "dns" "internal" {
  type   = "rfc2136"
  view   = "internal"
  server = "{{.Controller}}"
}

access_edge {
  allow_outside_users      = true
  allow_federated_users    = true
  routing                  = "dns_srv"
  enable_partner_discovery = {{not .Closed}}
}

oauth_server "microsoft.sts" {
  metadata_url = "https://accounts.accesscontrol.windows.net/{{.Tenant}}/metadata/json/1"
}

{{if eq .Kind "exchange" -}}
partner_application "microsoft.exchange" {
  application_identifier  = "00000002-0000-0ff1-ce00-000000000000"
  application_trust_level = "Full"
  use_oauth_server        = true
  depends_on              = [oauth_server["microsoft.sts"]]
}
{{end}}
service_principal "00000004-0000-0ff1-ce00-000000000000" {
  names = [
{{- range .Domains}}
    "00000004-0000-0ff1-ce00-000000000000/pool01-web.{{.}}",
{{- end}}
{{- if ne .Web (print "pool01-web." (index .Domains 0))}}
    "00000004-0000-0ff1-ce00-000000000000/{{.Web}}",
{{- end}}
  ]

  key_credential {
    certificate = file("lync-oauth.cer")
  }
}
{{if eq .Phase "hybrid"}}
# The tenant is shared with another forest, which has this domain.
online_sip_domain "{{.Forest}}" {
  enabled = false
}
{{end}}
hosting_provider "{{.Provider}}" {
  proxy_fqdn                   = "sipfed.online.lync.com"
  enabled                      = true
  enabled_shared_address_space = true
  hosts_ocs_users              = true
  is_local                     = false
}

tenant_federation {
  shared_sip_address_space = true
  allow_federated_users    = true
{{- if .Closed}}
  allowed_domains = [{{range .Partners}}"{{.}}", {{end}}]
{{- end}}
}
{{if .Closed}}{{range .Partners}}
allowed_domain "{{.}}" {}
{{end}}{{end}}
{{- range .Domains}}
sip_domain "{{.}}" {
  phase = "{{$.Phase}}"
}

online_sip_domain "{{.}}" {
  enabled = true
}
{{if eq $.Phase "hybrid"}}
dns_record "sip.{{.}}" "A" {
  provider = dns.external
  values   = ["203.0.113.20"]
}

dns_record "lyncdiscover.{{.}}" "A" {
  provider = dns.external
  values   = ["203.0.113.30"]
}

dns_record "_sip._tls.{{.}}" "SRV" {
  provider = dns.external
  values   = ["0 0 443 sip.{{.}}."]
}

dns_record "_sipfederationtls._tcp.{{.}}" "SRV" {
  provider = dns.external
  values   = ["0 0 5061 sip.{{.}}."]
}

dns_record "inside sip.{{.}}" "A" {
  provider = dns.internal
  identity = "sip.{{.}}"
  values   = ["203.0.113.20"]
}

dns_record "inside federation of {{.}}" "SRV" {
  provider = dns.internal
  identity = "_sipfederationtls._tcp.{{.}}"
  values   = ["0 0 5061 sip.{{.}}."]
}

dns_record "lyncdiscoverinternal.{{.}}" "A" {
  provider = dns.internal
  values   = ["10.20.0.11"]
}
{{else}}
dns_record "sip.{{.}}" "A" {
  provider = dns.external
  ensure   = "absent"
}

dns_record "lyncdiscover.{{.}}" "A" {
  provider = dns.external
  ensure   = "absent"
}

dns_record "_sip._tls.{{.}}" "SRV" {
  provider = dns.external
  ensure   = "absent"
}

dns_record "_sipfederationtls._tcp.{{.}}" "SRV" {
  provider = dns.external
  values   = ["100 1 5061 sipfed.online.lync.com."]
}
{{end}}
dns_record "webconf.{{.}}" "A" {
  provider = dns.internal
  values   = ["203.0.113.21"]
}
{{end}}
user "staff" {
  users          = users_csv("staff.csv")
  registrar_pool = "{{.Pool}}"
}

user_homing "online" {
  users  = users_csv("online.csv")
  target = "sipfed.online.lync.com"
}
{{if .Servers}}
user_homing "servers" {
  users  = users_csv("servers.csv")
  target = "{{.Pool}}"
}
{{end -}}
