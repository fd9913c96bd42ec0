# Server-to-server trust between the servers, the tenant's authorization server and Exchange. The procedure's script
# removes and makes again what differs; here the metadata URL is changed in place, so trust has no gap.

variable "tenant_id" {
  type        = string
  default     = "9d2f1f52-3f5c-4a0f-9a53-6f0b6c1e7d42"
  description = "The tenant's id, a GUID."

  validation {
    condition     = can(regex("^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", var.tenant_id))
    error_message = "A tenant id is a GUID in lower case."
  }
}

provider "skype" {
  hosts    = ["fe01.contoso.com"]
  auth     = "basic"
  username = "svc-hybrid"
  password = env("HYBRID_SKYPE_PASSWORD")
}

oauth_server "microsoft.sts" {
  metadata_url = "https://accounts.accesscontrol.windows.net/${var.tenant_id}/metadata/json/1"

  lifecycle {
    prevent_destroy = true
  }
}

partner_application "microsoft.exchange" {
  application_identifier  = "00000002-0000-0ff1-ce00-000000000000"
  application_trust_level = "Full"
  use_oauth_server        = true
  depends_on              = [oauth_server["microsoft.sts"]]
}

# On-premises Exchange publishes its own metadata, and its identifier with it.
partner_application "exchange-onprem" {
  application_trust_level = "Full"
  metadata_url            = "https://autodiscover.contoso.com/autodiscover/metadata/json/1"
}

# The name under which Exchange Online knows the servers.
oauth_configuration {
  service_name = "00000004-0000-0ff1-ce00-000000000000"
}
