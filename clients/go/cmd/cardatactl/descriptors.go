// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"
	"google.golang.org/protobuf/proto"

	cardatav1 "github.com/cardata-gateway/cardata-gateway/clients/go/cardata/v1"
)

func (a *app) descriptorsCommand() *cobra.Command {
	var streamed, notStreamed bool
	command := &cobra.Command{
		Use:   "descriptors [WORD...]",
		Short: "Search BMW's catalogue of what vehicles can tell",
		Long: `Lists the descriptors of BMW's catalogue in which all WORDs occur: in the id, unit, range or category; upper and lower case do not
matter. Where one is left, all that the catalogue says of it is shown. Asks BMW nothing.`,
		Example: `  cardatactl descriptors tyre pressure
  cardatactl descriptors charging --streamed
  cardatactl descriptors vehicle.vehicle.travelledDistance`,
		ValidArgsFunction: a.completeDescriptors,
		RunE: func(command *cobra.Command, words []string) error {
			request := &cardatav1.ListDescriptorsRequest{}
			if streamed || notStreamed {
				request.Streamable = proto.Bool(streamed)
			}
			return a.searchDescriptors(command.Context(), request, words)
		},
	}
	command.Flags().BoolVar(&streamed, "streamed", false, "only those that vehicles send by themselves")
	command.Flags().BoolVar(&notStreamed, "not-streamed", false, "only those that must be read by a container")
	command.MarkFlagsMutuallyExclusive("streamed", "not-streamed")
	return command
}

func (a *app) searchDescriptors(ctx context.Context, request *cardatav1.ListDescriptorsRequest, words []string) error {
	client, err := a.client()
	if err != nil {
		return err
	}
	defer client.Close()
	response, err := client.Telematics.ListDescriptors(ctx, request)
	if err != nil {
		return err
	}
	var found []*cardatav1.TelematicDescriptor
	for _, descriptor := range response.GetDescriptors() {
		if fits(descriptor, words) {
			found = append(found, descriptor)
		}
		if len(words) == 1 && strings.EqualFold(descriptor.GetDescriptorId(), words[0]) {
			found = []*cardatav1.TelematicDescriptor{descriptor}
			break
		}
	}
	switch {
	case len(found) == 0:
		return failedWith{exitNotFound, "no descriptor of the catalogue has all these words", "try fewer, or one in another form"}
	case a.output == "json":
		return printJSON(a, found...)
	case len(found) == 1:
		a.describe(found[0])
		return nil
	}
	table := table{columns: []column{
		{title: "DESCRIPTOR", shrinks: atBegin}, {title: "TYPE"}, {title: "UNIT"}, {title: "STREAMED"}, {title: "VEHICLES", drops: 1},
		{title: "RANGE", shrinks: atEnd, drops: 2},
	}}
	for _, descriptor := range found {
		table.add(descriptor.GetDescriptorId(), descriptor.GetDatatype(), descriptor.GetUnit(), yesNo(descriptor.GetStreamable()),
			strings.Join(descriptor.GetVehicleTypes(), " "), descriptor.GetRange())
	}
	a.print(table)
	return nil
}

// fits says whether all words occur in what the catalogue says.
func fits(descriptor *cardatav1.TelematicDescriptor, words []string) bool {
	said := strings.ToLower(strings.Join([]string{
		descriptor.GetDescriptorId(), descriptor.GetUnit(), descriptor.GetRange(), descriptor.GetCategory(),
	}, "\n"))
	for _, word := range words {
		if !strings.Contains(said, strings.ToLower(word)) {
			return false
		}
	}
	return true
}

func (a *app) describe(descriptor *cardatav1.TelematicDescriptor) {
	streamed := "yes"
	if !descriptor.GetStreamable() {
		streamed = "no: read it by a container (cardatactl containers create)"
	}
	table := table{columns: []column{{title: "PROPERTY"}, {title: "VALUE", shrinks: atEnd}}}
	for _, property := range [][2]string{
		{"descriptor", descriptor.GetDescriptorId()}, {"type", descriptor.GetDatatype()}, {"unit", descriptor.GetUnit()},
		{"range", descriptor.GetRange()}, {"streamed", streamed}, {"vehicles", strings.Join(descriptor.GetVehicleTypes(), " ")},
		{"category", descriptor.GetCategory()},
	} {
		if property[1] != "" {
			table.add(property[0], property[1])
		}
	}
	a.print(table)
}

func yesNo(is bool) string {
	if is {
		return "yes"
	}
	return "no"
}
