package main

import (
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"hybrid/internal/lab"
)

func (a *app) labPeopleCommand() *cobra.Command {
	var domain string
	c := &cobra.Command{
		Use:   "people [flags] NUMBER",
		Short: "Print invented users as CSV, for the configuration of a rehearsal",
		Long: "people prints as many users as are asked for, with the columns sip_address, identity and site: Berlin, Hamburg or Munich.\n" +
			"The same number gives the same people. They are in an estate once a configuration names them.",
		Example: "  hybrid lab people 12000 >examples/rehearsal/users.csv",
		Args:    arguments(1, 1),
		RunE: func(_ *cobra.Command, args []string) error {
			people, err := strconv.Atoi(args[0])
			if err != nil || people < 1 || people > mostPeople {
				return fmt.Errorf("%q: say how many users to invent, from 1 to %d", args[0], mostPeople)
			}
			return lab.WritePeople(a.out, people, domain)
		},
	}
	c.Flags().StringVar(&domain, "domain", "contoso.com", "the SIP domain of their addresses")
	return c
}

// mostPeople is how many users are invented at most.
const mostPeople = 1_000_000
