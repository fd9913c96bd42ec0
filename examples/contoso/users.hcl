# Born in the cloud: enabled on the servers, still homed online.
user "pilot" {
  users                       = local.pilot
  hosting_provider_proxy_fqdn = hosting_provider.LyncOnline.proxy_fqdn
}

# And home they go.
user_homing "pilot" {
  users  = local.pilot
  target = local.pool

  wave {
    canary       = 5
    batch        = 100
    parallel     = 8
    max_failures = "2%"
    window       = "saturday-night"
  }

  depends_on = [user.pilot, dns_record["_sip._tls.contoso.com"]["SRV"]]
}
