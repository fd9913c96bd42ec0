# A whole Saturday night: users move to Microsoft 365 site by site, within six hours. Rehearsed in the lab before.

hybrid {
  journal = "journal"

  guard {
    max_moves = 12000
  }

  window "saturday-night" {
    days     = ["sat"]
    start    = "22:00"
    duration = "6h"
    timezone = "Europe/Berlin"
  }
}

provider "skype" {
  hosts    = ["fe01.contoso.com", "fe02.contoso.com", "fe03.contoso.com"]
  auth     = "basic"
  username = "svc-hybrid"
  password = env("HYBRID_SKYPE_PASSWORD")
  sessions = 12
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

user_homing "site" {
  for_each = toset(["Berlin", "Hamburg", "Munich"])
  users    = users_csv("users.csv", { site = each.key })
  target   = hosting_provider.LyncOnline.proxy_fqdn

  wave {
    canary       = 5
    batch        = 500
    parallel     = 12
    max_failures = "5%"
    window       = "saturday-night"
  }
}
