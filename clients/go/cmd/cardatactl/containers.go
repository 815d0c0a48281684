// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/cardata-gateway/cardata-gateway/clients/go/cardata"
	cardatav1 "github.com/cardata-gateway/cardata-gateway/clients/go/cardata/v1"
)

func (a *app) containersCommand() *cobra.Command {
	var account string
	command := &cobra.Command{
		Use:   "containers [ID]",
		Short: "List, show, create and delete containers: the sets of descriptors that BMW is asked for",
		Long: `Lists an account's containers, or shows one with its descriptors. BMW keeps ten an account, and counts deleted ones for 29 days.
Each call costs one of the day's 50 requests. What a container reads: cardatactl get VEHICLE --container ID.`,
		Example: "  cardatactl containers\n  cardatactl containers S2F0WJK1Q0M7T",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(command *cobra.Command, arguments []string) error {
			return a.withClient(func(client *cardata.Client) error {
				if len(arguments) == 1 {
					return a.showContainer(command.Context(), client, arguments[0], account)
				}
				return a.listContainers(command.Context(), client, account)
			})
		},
		ValidArgsFunction: cobra.NoFileCompletions, // a completion must not spend a request
	}
	a.accountFlag(command, &account, "the account's name, where there are several")
	command.AddCommand(a.createContainerCommand(), a.deleteContainerCommand())
	return command
}

func (a *app) createContainerCommand() *cobra.Command {
	var account, purpose string
	command := &cobra.Command{
		Use:     "create NAME DESCRIPTOR...",
		Short:   "Make a container",
		Long:    "Makes a container of these descriptors. Names need not be unique, and a container cannot be changed. Costs one request.",
		Example: "  cardatactl containers create charge vehicle.drivetrain.batteryManagement.header vehicle.vehicle.travelledDistance",
		Args:    cobra.MinimumNArgs(2),
		ValidArgsFunction: func(command *cobra.Command, arguments []string, begun string) ([]string, cobra.ShellCompDirective) {
			if len(arguments) == 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return a.completeDescriptors(command, arguments, begun)
		},
		RunE: func(command *cobra.Command, arguments []string) error {
			return a.withClient(func(client *cardata.Client) error {
				response, err := client.Containers.CreateContainer(command.Context(), &cardatav1.CreateContainerRequest{
					Name: arguments[0], Purpose: purpose, DescriptorIds: arguments[1:], Account: account,
				})
				if err != nil {
					return err
				}
				a.note("%s", cost(response.GetRead()))
				return a.printContainers(response.GetContainer())
			})
		},
	}
	command.Flags().StringVar(&purpose, "purpose", "cardatactl", "what it is for, in your words")
	a.accountFlag(command, &account, "the account's name, where there are several")
	return command
}

func (a *app) deleteContainerCommand() *cobra.Command {
	var account string
	command := &cobra.Command{
		Use:               "delete ID",
		Short:             "Delete a container",
		Long:              "Deletes a container. It counts among the ten for another 29 days. Costs one request.",
		Example:           "  cardatactl containers delete S2F0WJK1Q0M7T",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(command *cobra.Command, arguments []string) error {
			return a.withClient(func(client *cardata.Client) error {
				response, err := client.Containers.DeleteContainer(command.Context(),
					&cardatav1.DeleteContainerRequest{ContainerId: arguments[0], Account: account})
				if err != nil {
					return err
				}
				a.note("The container %s is deleted; %s", arguments[0], cost(response.GetRead()))
				return nil
			})
		},
	}
	a.accountFlag(command, &account, "the account's name, where there are several")
	return command
}

func (a *app) listContainers(ctx context.Context, client *cardata.Client, account string) error {
	response, err := client.Containers.ListContainers(ctx, &cardatav1.ListContainersRequest{Account: account})
	if err != nil {
		return err
	}
	a.note("%s", cost(response.GetRead()))
	if len(response.GetContainers()) == 0 {
		a.note("There is no container: cardatactl containers create NAME DESCRIPTOR...")
		return nil
	}
	return a.printContainers(response.GetContainers()...)
}

func (a *app) showContainer(ctx context.Context, client *cardata.Client, id, account string) error {
	response, err := client.Containers.GetContainer(ctx, &cardatav1.GetContainerRequest{ContainerId: id, Account: account})
	if err != nil {
		return err
	}
	a.note("%s", cost(response.GetRead()))
	return a.printContainers(response.GetContainer())
}

func (a *app) printContainers(containers ...*cardatav1.Container) error {
	if a.output == "json" {
		return printJSON(a, containers...)
	}
	table := table{columns: []column{
		{title: "ID"}, {title: "NAME", shrinks: atEnd}, {title: "STATE"}, {title: "CREATED", drops: 1},
		{title: "PURPOSE", shrinks: atEnd, drops: 2},
	}}
	for _, container := range containers {
		table.add(printable(container.GetContainerId()), printable(container.GetName()), printable(container.GetState()),
			clock(container.GetCreateTime()), printable(container.GetPurpose()))
	}
	a.print(table)
	if len(containers) == 1 {
		for _, id := range containers[0].GetDescriptorIds() {
			fmt.Fprintf(a.out, "  %s\n", printable(id))
		}
	}
	return nil
}
