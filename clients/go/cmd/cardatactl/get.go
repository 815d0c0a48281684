// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/cardata-gateway/cardata-gateway/clients/go/cardata"
	cardatav1 "github.com/cardata-gateway/cardata-gateway/clients/go/cardata/v1"
)

func (a *app) getCommand() *cobra.Command {
	var account, container string
	command := &cobra.Command{
		Use:   "get [VEHICLE [DESCRIPTOR...]]",
		Short: "Show a vehicle's current values",
		Long: `Shows the last value of each descriptor of a vehicle, as the gateway has it from the stream and from reads of containers. That asks
BMW nothing. With --container, reads the descriptors of that container from BMW, which costs one of the day's 50 requests and wakes
no vehicle.

` + vehicleArgument + `
DESCRIPTOR is an id, or the beginning of one followed by *.`,
		Example: `  cardatactl get
  cardatactl get 0001 'vehicle.drivetrain.*'
  cardatactl get 0001 --container S2F0WJK1Q0M7T
  cardatactl get 0001 -o json | jq -r '[.descriptorId, .raw] | @tsv'`,
		ValidArgsFunction: a.completeVehicles(a.completeDescriptors),
		RunE: func(command *cobra.Command, arguments []string) error {
			client, err := a.client()
			if err != nil {
				return err
			}
			defer client.Close()
			vin, err := a.vin(command.Context(), client, first(arguments))
			if err != nil {
				return err
			}
			var patterns []string
			if len(arguments) > 1 {
				patterns = arguments[1:]
			}
			if container != "" {
				return a.readContainer(command.Context(), client, vin, account, container)
			}
			return a.currentValues(command.Context(), client, vin, account, patterns)
		},
	}
	command.Flags().StringVarP(&container, "container", "c", "", "read the descriptors of this container from BMW: one request")
	a.accountFlag(command, &account, "the account's name, where several have the vehicle")
	command.Args = func(_ *cobra.Command, arguments []string) error {
		if container != "" {
			return cobra.MaximumNArgs(1)(command, arguments)
		}
		return nil
	}
	return command
}

func (a *app) currentValues(ctx context.Context, client *cardata.Client, vin, account string, patterns []string) error {
	response, err := client.Telematics.GetCurrentValues(ctx,
		&cardatav1.GetCurrentValuesRequest{Vin: vin, Account: account, DescriptorPatterns: patterns})
	if err != nil {
		return err
	}
	if len(response.GetValues()) == 0 {
		a.note("The gateway has no such value of %s yet.", vin)
	}
	return a.printValues(response.GetValues())
}

func (a *app) readContainer(ctx context.Context, client *cardata.Client, vin, account, container string) error {
	response, err := client.Vehicles.GetTelematicData(ctx,
		&cardatav1.GetTelematicDataRequest{Vin: vin, Account: account, ContainerId: container})
	if err != nil {
		return err
	}
	a.note("%s", cost(response.GetRead()))
	return a.printValues(response.GetValues())
}

func (a *app) printValues(values []*cardatav1.Event) error {
	if a.output == "json" {
		return printJSON(a, values...)
	}
	if len(values) == 0 {
		return nil
	}
	table := table{columns: []column{
		{title: "DESCRIPTOR", shrinks: atBegin}, {title: "VALUE", right: true, shrinks: atEnd}, {title: "UNIT"},
		{title: "AGE", right: true}, {title: "MEASURED", drops: 1},
	}}
	for _, event := range values {
		table.add(printable(event.GetDescriptorId()), valueText(event), printable(event.GetUnit()),
			age(a.now(), event.GetMeasureTime()), clock(event.GetMeasureTime()))
	}
	a.print(table)
	return nil
}
