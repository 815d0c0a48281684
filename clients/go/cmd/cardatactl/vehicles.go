// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/cardata-gateway/cardata-gateway/clients/go/cardata"
	cardatav1 "github.com/cardata-gateway/cardata-gateway/clients/go/cardata/v1"
)

func (a *app) vehiclesCommand() *cobra.Command {
	var account string
	var refresh bool
	command := &cobra.Command{
		Use:   "vehicles [VEHICLE]",
		Short: "List the vehicles, or describe one",
		Long: `Lists the vehicles that BMW listed when the gateway last asked, which costs nothing; with --refresh, BMW is asked, which costs one of
the day's 50 requests for each account.

With a VEHICLE, describes that one: model, equipment, drive. That costs one request.
VEHICLE is a VIN or the end of one.`,
		Example:           "  cardatactl vehicles\n  cardatactl vehicles --refresh --account home\n  cardatactl vehicles 0001",
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: a.completeVehicles(nil),
		RunE: func(command *cobra.Command, arguments []string) error {
			client, err := a.client()
			if err != nil {
				return err
			}
			defer client.Close()
			switch {
			case len(arguments) > 0:
				return a.describeVehicle(command.Context(), client, arguments[0], account)
			case refresh:
				return a.refreshVehicles(command.Context(), client, account)
			}
			return a.listVehicles(command.Context(), client, account)
		},
	}
	command.Flags().BoolVar(&refresh, "refresh", false, "ask BMW: one request for each account")
	a.accountFlag(command, &account, "only this account's")
	return command
}

// accountFlag adds the flag that says which account is meant.
func (a *app) accountFlag(command *cobra.Command, account *string, usage string) {
	command.Flags().StringVarP(account, "account", "a", "", usage)
	_ = command.RegisterFlagCompletionFunc("account",
		func(command *cobra.Command, _ []string, begun string) ([]string, cobra.ShellCompDirective) {
			return a.completeAccounts(command, nil, begun)
		})
}

// listVehicles shows what the gateway knows.
func (a *app) listVehicles(ctx context.Context, client *cardata.Client, account string) error {
	response, err := client.Auth.ListAccounts(ctx, &cardatav1.ListAccountsRequest{})
	if err != nil {
		return err
	}
	var vehicles []*cardatav1.MappedVehicle
	found := false
	for _, each := range response.GetAccounts() {
		if account != "" && each.GetName() != account {
			continue
		}
		found = true
		for _, vin := range each.GetVins() {
			vehicles = append(vehicles, &cardatav1.MappedVehicle{Vin: vin, Account: each.GetName()})
		}
	}
	if account != "" && !found {
		return failedWith{exitNotFound, fmt.Sprintf("there is no account %q", account), "cardatactl accounts lists those there are"}
	}
	return a.printVehicles(vehicles)
}

// refreshVehicles asks BMW.
func (a *app) refreshVehicles(ctx context.Context, client *cardata.Client, account string) error {
	names := []string{account}
	if account == "" {
		names = nil
		response, err := client.Auth.ListAccounts(ctx, &cardatav1.ListAccountsRequest{})
		if err != nil {
			return err
		}
		for _, each := range response.GetAccounts() {
			names = append(names, each.GetName())
		}
	}
	var vehicles []*cardatav1.MappedVehicle
	for _, name := range names {
		response, err := client.Vehicles.ListVehicles(ctx, &cardatav1.ListVehiclesRequest{Account: name})
		if err != nil {
			return err
		}
		vehicles = append(vehicles, response.GetVehicles()...)
		a.note("%s: %s", name, cost(response.GetRead()))
	}
	return a.printVehicles(vehicles)
}

func (a *app) printVehicles(vehicles []*cardatav1.MappedVehicle) error {
	if a.output == "json" {
		return printJSON(a, vehicles...)
	}
	if len(vehicles) == 0 {
		a.note("No vehicle is known: cardatactl vehicles --refresh asks BMW.")
		return nil
	}
	table := table{columns: []column{{title: "VIN"}, {title: "ACCOUNT", shrinks: atEnd}, {title: "ROLE"}, {title: "SINCE", drops: 1}}}
	for _, vehicle := range vehicles {
		role := word(vehicle.GetMappingType(), "MAPPING_TYPE_")
		if vehicle.GetMappingType() == cardatav1.MappingType_MAPPING_TYPE_UNSPECIFIED {
			role = ""
		}
		table.add(printable(vehicle.GetVin()), vehicle.GetAccount(), role, clock(vehicle.GetMappedSince()))
	}
	a.print(table)
	return nil
}

func (a *app) describeVehicle(ctx context.Context, client *cardata.Client, argument, account string) error {
	vin, err := a.vin(ctx, client, argument)
	if err != nil {
		return err
	}
	response, err := client.Vehicles.GetVehicle(ctx, &cardatav1.GetVehicleRequest{Vin: vin, Account: account})
	if err != nil {
		return err
	}
	if a.output == "json" {
		return printJSON(a, response.GetVehicle())
	}
	table := table{columns: []column{{title: "PROPERTY"}, {title: "VALUE", shrinks: atEnd}}}
	vehicle := response.GetVehicle().ProtoReflect()
	fields := vehicle.Descriptor().Fields()
	for i := range fields.Len() {
		if field := fields.Get(i); vehicle.Has(field) {
			name := strings.ReplaceAll(string(field.Name()), "_", " ")
			table.add(name, propertyText(field, vehicle.Get(field)))
		}
	}
	a.print(table)
	a.note("%s", cost(response.GetRead()))
	return nil
}

// propertyText is a field of a message for people: a day, a list of words, or one.
func propertyText(field protoreflect.FieldDescriptor, value protoreflect.Value) string {
	if field.IsList() {
		var words []string
		for i := range value.List().Len() {
			words = append(words, printable(value.List().Get(i).String()))
		}
		return strings.Join(words, " ")
	}
	if field.Message() != nil {
		if at, is := value.Message().Interface().(*timestamppb.Timestamp); is {
			return at.AsTime().Format("2006-01-02")
		}
	}
	return printable(value.String())
}
