package lab

import "testing"

func TestADomainIsAllowedOrBlocked(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.does("New-CsAllowedDomain", params{"Identity": "Fabrikam.com", "Comment": "partner"})
	s.reads("CsAllowedDomain", "fabrikam.com", Object{"Domain": "Fabrikam.com", "ProxyFqdn": nil, "VerificationLevel": "UseSourceVerification", "MarkForMonitoring": false, "Comment": "partner"})
	s.does("New-CsBlockedDomain", params{"Domain": "tailspintoys.com"})
	s.reads("CsBlockedDomain", "tailspintoys.com", Object{"Identity": "tailspintoys.com", "Domain": "tailspintoys.com", "Comment": nil})
	s.fails("New-CsBlockedDomain", params{"Identity": "fabrikam.com"}, "InvalidOperation", `"fabrikam.com" is on the list of alloweddomains already`)
	s.fails("New-CsAllowedDomain", params{"Domain": "TailspinToys.com"}, "InvalidOperation", "is on the list of blockeddomains already")
	s.fails("New-CsAllowedDomain", params{"Identity": "fabrikam.com"}, "ResourceExists", "exists already")
	s.fails("New-CsAllowedDomain", params{"Identity": "not a domain"}, "InvalidData", "is no domain")
	s.fails("New-CsAllowedDomain", params{"Identity": "a.com", "Domain": "a.com"}, "InvalidArgument", "Parameter set cannot be resolved")
	s.fails("Set-CsAllowedDomain", params{"Identity": "fabrikam.com", "ProxyFqdn": "x y"}, "InvalidData", "no fully qualified domain name")
	s.fails("Set-CsBlockedDomain", params{"Identity": "tailspintoys.com", "Domain": "a.com"}, "InvalidArgument", "Domain")
	s.does("Remove-CsAllowedDomain", params{"Identity": "fabrikam.com"})
	s.does("New-CsBlockedDomain", params{"Identity": "fabrikam.com"})
}

func TestSipDomains(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.reads("CsSipDomain", "contoso.com", Object{"IsDefault": true, "Name": "contoso.com"})
	s.does("New-CsSipDomain", params{"Identity": "northwind.com"})
	s.reads("CsSipDomain", "northwind.com", Object{"IsDefault": false, "Name": "northwind.com"})
	s.fails("Set-CsSipDomain", params{"Identity": "contoso.com", "IsDefault": false}, "InvalidOperation", "can only be set to True")
	s.fails("Remove-CsSipDomain", params{"Identity": "contoso.com"}, "InvalidOperation", "is the default SIP domain")
	s.does("Set-CsSipDomain", params{"Identity": "northwind.com", "IsDefault": true})
	s.reads("CsSipDomain", "northwind.com", Object{"IsDefault": true})
	s.reads("CsSipDomain", "contoso.com", Object{"IsDefault": false})
	s.fails("Remove-CsSipDomain", params{"Identity": "contoso.com"}, "InvalidOperation", "have SIP addresses in it")
	s.fails("New-CsSipDomain", params{"Identity": "contoso"}, "InvalidData", "is no domain")
	s.does("Set-CsSipDomain", params{"Identity": "contoso.com", "IsDefault": true})
	s.does("Remove-CsSipDomain", params{"Identity": "northwind.com"})
}

func TestPoliciesHaveScopes(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.reads("CsExternalAccessPolicy", "global", Object{"Identity": "Global", "EnableFederationAccess": false, "EnableOutsideAccess": false})
	s.does("New-CsExternalAccessPolicy", params{"Identity": "Sales", "EnableOutsideAccess": true})
	s.reads("CsExternalAccessPolicy", "sales", Object{"Identity": "Tag:Sales", "EnableOutsideAccess": true})
	s.reads("CsExternalAccessPolicy", "TAG:Sales", Object{"Identity": "Tag:Sales"})
	s.fails("New-CsExternalAccessPolicy", params{"Identity": "tag:sales"}, "ResourceExists", "exists already")
	s.fails("New-CsExternalAccessPolicy", params{"Identity": "Global"}, "ResourceExists", "exists already")
	s.does("New-CsExternalAccessPolicy", params{"Identity": "site:Redmond"})
	s.reads("CsExternalAccessPolicy", "SITE:Redmond", Object{"Identity": "Site:Redmond"})
	s.does("Set-CsExternalAccessPolicy", params{"EnableFederationAccess": true})
	s.reads("CsExternalAccessPolicy", "Global", Object{"EnableFederationAccess": true})
	s.does("Remove-CsExternalAccessPolicy", params{"Identity": "Global"})
	s.reads("CsExternalAccessPolicy", "Global", Object{"EnableFederationAccess": false})
	s.does("Remove-CsExternalAccessPolicy", params{"Identity": "sales"})
	s.fails("Get-CsExternalAccessPolicy", params{"Identity": "Sales"}, "ObjectNotFound", "does not exist")
	s.does("Set-CsHostedVoicemailPolicy", params{"Identity": "Global", "Destination": "exap.um.outlook.com", "Organization": "a.onmicrosoft.com,b.onmicrosoft.com"})
	s.reads("CsHostedVoicemailPolicy", "Global", Object{"Organization": "a.onmicrosoft.com,b.onmicrosoft.com", "Description": nil})
}

func TestOAuthConfigurationNamesAServerThatExists(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.fails("Set-CsOAuthConfiguration", params{"ClientAuthorizationOAuthServerIdentity": "evoSTS"}, "InvalidOperation", "evoSTS")
	s.does("New-CsOAuthServer", params{"Identity": "evoSTS", "MetadataUrl": "https://login.windows.net/common/FederationMetadata/2007-06/FederationMetadata.xml", "Type": "AzureAD"})
	s.does("Set-CsOAuthConfiguration", params{"ClientAuthorizationOAuthServerIdentity": "evoSTS"})
	s.reads("CsOAuthConfiguration", "Global", Object{"ClientAuthorizationOAuthServerIdentity": "evoSTS"})
	s.fails("New-CsOAuthConfiguration", params{"Identity": "Global"}, "ObjectNotFound", "is not recognized")
}
