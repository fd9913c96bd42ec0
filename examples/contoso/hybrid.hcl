# Contoso brings its Lync Online users home: trust first, then the users, DNS, and the moves.

hybrid {
  required_version = ">= 0.1"
  journal          = "journal"

  guard {
    max_moves = 500
  }

  window "saturday-night" {
    days     = ["sat"]
    start    = "22:00"
    duration = "6h"
    timezone = "Europe/Berlin"
  }
}

variable "sip_domain" {
  type        = string
  default     = "contoso.com"
  description = "The SIP domain shared between the servers and the tenant."

  validation {
    condition     = length(regexall("^[a-z0-9.-]+$", var.sip_domain)) > 0
    error_message = "A SIP domain is a lower-case DNS name."
  }
}

variable "tenant_id" {
  type        = string
  default     = "9d2f1f52-3f5c-4a0f-9a53-6f0b6c1e7d42"
  description = "The tenant's id, a GUID: https://login.microsoftonline.com/contoso.com/v2.0/.well-known/openid-configuration shows it."
}

locals {
  online = "sipfed.online.lync.com"
  pool   = "pool01.${var.sip_domain}"
  pilot  = csvdecode(file("users/pilot.csv"))
}
