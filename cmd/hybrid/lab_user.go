package main

import (
	"strings"

	"github.com/spf13/cobra"

	"hybrid/internal/lab"
)

// onlineChange is what `lab user` is asked for.
type onlineChange struct {
	plans     string
	licensed  bool // whether --plans was given
	found     []string
	clean     bool
	cloudOnly bool

	attributes []string // NAME=VALUE, in Active Directory
	double     bool
	contacts   bool // are kept in Exchange
}

func (a *app) labUserCommand() *cobra.Command {
	var change onlineChange
	c := &cobra.Command{
		Use:   "user [flags] DIR USER",
		Short: "Change a user behind hybrid's back: licences, validation errors, attributes in Active Directory",
		Long: "user changes a user behind hybrid's back, as an administrator of licences or of Active Directory, or the service, would. Look at\n" +
			"the result with: hybrid lab run --tenant DIR -- Get-CsOnlineUser -Identity USER",
		Example: "  hybrid lab user --plans Teams,MCOEV DIR sip:ada@contoso.com\n" +
			"  hybrid lab user --plans Teams:Deleted DIR sip:ada@contoso.com\n" +
			"  hybrid lab user --error \"HybridOnlineSfBUser: A user created on-premises and migrated to SfBO\" DIR sip:ada@contoso.com\n" +
			"  hybrid lab user --attribute DeploymentLocator= DIR sip:ada@contoso.com\n" +
			"  hybrid lab user --cloud-only DIR sip:zoe@contoso.com",
		Args: arguments(2, 2),
		RunE: func(c *cobra.Command, args []string) error {
			change.licensed = c.Flags().Changed("plans")
			return a.changeLab(args[0], func(e *lab.Estate) error { return change.make(e, args[1]) })
		},
	}
	a.configFlags(c)
	flags := c.Flags()
	flags.StringVar(&change.plans, "plans", "usual", "the service plans by capability, with commas between; a state other than Enabled behind a colon; \"\" for none, \"usual\" for MCOProfessional,Teams")
	flags.StringArrayVar(&change.found, "error", nil, "a validation error, CODE: TEXT; may be repeated")
	flags.BoolVar(&change.clean, "clean", false, "no validation errors any more")
	flags.BoolVar(&change.cloudOnly, "cloud-only", false, "make the user, without an account in Active Directory")
	flags.StringArrayVar(&change.attributes, "attribute", nil, "an attribute of the account, `NAME=VALUE`: DeploymentLocator, PrimaryUserAddress, UserEnabled, RegistrarPool, Line, userPrincipalName, distinguishedName, adminCount, proxyAddresses with commas between; may be repeated")
	flags.BoolVar(&change.double, "double", false, "make a further account with the same SIP address")
	flags.BoolVar(&change.contacts, "contacts-in-exchange", false, "grant a policy that keeps the user's contacts in Exchange (the unified contact store)")
	return c
}

// make carries the change out.
func (o onlineChange) make(e *lab.Estate, user string) error {
	if o.cloudOnly {
		if err := e.AddCloudUser(user); err != nil {
			return err
		}
	}
	if o.licensed {
		plans, err := lab.ParsePlans(o.plans)
		if err != nil {
			return err
		}
		if err := e.License(user, plans); err != nil {
			return err
		}
	}
	if err := o.account(e, user); err != nil || len(o.found) == 0 && !o.clean {
		return err
	}
	return e.FindErrors(user, findings(o.found))
}

// account changes what Active Directory and the servers have.
func (o onlineChange) account(e *lab.Estate, user string) error {
	if o.double {
		if err := e.Double(user); err != nil {
			return err
		}
	}
	if o.contacts {
		if err := e.KeepContacts(user); err != nil {
			return err
		}
	}
	if len(o.attributes) == 0 {
		return nil
	}
	return e.SetAttributes(user, o.attributes)
}

func findings(texts []string) []lab.Finding {
	var found []lab.Finding
	for _, text := range texts {
		code, what, ok := strings.Cut(text, ": ")
		if !ok {
			code, what = "", text
		}
		found = append(found, lab.Finding{Code: code, Text: what})
	}
	return found
}
