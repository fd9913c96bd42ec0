provider "skype" {
  hosts    = ["fe01.contoso.com", "fe02.contoso.com"]
  auth     = "basic"
  username = "svc-hybrid"
  password = env("HYBRID_SKYPE_PASSWORD")
}

provider "dns" "external" {
  type   = "rfc2136"
  server = "ns1.contoso.com"

  tsig {
    name      = "hybrid"
    algorithm = "hmac-sha256"
    secret    = env("HYBRID_TSIG")
  }
}

provider "dns" "internal" {
  type   = "rfc2136"
  server = "ns-internal.contoso.com"

  tsig {
    name      = "hybrid"
    algorithm = "hmac-sha256"
    secret    = env("HYBRID_TSIG_INTERNAL")
  }
}
