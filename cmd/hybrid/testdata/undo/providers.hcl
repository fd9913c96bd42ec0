hybrid {
  guard {
    max_deletes      = 1000
    max_change_ratio = 1
  }
}

provider "skype" {
  hosts    = ["fe01.contoso.com"]
  username = "svc-hybrid"
  password = env("HYBRID_SKYPE_PASSWORD")
}

provider "teams" {
  host                   = "admin01.contoso.com"
  username               = "svc-hybrid"
  password               = env("HYBRID_ADMIN_PASSWORD")
  tenant_id              = "9d2a6c1e-0b7f-4d53-8e11-5a4c3b2d1e0f"
  client_id              = "6f1c1f62-51a5-4c3a-9d4a-5f0f6c0a7b11"
  certificate_thumbprint = "0a1b2c3d4e5f60718293a4b5c6d7e8f901234567"
}

provider "entra" {
  tenant_id   = "9d2a6c1e-0b7f-4d53-8e11-5a4c3b2d1e0f"
  client_id   = "6f1c1f62-51a5-4c3a-9d4a-5f0f6c0a7b11"
  certificate = secret_file("hybrid.pem")
}

provider "dns" "external" {
  type   = "rfc2136"
  server = "ns1.contoso.com"
  tsig {
    name   = "hybrid"
    secret = env("HYBRID_TSIG")
  }
}

provider "dns" "internal" {
  type     = "windows"
  host     = "dc01.contoso.com"
  username = "svc-hybrid"
  password = env("HYBRID_DNS_PASSWORD")
}
