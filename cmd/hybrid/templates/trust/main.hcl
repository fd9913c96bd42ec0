# Federation and the hosting provider for Microsoft's side: the first step of every hybrid deployment.

provider "skype" {
  hosts    = ["fe01.contoso.com"] # a Front End, or any server with the management tools
  auth     = "basic"
  username = "svc-hybrid"
  password = env("HYBRID_SKYPE_PASSWORD") # a secret never stands in a file
}

# The Access Edge must discover partners through DNS: no hosting provider works with a default route.
access_edge {
  allow_outside_users      = true
  allow_federated_users    = true
  routing                  = "dns_srv"
  enable_partner_discovery = true
}

# Names are the parameters of New-CsHostingProvider in snake case. What you leave out is left alone.
hosting_provider "LyncOnline" {
  proxy_fqdn                   = "sipfed.online.lync.com"
  enabled                      = true
  enabled_shared_address_space = true
  hosts_ocs_users              = true
  verification_level           = "UseSourceVerification"
  is_local                     = false
  autodiscover_url             = "https://webdir.online.lync.com/Autodiscover/AutodiscoverService.svc/root"
}
