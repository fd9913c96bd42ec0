# Hybrid Modern Authentication: clients of the servers sign in with Microsoft Entra ID. Three things, in this order of
# themselves: the tenant learns the addresses of the pools, the servers learn whom tokens come from, and only then clients
# are sent there. Until the last one nothing changes for anybody.
#
# Exchange must be prepared for it as well before it is switched on here. Skype for Business Server 2015 CU5 and later.

variable "web_services" {
  type        = set(string)
  default     = ["https://lyncwebint01.contoso.com/", "https://lyncwebext01.contoso.com/"]
  description = "The internal and external web services addresses of every pool, Director pools among them."

  validation {
    condition     = alltrue([for url in var.web_services : startswith(url, "https://") && endswith(url, "/")])
    error_message = "An address begins with https:// and ends with a slash."
  }
}

data "tenant" "contoso" {
  domain = "contoso.com"
}

provider "skype" {
  hosts    = ["fe01.contoso.com"]
  auth     = "basic"
  username = "svc-hybrid"
  password = env("HYBRID_SKYPE_PASSWORD")
}

provider "entra" {
  tenant_id   = data.tenant.contoso.id
  client_id   = "6f1c1f62-51a5-4c3a-9d4a-5f0f6c0a7b11"
  certificate = secret_file("hybrid.pem")
}

# Tokens are asked for under these addresses. Names that are there already stay.
service_principal "00000004-0000-0ff1-ce00-000000000000" {
  names = var.web_services
}

# The address is the one that Microsoft's procedure gives for Microsoft 365 worldwide. For national clouds it gives none:
# there the same path on the cloud's own login host is an inference, to be tried on a pool of its own first.
oauth_server "evoSTS" {
  metadata_url                           = "https://login.windows.net/common/FederationMetadata/2007-06/FederationMetadata.xml"
  type                                   = "AzureAD"
  accept_security_identifier_information = true
}

# This switches it on. To switch it off again: client_authorization_oauth_server_identity = ""
oauth_configuration {
  client_authorization_oauth_server_identity = oauth_server.evoSTS.identity
}
