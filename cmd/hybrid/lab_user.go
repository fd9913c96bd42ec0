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
}

func (a *app) labUserCommand() *cobra.Command {
	var change onlineChange
	c := &cobra.Command{
		Use:   "user [flags] DIR USER",
		Short: "Change what the tenant has of a user: licences, validation errors",
		Long: "user changes a user of the tenant behind hybrid's back, as an administrator of licences or the service would. Look at the\n" +
			"result with: hybrid lab run --tenant DIR -- Get-CsOnlineUser -Identity USER",
		Example: "  hybrid lab user --plans Teams,MCOEV DIR sip:ada@contoso.com\n" +
			"  hybrid lab user --plans Teams:Deleted DIR sip:ada@contoso.com\n" +
			"  hybrid lab user --error \"HybridOnlineSfBUser: A user created on-premises and migrated to SfBO\" DIR sip:ada@contoso.com\n" +
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
	if len(o.found) == 0 && !o.clean {
		return nil
	}
	return e.FindErrors(user, findings(o.found))
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
