# Users who were born in the cloud come home: enabled on the servers, then moved, the first one on probation.

provider "skype" {
  hosts    = ["fe01.contoso.com"]
  auth     = "basic"
  username = "svc-hybrid"
  password = env("HYBRID_SKYPE_PASSWORD")
}

hosting_provider "LyncOnline" {
  proxy_fqdn                   = "sipfed.online.lync.com"
  enabled                      = true
  enabled_shared_address_space = true
  hosts_ocs_users              = true
  verification_level           = "UseSourceVerification"
}

locals {
  everyone = csvdecode(file("users/pilot.csv")) # sip_address, and identity where it is not the same
}

user "pilot" {
  users                       = local.everyone
  hosting_provider_proxy_fqdn = hosting_provider.LyncOnline.proxy_fqdn
}

user_homing "pilot" {
  users  = local.everyone
  target = "pool01.contoso.com"

  wave {
    canary       = 1 # this one first; the others when the estate shows that it has moved
    batch        = 50
    parallel     = 4
    max_failures = 0
  }

  depends_on = [user.pilot]
}
