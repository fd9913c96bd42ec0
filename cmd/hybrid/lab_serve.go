package main

import (
	"context"
	"fmt"
	"sort"

	"github.com/spf13/cobra"

	"hybrid/internal/bounded"
	"hybrid/internal/config"
	"hybrid/internal/lab"
)

func (a *app) labServeCommand() *cobra.Command {
	var (
		host    string
		winrm   int
		dns     int
		graph   int
		ldap    int
		pwsh    string
		address = "127.0.0.1"

		enter    lab.SignInOptions
		clientCA string
	)
	c := &cobra.Command{
		Use:     "serve [flags] [DIR]",
		Short:   "Serve the estate on fixed ports, for any client",
		Example: "  hybrid lab serve examples/contoso\n  dig @127.0.0.1 -p 5353 _sip._tls.contoso.com SRV",
		Args:    arguments(0, 1),
		RunE: func(c *cobra.Command, args []string) error {
			cfg, err := a.load(folder(args))
			if err != nil {
				return err
			}
			if clientCA != "" {
				if enter.ClientCA, err = bounded.PEM(clientCA); err != nil {
					return fmt.Errorf("--client-ca: %w", err)
				}
			}
			return a.serveLab(c.Context(), cfg, lab.ListenOptions{Host: host, WinRMPort: winrm, DNSPort: dns, GraphPort: graph, LDAPPort: ldap}, enter, pwsh)
		},
	}
	a.configFlags(c)
	c.Flags().StringVar(&host, "host", address, "address to listen on: one of loopback, since its passwords are printed")
	c.Flags().IntVar(&winrm, "winrm-port", 5986, "port of WS-Management over TLS")
	c.Flags().IntVar(&dns, "dns-port", 5353, "port of the first name server; each further one has the next")
	c.Flags().IntVar(&graph, "graph-port", 8443, "port of Microsoft Graph and the sign-in service, where the configuration has a tenant in Entra")
	c.Flags().IntVar(&ldap, "ldap-port", 0, "port of Active Directory over LDAP, for LDAPS and StartTLS; 0 takes a free one")
	c.Flags().StringVar(&pwsh, "pwsh", "", "run this real PowerShell behind the door, with stub cmdlets made from the published tables")
	c.Flags().StringVar(&enter.Keytab, "keytab", "", "let in by Kerberos, too, whoever has a ticket for a service of this keytab, such as WSMAN/localhost")
	c.Flags().StringVar(&clientCA, "client-ca", "", "let in, too, whoever has a certificate of the authority in this file (PEM)")
	return c
}

// serveLab serves until it is interrupted, by a service manager as well, or its terminal is closed.
func (a *app) serveLab(ctx context.Context, c *config.Config, listen lab.ListenOptions, enter lab.SignInOptions, pwsh string) (err error) {
	estate, err := a.estate(c)
	if err != nil {
		return err
	}
	interrupted := untilClosed(ctx) // before anybody can see that the lab is there
	_, kinds := declarations()
	l, err := lab.Start(ctx, lab.Options{Estate: estate, Path: labState(c.Dir), Kinds: kinds, Listen: listen, SignIn: enter, PwshPath: pwsh, Log: a.log().Named("lab")})
	if err != nil {
		return err
	}
	a.printEndpoints(l.Endpoints())
	<-interrupted.Done()
	return l.Close()
}

func (a *app) printEndpoints(e lab.Endpoints) {
	fmt.Fprintf(a.out, "WS-Management  https://%s:%d/wsman\n  user name    %s\n  password     %s\n  fingerprint  %s\n",
		e.WinRM.Host, e.WinRM.Port, e.WinRM.Username, e.WinRM.Password, e.WinRM.Fingerprint)
	views := make([]string, 0, len(e.DNS))
	for view := range e.DNS {
		views = append(views, view)
	}
	sort.Strings(views)
	for _, view := range views {
		d := e.DNS[view]
		fmt.Fprintf(a.out, "DNS            %s  (%s)\n  TSIG         %s:%s:%s\n  cmdlets      %s\n  services     %s\n  key id       %s\n", d.Addr, view, d.Algorithm, d.TSIGName, d.Secret, d.Username, d.Service.URL, d.Service.KeyID)
	}
	fmt.Fprintf(a.out, "LDAP           ldaps://%s  (LDAPS and StartTLS)\n  user name    %s\n  password     %s\n", e.LDAP.Addr, e.LDAP.Username, e.LDAP.Password)
	if e.Graph.URL != "" {
		fmt.Fprintf(a.out, "Graph, sign-in %s\n  tenant       %s\n  client       %s\n  fingerprint  %s\n", e.Graph.URL, e.Graph.TenantID, e.Graph.ClientID, e.Graph.Fingerprint)
	}
	fmt.Fprintf(a.out, "Autodiscover   %s  (HTTPS and SIP), %s  (HTTP)\n  Microsoft's  %s  (HTTPS and SIP), %s  (HTTP)\n", e.TLS.Addr, e.Web.HTTP, e.Web.CloudTLS, e.Web.CloudHTTP)
	fmt.Fprintln(a.out, "Serving until interrupted.")
}
